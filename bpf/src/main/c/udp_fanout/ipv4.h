/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading and editing IPv4: RFC 791. */
#ifndef UDP_FANOUT_IPV4_H
#define UDP_FANOUT_IPV4_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "checksum.h"
#include "datagram.h"

#define UF_IPV4_MORE_FRAGMENTS 0x2000 /* RFC 791 section 3.1 */
#define UF_IPV4_FRAGMENT_OFFSET 0x1fff

/*
 * False for what is not UDP and for a header that lies about its length: such packets are not ours.
 */
static __always_inline bool uf_parse_ipv4(struct __sk_buff *skb, struct uf_datagram *datagram)
{
	const __u32 l3_offset = datagram->l3_offset;
	const struct udphdr *udp = NULL;
	const struct iphdr *ip;
	__u32 header_bytes;
	__u16 fragment;
	void *head;

	head = uf_head(skb, l3_offset + sizeof(*ip));
	if (!head)
		return false;
	ip = head + l3_offset;
	if (ip->version != 4 || ip->ihl < 5 || ip->protocol != IPPROTO_UDP)
		return false;
	fragment = bpf_ntohs(ip->frag_off);
	datagram->part = fragment & UF_IPV4_FRAGMENT_OFFSET  ? UF_LATER_FRAGMENT
			 : fragment & UF_IPV4_MORE_FRAGMENTS ? UF_FIRST_FRAGMENT
							     : UF_WHOLE;
	datagram->identification = ip->id;

	header_bytes = ip->ihl * 4;
	datagram->l4_offset = l3_offset + header_bytes;
	datagram->ip_bytes = bpf_ntohs(ip->tot_len);
	if (datagram->ip_bytes < header_bytes || datagram->ip_bytes > skb->len - l3_offset)
		return false;

	datagram->family = 4;
	datagram->hops_left = ip->ttl;
	datagram->tos = ip->tos;
	datagram->ip_checksum = ip->check;
	uf_map_ipv4(&datagram->source, ip->saddr);
	uf_map_ipv4(&datagram->destination, ip->daddr);
	if (datagram->part == UF_LATER_FRAGMENT)
		return datagram->ip_bytes > header_bytes;
	if (header_bytes == sizeof(*ip))
		udp = uf_udp_behind(skb, head + l3_offset + sizeof(*ip));
	return uf_parse_udp(skb, datagram, datagram->ip_bytes - header_bytes, udp);
}

/* The part of struct iphdr that changes, from the TTL to the destination, written in one piece. */
struct uf_ipv4_edit {
	__u32 ttl_protocol_checksum; /* as they lie in the header: see uf_join */
	__be32 source;
	__be32 destination;
};

/*
 * The edit that sets destination and TTL, which is less by "hops". The header's sum needs no
 * helper: skb->csum covers header and checksum together, which cancel out.
 */
static __always_inline void uf_plan_ipv4(struct uf_ipv4_edit *edit,
					 const struct uf_datagram *datagram,
					 const union uf_address *destination, __u8 hops)
{
	const __be32 before = datagram->destination.words[3];
	const __u8 ttl = datagram->hops_left - hops;
	__u16 checksum;
	__u64 change;

	edit->source = datagram->source.words[3];
	edit->destination = destination->words[3];
	/* TTL and protocol share a word; the protocol stays, so only the TTL's byte counts. */
	change = uf_change16(0, bpf_htons((__u16)datagram->hops_left << 8),
			     bpf_htons((__u16)ttl << 8));
	change = uf_change32(change, before, edit->destination);
	checksum = uf_update_checksum(datagram->ip_checksum, change);
	edit->ttl_protocol_checksum = uf_join16(uf_join8(ttl, IPPROTO_UDP), checksum);
}

static __always_inline long uf_edit_ipv4(struct __sk_buff *skb, const struct uf_datagram *datagram,
					 const union uf_address *destination, __u8 hops)
{
	struct uf_ipv4_edit edit;

	uf_plan_ipv4(&edit, datagram, destination, hops);
	return bpf_skb_store_bytes(skb, datagram->l3_offset + offsetof(struct iphdr, ttl), &edit,
				   sizeof(edit), 0);
}

#endif /* UDP_FANOUT_IPV4_H */
