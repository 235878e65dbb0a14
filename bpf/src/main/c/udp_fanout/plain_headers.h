/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading and editing the headers of a plain datagram: see plain.h. */
#ifndef UDP_FANOUT_PLAIN_HEADERS_H
#define UDP_FANOUT_PLAIN_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "checksum.h"
#include "datagram.h"
#include "mark.h"
#include "path_mtu.h"
#include "rewrite.h"
#include "udp_fanout.h"

/* Whether a packet is surely none of UDP's: most that a node gets are TCP's. */
static __always_inline bool uf_is_other_protocol(const struct __sk_buff *skb, __u32 l3_offset,
						 __u8 family)
{
	const void *data = (void *)(long)skb->data;
	const struct ipv6hdr *ipv6 = data + l3_offset;
	const struct iphdr *ipv4 = data + l3_offset;

	if (family == 4)
		return (const void *)(ipv4 + 1) <= (void *)(long)skb->data_end &&
		       ipv4->protocol != IPPROTO_UDP;
	return (const void *)(ipv6 + 1) <= (void *)(long)skb->data_end &&
	       (ipv6->nexthdr == IPPROTO_TCP || ipv6->nexthdr == IPPROTO_ICMPV6);
}

/*
 * Reads the headers of a plain datagram, as far as uf_send_plain wants them; false for anything
 * else. "l3_offset" and "family" are constant. It is read twice, before the look-ups and
 * before the edit: what is kept in between has to be on the stack.
 */
static __always_inline bool uf_read_plain(const struct __sk_buff *skb, __u32 l3_offset, __u8 family,
					  struct uf_datagram *datagram)
{
	const __u32 header_bytes = family == 4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	const void *data = (void *)(long)skb->data;
	const struct ipv6hdr *ipv6 = data + l3_offset;
	const struct iphdr *ipv4 = data + l3_offset;
	const struct udphdr *udp = data + l3_offset + header_bytes;

	if ((const void *)(udp + 1) > (void *)(long)skb->data_end)
		return false;
	if (family == 4) {
		if (*(const __u8 *)ipv4 != 0x45 || ipv4->protocol != IPPROTO_UDP ||
		    ipv4->frag_off & bpf_htons(UF_IPV4_FRAGMENT))
			return false;
		datagram->ip_bytes = bpf_ntohs(ipv4->tot_len);
		datagram->hops_left = ipv4->ttl;
		datagram->tos = ipv4->tos;
		datagram->ip_checksum = ipv4->check;
		uf_map_ipv4(&datagram->source, ipv4->saddr);
		uf_map_ipv4(&datagram->destination, ipv4->daddr);
	} else {
		if (ipv6->version != 6 || ipv6->nexthdr != IPPROTO_UDP || !udp->check)
			return false;
		datagram->ip_bytes = sizeof(*ipv6) + bpf_ntohs(ipv6->payload_len);
		datagram->hops_left = ipv6->hop_limit;
		datagram->next_header = IPPROTO_UDP;
		__builtin_memcpy(&datagram->source, &ipv6->saddr, sizeof(datagram->source));
		__builtin_memcpy(&datagram->destination, &ipv6->daddr,
				 sizeof(datagram->destination));
	}
	datagram->family = family;
	datagram->part = UF_WHOLE;
	datagram->packets = 1;
	datagram->l3_offset = l3_offset;
	datagram->l4_offset = l3_offset + header_bytes;
	datagram->source_port = udp->source;
	datagram->destination_port = udp->dest;
	datagram->udp_bytes = udp->len;
	datagram->udp_checksum = udp->check;
	return datagram->hops_left > 1 && datagram->ip_bytes <= skb->len - l3_offset &&
	       bpf_ntohs(udp->len) >= sizeof(*udp) &&
	       bpf_ntohs(udp->len) + header_bytes <= datagram->ip_bytes;
}

/* The edit where the device may have to complete the checksum: as uf_rewrite_apart. */
static __always_inline long uf_rewrite_unfinished(struct __sk_buff *skb,
						  const struct uf_datagram *datagram,
						  const union uf_address *address, __be16 port,
						  __u8 hops)
{
	long error;

	error = uf_edit_unfinished_udp(
		skb, datagram, uf_address_change(&datagram->destination, address),
		offsetof(struct udphdr, dest), datagram->destination_port, port);
	return error ? error : uf_edit_ip(skb, datagram, address, hops);
}

/* The edit, with the headers read again. */
static __always_inline long uf_rewrite_plain(struct __sk_buff *skb, __u32 l3_offset, __u8 family,
					     bool at_egress, const struct uf_endpoint *endpoint)
{
	const __u8 hops = uf_hops(skb, at_egress);
	struct uf_datagram datagram;
	union uf_address address;

	if (!uf_read_plain(skb, l3_offset, family, &datagram))
		return -1;
	address.halves[0] = ((const __u64 *)endpoint->address)[0];
	address.halves[1] = ((const __u64 *)endpoint->address)[1];
	if (uf_may_be_unfinished(skb, &datagram))
		return uf_rewrite_unfinished(skb, &datagram, &address, endpoint->port, hops);
	return uf_rewrite_at_once(skb, &datagram, &address, endpoint->port, hops);
}

/* The same of IPv6, whose headers take a stack of their own. */
static __noinline long uf_rewrite_plain_ipv6(struct __sk_buff *skb, __u32 l3_offset, bool at_egress,
					     const struct uf_endpoint *endpoint)
{
	return endpoint ? uf_rewrite_plain(skb, l3_offset, 6, at_egress, endpoint) : -1;
}

#endif /* UDP_FANOUT_PLAIN_HEADERS_H */
