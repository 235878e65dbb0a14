/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading and editing IPv6 and its extension headers: RFC 8200. */
#ifndef UDP_FANOUT_IPV6_H
#define UDP_FANOUT_IPV6_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "checksum.h"
#include "datagram.h"

/* A datagram with more extension headers than this is not ours. */
#define UF_MAX_EXTENSIONS 6

#define UF_IPV6_MORE_FRAGMENTS 0x0001 /* RFC 8200 section 4.5 */
#define UF_IPV6_FRAGMENT_OFFSET 0xfff8

/* What the extension headers have in common, and what we want of some: the first 8 bytes. */
struct uf_extension {
	__u8 next_header;
	__u8 length; /* in units of 8 bytes, less one; reserved in a fragment header, which has 8 */
	union {
		struct {
			__u8 routing_type;
			__u8 segments_left;
		};
		__be16 fragment;
	};
	__be32 identification;
};

/*
 * Steps over the extension headers. The offset of the UDP header, or of what a later fragment
 * holds; a negative number if the packet is not ours: something else than UDP, a chain that is too
 * long. A routing header with segments left means that we are on the way, not at the end. AH signs
 * the destination, which we would have to change.
 */
static __always_inline int uf_skip_extensions(struct __sk_buff *skb, struct uf_datagram *datagram,
					      __u32 offset, __u8 type)
{
	struct uf_extension extension;
	__u32 i;

	for (i = 0; i < UF_MAX_EXTENSIONS && type != IPPROTO_UDP; i++) {
		if (bpf_skb_load_bytes(skb, offset, &extension, sizeof(extension)))
			return -1;
		switch (type) {
		case IPPROTO_HOPOPTS:
			/* Section 4.1: only as the first. */
			if (i)
				return -1;
			break;
		case IPPROTO_DSTOPTS:
			break;
		case IPPROTO_ROUTING:
			if (extension.segments_left)
				return -1;
			break;
		case IPPROTO_FRAGMENT:
			if (datagram->identification || datagram->part != UF_WHOLE)
				return -1;
			datagram->identification = extension.identification;
			if (extension.fragment & bpf_htons(UF_IPV6_FRAGMENT_OFFSET)) {
				datagram->part = UF_LATER_FRAGMENT;
				return extension.next_header == IPPROTO_UDP ||
						       extension.next_header == IPPROTO_DSTOPTS
					       ? (int)offset + 8
					       : -1;
			}
			if (extension.fragment & bpf_htons(UF_IPV6_MORE_FRAGMENTS))
				datagram->part = UF_FIRST_FRAGMENT;
			extension.length = 0;
			break;
		default:
			return -1;
		}
		type = extension.next_header;
		offset += (extension.length + 1) * 8;
	}
	return type == IPPROTO_UDP ? (int)offset : -1;
}

/* As uf_parse_ipv4. A jumbogram (RFC 2675) says that its length is 0, and is not ours. */
static __always_inline bool uf_parse_ipv6(struct __sk_buff *skb, struct uf_datagram *datagram)
{
	const __u32 l3_offset = datagram->l3_offset;
	const struct udphdr *udp = NULL;
	const struct ipv6hdr *ip;
	__u32 header_bytes;
	int l4_offset;
	void *head;

	head = uf_head(skb, l3_offset + sizeof(*ip));
	if (!head)
		return false;
	ip = head + l3_offset;
	if (ip->version != 6)
		return false;
	datagram->family = 6;
	datagram->part = UF_WHOLE;
	datagram->identification = 0;
	datagram->ip_bytes = sizeof(*ip) + bpf_ntohs(ip->payload_len);
	datagram->flow_info = *(__be32 *)ip & bpf_htonl(0x0fffffff);
	datagram->hops_left = ip->hop_limit;
	datagram->next_header = ip->nexthdr;
	__builtin_memcpy(&datagram->source, &ip->saddr, sizeof(datagram->source));
	__builtin_memcpy(&datagram->destination, &ip->daddr, sizeof(datagram->destination));
	if (datagram->ip_bytes > skb->len - l3_offset)
		return false;

	if (ip->nexthdr == IPPROTO_UDP)
		udp = uf_udp_behind(skb, head + l3_offset + sizeof(*ip));
	l4_offset = uf_skip_extensions(skb, datagram, l3_offset + sizeof(*ip), ip->nexthdr);
	if (l4_offset < 0)
		return false;
	datagram->l4_offset = l4_offset;
	header_bytes = datagram->l4_offset - l3_offset;
	if (datagram->part == UF_LATER_FRAGMENT)
		return header_bytes < datagram->ip_bytes;
	return header_bytes <= datagram->ip_bytes &&
	       uf_parse_udp(skb, datagram, datagram->ip_bytes - header_bytes, udp);
}

/* The part of struct ipv6hdr that changes, from the next header to the destination. */
struct uf_ipv6_edit {
	__u8 next_header;
	__u8 hop_limit;
	union uf_address source __attribute__((packed));
	union uf_address destination __attribute__((packed));
} __attribute__((packed));

/* The edit that sets destination and hop limit, which is less by "hops". */
static __always_inline void uf_plan_ipv6(struct uf_ipv6_edit *edit,
					 const struct uf_datagram *datagram,
					 const union uf_address *destination, __u8 hops)
{
	edit->next_header = datagram->next_header;
	edit->hop_limit = datagram->hops_left - hops;
	edit->source = datagram->source;
	edit->destination = *destination;
}

/*
 * There is no header checksum here in which the change would cancel out, so the kernel takes it
 * into skb->csum.
 */
static __always_inline long uf_edit_ipv6(struct __sk_buff *skb, const struct uf_datagram *datagram,
					 const union uf_address *destination, __u8 hops)
{
	struct uf_ipv6_edit edit;

	uf_plan_ipv6(&edit, datagram, destination, hops);
	return bpf_skb_store_bytes(skb, datagram->l3_offset + offsetof(struct ipv6hdr, nexthdr),
				   &edit, sizeof(edit), BPF_F_RECOMPUTE_CSUM);
}

#endif /* UDP_FANOUT_IPV6_H */
