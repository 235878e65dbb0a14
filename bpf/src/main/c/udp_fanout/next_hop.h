/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How to get to an endpoint, asked before anything is edited. */
#ifndef UDP_FANOUT_NEXT_HOP_H
#define UDP_FANOUT_NEXT_HOP_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "route.h"
#include "udp_fanout.h"
#include "way.h"

#define UF_AF_INET 2 /* include/linux/socket.h; sys/socket.h needs a C library */
#define UF_AF_INET6 10

/* A FIB answer as a drop reason; only for answers that are not a way to go. */
static __always_inline enum uf_drop_reason uf_fib_drop_reason(long answer)
{
	switch (answer) {
	case BPF_FIB_LKUP_RET_BLACKHOLE:
		return UF_DROP_FIB_BLACKHOLE;
	case BPF_FIB_LKUP_RET_UNREACHABLE:
		return UF_DROP_FIB_UNREACHABLE;
	case BPF_FIB_LKUP_RET_PROHIBIT:
		return UF_DROP_FIB_PROHIBIT;
	case BPF_FIB_LKUP_RET_NOT_FWDED:
		return UF_DROP_FIB_NOT_FORWARDED;
	case BPF_FIB_LKUP_RET_FWD_DISABLED:
		return UF_DROP_FIB_FORWARDING_DISABLED;
	case BPF_FIB_LKUP_RET_UNSUPP_LWT:
		return UF_DROP_FIB_UNSUPPORTED_ENCAP;
	case BPF_FIB_LKUP_RET_FRAG_NEEDED:
		return UF_DROP_TOO_BIG;
	default:
		return UF_DROP_FIB_OTHER;
	}
}

/*
 * What the FIB is asked. Everything that its answer depends on is in here, but for the size. Word
 * by word: see uf_join.
 */
static __always_inline void uf_ask(union uf_question *question, __u32 ifindex,
				   const struct uf_datagram *datagram,
				   const union uf_address *address, __be16 port)
{
	const bool is_ipv4 = datagram->family == 4;
	const __u16 protocol = uf_join8(is_ipv4 ? UF_AF_INET : UF_AF_INET6, IPPROTO_UDP);
	const __u32 tos = is_ipv4 ? uf_join16(uf_join8(datagram->tos, 0), 0) : datagram->flow_info;

	/* The size is 0 so far. */
	question->words[0] =
		uf_join(uf_join16(protocol, datagram->source_port), uf_join16(port, 0));
	question->words[1] = uf_join(ifindex, tos);
	if (is_ipv4) {
		question->words[2] = uf_join(datagram->source.words[3], 0);
		question->words[3] = 0;
		question->words[4] = uf_join(address->words[3], 0);
		question->words[5] = 0;
	} else {
		question->words[2] = datagram->source.halves[0];
		question->words[3] = datagram->source.halves[1];
		question->words[4] = address->halves[0];
		question->words[5] = address->halves[1];
	}
	question->words[6] = 0;
	question->words[7] = 0;
}

/* The same, but for what is the sender's. */
static __always_inline void uf_ask_of_endpoint(union uf_question *question, __u32 ifindex,
					       __u8 family, const union uf_address *address,
					       __be16 port)
{
	const bool is_ipv4 = family == 4;

	question->words[0] =
		uf_join(uf_join16(uf_join8(is_ipv4 ? UF_AF_INET : UF_AF_INET6, IPPROTO_UDP), 0),
			uf_join16(port, 0));
	question->words[1] = uf_join(ifindex, 0);
	question->words[2] = 0;
	question->words[3] = 0;
	question->words[4] = is_ipv4 ? uf_join(address->words[3], 0) : address->halves[0];
	question->words[5] = is_ipv4 ? 0 : address->halves[1];
	question->words[6] = 0;
	question->words[7] = 0;
}

static __always_inline void uf_set_hop(struct uf_next_hop *hop, const struct bpf_fib_lookup *fib)
{
	hop->ifindex = fib->ifindex;
	hop->neighbour.nh_family = fib->family;
	if (fib->family == UF_AF_INET6)
		__builtin_memcpy(hop->neighbour.ipv6_nh, fib->ipv6_dst, sizeof(fib->ipv6_dst));
	else
		hop->neighbour.ipv4_nh = fib->ipv4_dst;
}

/* Has the kernel answer: as uf_find_next_hop. */
static __always_inline long uf_ask_fib(struct __sk_buff *skb, union uf_question *question,
				       __u32 ip_bytes, struct uf_next_hop *hop, __u32 *mtu)
{
	struct bpf_fib_lookup *fib = &question->fib;
	long answer;

	fib->tot_len = ip_bytes > 0xffff ? 0xffff : ip_bytes;
	answer = bpf_fib_lookup(skb, fib, sizeof(*fib), 0);
	if (answer == BPF_FIB_LKUP_RET_FRAG_NEEDED && fib->tot_len < ip_bytes)
		*mtu = fib->tot_len;
	if (answer == BPF_FIB_LKUP_RET_SUCCESS || answer == BPF_FIB_LKUP_RET_NO_NEIGH)
		uf_set_hop(hop, fib);
	return answer;
}

/*
 * Asks for the way to an endpoint: a BPF_FIB_LKUP_RET_* or a negative errno. The hop is filled in
 * for SUCCESS and for NO_NEIGH, which is no error: bpf_redirect_neigh resolves it.
 *
 * tot_len makes the kernel compare with the route's MTU from 5.12 on; before, it compares skb->len
 * with the device's. The next hop's family is its own: an IPv4 route may go via an IPv6 gateway.
 *
 * ifindex: the interface by which the packet has come in, as IP sees it.
 *
 * *mtu is set for FRAG_NEEDED, if the kernel says how much would fit (mtu_result, from 5.12 on, in
 * the place of tot_len).
 */
static __always_inline long uf_find_next_hop(struct __sk_buff *skb, __u32 ifindex,
					     const struct uf_datagram *datagram,
					     const union uf_address *address, __be16 port,
					     struct uf_next_hop *hop, __u32 *mtu)
{
	union uf_question question;
	struct uf_route *route;
	long answer;

	uf_ask(&question, ifindex, datagram, address, port);
	route = uf_route_of(&question);
	if (route && uf_is_fresh(route, &question, datagram->ip_bytes)) {
		*hop = route->hop;
		return BPF_FIB_LKUP_RET_SUCCESS;
	}
	if (route)
		uf_begin_route(route, &question);
	answer = uf_ask_fib(skb, &question, datagram->ip_bytes, hop, mtu);
	if (route && answer == BPF_FIB_LKUP_RET_SUCCESS)
		uf_keep_route(route, hop, datagram->ip_bytes);
	return answer;
}

/*
 * The same of an endpoint to which the way is the same for all senders: the FIB is not told of any.
 * counter: of struct uf_endpoint.
 */
static __always_inline long uf_find_way(struct __sk_buff *skb, __u32 ifindex,
					const struct uf_datagram *datagram,
					const union uf_address *address, __be16 port, __u32 counter,
					struct uf_next_hop *hop, __u32 *mtu)
{
	const __u64 place = uf_place_of(ifindex, port);
	struct uf_way *way = uf_way_of(counter, address);
	union uf_question question;
	long answer;

	if (way && uf_is_way(way, address, place, datagram->ip_bytes)) {
		*hop = way->hop;
		return BPF_FIB_LKUP_RET_SUCCESS;
	}
	uf_ask_of_endpoint(&question, ifindex, datagram->family, address, port);
	answer = uf_ask_fib(skb, &question, datagram->ip_bytes, hop, mtu);
	if (way && answer == BPF_FIB_LKUP_RET_SUCCESS) {
		way->hop = *hop;
		uf_keep_way(way, address, place, datagram->ip_bytes);
	}
	return answer;
}

/*
 * Makes room for the link-layer header of the next hop's device, where the packet came in without
 * one, and takes a priority tag off, which is for this link. bpf_redirect_neigh wants an Ethernet
 * header in front, and drops it.
 */
static __always_inline long uf_prepare_link_header(struct __sk_buff *skb, __u32 l3_offset)
{
	if (skb->vlan_present && bpf_skb_vlan_pop(skb))
		return -1;
	return l3_offset ? 0 : bpf_skb_change_head(skb, ETH_HLEN, 0);
}

/*
 * Has the neighbour code send the packet to the hop. A packet that must wait for its neighbour is
 * looked up anew through its route once the neighbour has answered (neigh_update in
 * net/core/neighbour.c). At egress and on the loopback interface it still has the route by which it
 * got there, so there the kernel is asked to look the new destination up by itself, which replaces
 * that route.
 */
static __always_inline long uf_redirect(struct uf_next_hop *hop, bool replace_route)
{
	if (replace_route)
		return bpf_redirect_neigh(hop->ifindex, NULL, 0, 0);
	return bpf_redirect_neigh(hop->ifindex, &hop->neighbour, sizeof(hop->neighbour), 0);
}

#endif /* UDP_FANOUT_NEXT_HOP_H */
