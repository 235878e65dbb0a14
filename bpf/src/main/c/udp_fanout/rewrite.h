/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The edit: destination address and port, TTL or hop limit, and the checksums that follow from them. */
#ifndef UDP_FANOUT_REWRITE_H
#define UDP_FANOUT_REWRITE_H

#include <stddef.h>

#include <linux/bpf.h>
#include <linux/udp.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "ipv4.h"
#include "ipv6.h"

static __always_inline long uf_edit_ip(struct __sk_buff *skb, const struct uf_datagram *datagram,
				       const union uf_address *address, __u8 hops)
{
	return datagram->family == 4 ? uf_edit_ipv4(skb, datagram, address->words[3], hops)
				     : uf_edit_ipv6(skb, datagram, address, hops);
}

/*
 * Sends the datagram to an endpoint of its own family, "hops" nearer to its end. A negative errno if the kernel could not: the first
 * helper makes the headers writable and is the one that can run out of memory, before anything is edited.
 *
 * The UDP checksum is updated by the kernel's helper, which knows of CHECKSUM_PARTIAL and _COMPLETE;
 * BPF_F_MARK_MANGLED_0 leaves "no checksum" (zero, RFC 768) as it is.
 */
static __always_inline long uf_rewrite(struct __sk_buff *skb, const struct uf_datagram *datagram,
				       const union uf_address *address, __be16 port, __u8 hops)
{
	long error;

	/* The UDP header is in the first fragment, and so is the checksum of all of them. */
	if (datagram->part == UF_LATER_FRAGMENT)
		return uf_edit_ip(skb, datagram, address, hops);
	error = datagram->family == 4 ? uf_checksum_ipv4(skb, datagram, address->words[3])
				      : uf_checksum_ipv6(skb, datagram, address);
	if (error)
		return error;
	error = bpf_l4_csum_replace(skb, datagram->l4_offset + offsetof(struct udphdr, check),
				    datagram->destination_port, port,
				    BPF_F_MARK_MANGLED_0 | sizeof(port));
	if (error)
		return error;
	error = bpf_skb_store_bytes(skb, datagram->l4_offset + offsetof(struct udphdr, dest), &port,
				    sizeof(port), 0);
	if (error)
		return error;
	return uf_edit_ip(skb, datagram, address, hops);
}

#endif /* UDP_FANOUT_REWRITE_H */
