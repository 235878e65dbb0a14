/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The edit: destination address and port, TTL, and the checksums that follow from them. */
#ifndef UDP_FANOUT_REWRITE_H
#define UDP_FANOUT_REWRITE_H

#include <stddef.h>

#include <linux/bpf.h>
#include <linux/ip.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "udp_fanout.h"

/* RFC 1624, equation 3, over 16-bit words in network byte order: HC' = ~(~HC + ~m + m'). */
static __always_inline __u16 uf_checksum_replace(__u16 checksum, __u32 old_sum, __u32 new_sum)
{
	__u32 sum = (__u16)~checksum + old_sum + new_sum;

	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* The part of struct iphdr that changes, from the TTL to the destination, written in one piece. */
struct uf_ipv4_edit {
	__u8 ttl;
	__u8 protocol;
	__u16 checksum;
	__be32 source;
	__be32 destination;
};

static __always_inline void uf_edit_ipv4(struct uf_ipv4_edit *edit, const struct iphdr *ip,
					 __be32 destination)
{
	__u32 old_sum, new_sum;

	edit->ttl = ip->ttl - 1;
	edit->protocol = ip->protocol;
	edit->source = ip->saddr;
	edit->destination = destination;

	/* TTL and protocol share a word; the protocol stays, so only the TTL's byte counts. */
	old_sum = (__u16)~bpf_htons((__u16)ip->ttl << 8) + (__u16) ~(ip->daddr & 0xffff) +
		  (__u16) ~(ip->daddr >> 16);
	new_sum = (__u32)bpf_htons((__u16)edit->ttl << 8) + (destination & 0xffff) +
		  (destination >> 16);
	edit->checksum = uf_checksum_replace(ip->check, old_sum, new_sum);
}

/*
 * Sends the datagram to an endpoint. A negative errno if the kernel could not: the first helper makes
 * the headers writable and is the one that can run out of memory, before anything is edited.
 *
 * The UDP checksum is updated by the kernel's helper, which knows of CHECKSUM_PARTIAL and _COMPLETE;
 * BPF_F_MARK_MANGLED_0 leaves "no checksum" (zero, RFC 768) as it is. The IP header's sum needs no
 * helper: skb->csum covers header and checksum together, which cancel out.
 */
static __always_inline long uf_rewrite(struct __sk_buff *skb, const struct uf_datagram *datagram,
				       __be32 address, __be16 port)
{
	const __u32 checksum_offset = datagram->l4_offset + offsetof(struct udphdr, check);
	struct uf_ipv4_edit edit;
	long error;

	error = bpf_l4_csum_replace(skb, checksum_offset, datagram->ip.daddr, address,
				    BPF_F_PSEUDO_HDR | BPF_F_MARK_MANGLED_0 | sizeof(address));
	if (error)
		return error;
	error = bpf_l4_csum_replace(skb, checksum_offset, datagram->destination_port, port,
				    BPF_F_MARK_MANGLED_0 | sizeof(port));
	if (error)
		return error;
	error = bpf_skb_store_bytes(skb, datagram->l4_offset + offsetof(struct udphdr, dest), &port,
				    sizeof(port), 0);
	if (error)
		return error;
	uf_edit_ipv4(&edit, &datagram->ip, address);
	return bpf_skb_store_bytes(skb, datagram->l3_offset + offsetof(struct iphdr, ttl), &edit,
				   sizeof(edit), 0);
}

#endif /* UDP_FANOUT_REWRITE_H */
