/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The edit: destination address and port, TTL or hop limit, and the checksums that follow from
 * them.
 *
 * All of it lies in one piece of the packet if there are neither IP options nor extension headers:
 * then it is one call of a helper, which is what the edit costs. The helper makes the headers
 * writable, and is what can run out of memory, before anything is edited.
 */
#ifndef UDP_FANOUT_REWRITE_H
#define UDP_FANOUT_REWRITE_H

#include <stddef.h>

#include <linux/bpf.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include <bpf/bpf_helpers.h>

#include "checksum.h"
#include "datagram.h"
#include "ipv4.h"
#include "ipv6.h"

/* From the TTL to the end of the UDP header. */
struct uf_plain_ipv4_edit {
	struct uf_ipv4_edit ip;
	struct udphdr udp;
};

/* From the next header to the end of the UDP header. */
struct uf_plain_ipv6_edit {
	struct uf_ipv6_edit ip;
	struct udphdr udp;
} __attribute__((packed));

static __always_inline long uf_edit_ip(struct __sk_buff *skb, const struct uf_datagram *datagram,
				       const union uf_address *address, __u8 hops)
{
	return datagram->family == 4 ? uf_edit_ipv4(skb, datagram, address, hops)
				     : uf_edit_ipv6(skb, datagram, address, hops);
}

/*
 * The UDP header for an endpoint. "No checksum" stays so; one that comes to 0 is written as 0xffff:
 * RFC 768.
 */
static __always_inline struct udphdr uf_plan_udp(const struct uf_datagram *datagram,
						 const union uf_address *address, __be16 port)
{
	struct udphdr udp = {
		.source = datagram->source_port,
		.dest = port,
		.len = datagram->udp_bytes,
	};
	__u64 change;

	if (datagram->udp_checksum) {
		change = uf_address_change(&datagram->destination, address);
		change = uf_change16(change, datagram->destination_port, port);
		udp.check = uf_update_checksum(datagram->udp_checksum, change);
		if (!udp.check)
			udp.check = 0xffff;
	}
	return udp;
}

/*
 * Where the device may have to complete the checksum, the port must not be taken into it. The
 * kernel's helper knows whether it has to. What BPF_F_PSEUDO_HDR does to skb->csum is right for
 * IPv4, and undone for IPv6 by what BPF_F_RECOMPUTE_CSUM does to it in uf_edit_ipv6.
 *
 * "change" is what the address adds to the checksum, "offset" where the port is in the UDP header.
 */
static __always_inline long uf_edit_unfinished_udp(struct __sk_buff *skb,
						   const struct uf_datagram *datagram, __u64 change,
						   __u32 offset, __be16 before, __be16 after)
{
	const __u32 checksum = datagram->l4_offset + offsetof(struct udphdr, check);
	long error;

	error = bpf_l4_csum_replace(skb, checksum, 0, uf_fold(change),
				    BPF_F_PSEUDO_HDR | BPF_F_MARK_MANGLED_0);
	if (error)
		return error;
	error = bpf_l4_csum_replace(skb, checksum, before, after,
				    BPF_F_MARK_MANGLED_0 | sizeof(after));
	if (error)
		return error;
	return bpf_skb_store_bytes(skb, datagram->l4_offset + offset, &after, sizeof(after), 0);
}

/*
 * The IP header by itself, and the UDP header, if there is one, by itself. A function of its own:
 * it has a stack of its own.
 */
static __noinline long uf_rewrite_apart(struct __sk_buff *skb, const struct uf_datagram *datagram,
					const union uf_address *address, __be16 port, __u8 hops)
{
	struct udphdr udp;
	long error = 0;

	/* The UDP header is in the first fragment, and so is the checksum of all of them. */
	if (datagram->part == UF_LATER_FRAGMENT)
		return uf_edit_ip(skb, datagram, address, hops);
	if (uf_may_be_unfinished(skb, datagram)) {
		error = uf_edit_unfinished_udp(
			skb, datagram, uf_address_change(&datagram->destination, address),
			offsetof(struct udphdr, dest), datagram->destination_port, port);
	} else {
		udp = uf_plan_udp(datagram, address, port);
		error = bpf_skb_store_bytes(skb, datagram->l4_offset, &udp, sizeof(udp),
					    BPF_F_RECOMPUTE_CSUM);
	}
	return error ? error : uf_edit_ip(skb, datagram, address, hops);
}

/*
 * All of the edit in one piece. Only of a datagram whose UDP header is finished, and lies behind
 * neither options nor extension headers.
 *
 * BPF_F_RECOMPUTE_CSUM takes what the bytes change into skb->csum, if the device gave a sum of all
 * of the packet (CHECKSUM_COMPLETE).
 */
static __always_inline long uf_rewrite_at_once(struct __sk_buff *skb,
					       const struct uf_datagram *datagram,
					       const union uf_address *address, __be16 port,
					       __u8 hops)
{
	union {
		struct uf_plain_ipv4_edit ipv4;
		struct uf_plain_ipv6_edit ipv6;
	} edit;

	if (datagram->family == 4) {
		uf_plan_ipv4(&edit.ipv4.ip, datagram, address, hops);
		edit.ipv4.udp = uf_plan_udp(datagram, address, port);
		return bpf_skb_store_bytes(skb, datagram->l3_offset + offsetof(struct iphdr, ttl),
					   &edit.ipv4, sizeof(edit.ipv4), BPF_F_RECOMPUTE_CSUM);
	}
	uf_plan_ipv6(&edit.ipv6.ip, datagram, address, hops);
	edit.ipv6.udp = uf_plan_udp(datagram, address, port);
	return bpf_skb_store_bytes(skb, datagram->l3_offset + offsetof(struct ipv6hdr, nexthdr),
				   &edit.ipv6, sizeof(edit.ipv6), BPF_F_RECOMPUTE_CSUM);
}

/*
 * Sends the datagram to an endpoint of its own family, "hops" nearer to its end. A negative errno
 * if the kernel could not.
 */
static __always_inline long uf_rewrite(struct __sk_buff *skb, const struct uf_datagram *datagram,
				       const union uf_address *address, __be16 port, __u8 hops)
{
	const __u32 header_bytes = datagram->l4_offset - datagram->l3_offset;
	const __u32 plain_bytes =
		datagram->family == 4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);

	if (datagram->part != UF_LATER_FRAGMENT && header_bytes == plain_bytes &&
	    !uf_may_be_unfinished(skb, datagram))
		return uf_rewrite_at_once(skb, datagram, address, port, hops);
	return uf_rewrite_apart(skb, datagram, address, port, hops);
}

#endif /* UDP_FANOUT_REWRITE_H */
