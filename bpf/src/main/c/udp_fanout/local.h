/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* LOCAL_ADDRESSES: what this node itself is called. */
#ifndef UDP_FANOUT_LOCAL_H
#define UDP_FANOUT_LOCAL_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "mark.h"
#include "udp_fanout.h"

#define UF_LOOPBACK_IFINDEX 1 /* LOOPBACK_IFINDEX, include/net/flow.h */

/* This node's own unicast addresses: what a wildcard listener may match. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, UF_MAX_LOCAL_ADDRESSES);
	__type(key, union uf_address);
	__type(value, __u32);
} LOCAL_ADDRESSES SEC(".maps");

/*
 * One filter, over all of LOCAL_ADDRESSES. The daemon sets a bit before its address is added, and
 * clears it after.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct uf_address_filter);
} LOCAL_FILTER SEC(".maps");

/* Whether an address may be this node's own: of most that are not, a bit tells. */
static __always_inline bool uf_may_be_local(const union uf_address *address)
{
	const struct uf_address_filter *filter;
	__u32 only = 0;
	__u32 bit;

	filter = bpf_map_lookup_elem(&LOCAL_FILTER, &only);
	if (!filter)
		return false;
	bit = address->words[0] ^ address->words[1] ^ address->words[2] ^ address->words[3];
	bit = bit * UF_FILTER_SPREAD >> (32 - UF_FILTER_BITS);
	return filter->bits[bit / 64] >> bit % 64 & 1;
}

/* Whether it is. The bit is asked first, which is 15 ns less than to look. */
static __always_inline bool uf_is_local(const union uf_address *address)
{
	return uf_may_be_local(address) && bpf_map_lookup_elem(&LOCAL_ADDRESSES, address);
}

/*
 * Whether a packet comes by the loopback interface: a process of this node has sent it to one of
 * the node's own addresses. The kernel does not ask there whether the source may be
 * (ip_rcv_finish_core in net/ipv4/ip_input.c: the packet still has the route that it was sent by),
 * and over IPv4 has no path MTU for such a destination: what an ICMP says of it, it does not use. 1
 * or 0: see
 * uf_equal.
 */
static __always_inline __u32 uf_is_by_loopback(const struct __sk_buff *skb)
{
	return uf_equal(skb->ifindex, UF_LOOPBACK_IFINDEX);
}

#endif /* UDP_FANOUT_LOCAL_H */
