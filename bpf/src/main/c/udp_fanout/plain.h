/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The plain datagram: whole, without options, tags or extension headers, for a listener that asks
 * for nothing beyond its table. It takes the way of uf_run in as few steps as can be.
 *
 * Nothing is touched before it is certain that a datagram is plain and goes on: whatever is not so
 * goes through uf_run from the beginning, drops among them.
 */
#ifndef UDP_FANOUT_PLAIN_H
#define UDP_FANOUT_PLAIN_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_helpers.h>

#include "account.h"
#include "admit.h"
#include "balance.h"
#include "datagram.h"
#include "endpoint_table.h"
#include "forward.h"
#include "known_flow.h"
#include "known_listener.h"
#include "listener.h"
#include "mark.h"
#include "next_hop.h"
#include "note.h"
#include "parse.h"
#include "peer.h"
#include "plain_headers.h"
#include "sample.h"
#include "target.h"
#include "udp_fanout.h"
#include "way.h"

/* In place of what the hook is to return: the datagram is none of these, and untouched. */
#define UF_NOT_PLAIN (-2)

/* What a listener may ask for: it does not matter to plain datagrams, or is looked after here. */
#define UF_PLAIN_LISTENER                                                                          \
	(UF_LISTENER_WAYS_BY_ENDPOINT | UF_LISTENER_FRAGMENTS_BY_STACK |                           \
	 UF_LISTENER_ANSWERS_BY_STACK | UF_LISTENER_REASSEMBLED | UF_LISTENER_REVERSE_PATH |       \
	 UF_LISTENER_REPLIES | UF_LISTENER_REPLIES_BY_STACK | UF_LISTENER_LEASED)

/* Asks for the way to an endpoint, and keeps it: as uf_find_way. Its stack is its own. */
static __noinline long uf_renew_way(struct __sk_buff *skb, struct uf_way *way,
				    const struct uf_endpoint *endpoint, __u64 place, __u32 ip_bytes)
{
	union uf_address address;
	union uf_question question;
	__u32 mtu = 0;
	long answer;

	if (!way || !endpoint)
		return -1;
	__builtin_memcpy(&address, endpoint->address, sizeof(address));
	uf_ask_of_endpoint(&question, uf_first(place), uf_is_mapped_ipv4(&address) ? 4 : 6,
			   &address, endpoint->port);
	way->tick = 0;
	answer = uf_ask_fib(skb, &question, ip_bytes, &way->hop, &mtu);
	if (answer == BPF_FIB_LKUP_RET_SUCCESS)
		uf_keep_way(way, &address, place, ip_bytes);
	return answer;
}

/* Drops a datagram that has been edited. Not static, so that the verifier looks at it once. */
__noinline int uf_drop_plain(struct __sk_buff *skb, __u32 slot, __u32 counter, __u32 bytes,
			     __u32 reason)
{
	const struct uf_datagram datagram = { .packets = 1 };
	const struct uf_target target = { .slot = slot, .counter = counter };

	uf_account_dropped(slot, &datagram, bytes, reason);
	uf_note_drop(skb, &datagram, &target, reason);
	return TC_ACT_SHOT;
}

/* The endpoint whose turn it is, or NULL if that takes more than to look. The turn is not taken. */
static __always_inline const struct uf_endpoint *uf_see_turn(__u32 slot, struct uf_cursor **cursor)
{
	const struct uf_endpoint *endpoint;
	__u32 position;
	void *table;

	table = bpf_map_lookup_elem(&ENDPOINTS, &slot);
	*cursor = bpf_map_lookup_elem(&CURSORS, &slot);
	if (!table || !*cursor || !(*cursor)->count)
		return NULL;
	position = (*cursor)->turn + (*cursor)->start;
	position = 1 + (position < (*cursor)->count ? position : position - (*cursor)->count);
	endpoint = bpf_map_lookup_elem(table, &position);
	return endpoint && endpoint->table_count == (*cursor)->count ? endpoint : NULL;
}

/*
 * Whether it is certain that a datagram can come from where it says: as uf_has_bad_source, which
 * looks closer at those of which it is not. The halves of the addresses, by value: what is asked
 * for by its address has to be on the stack.
 */
static __always_inline bool uf_has_plain_source(__u8 family, __u64 source0, __u64 source1,
						__u64 destination0, __u64 destination1,
						bool is_turned)
{
	const union uf_address source = { .halves = { source0, source1 } };

	if (family == 6 && !source0 && uf_first(source1) == bpf_htonl(0xffff))
		return false;
	if (uf_is_no_host(&source))
		return false;
	return is_turned ||
	       (!uf_may_be_local(&source) && ((source0 ^ destination0) | (source1 ^ destination1)));
}

/* Whether a listener's datagrams of a size are plain. */
static __always_inline bool uf_is_plain(const struct uf_listener *listener, __u32 ip_bytes)
{
	return !(listener->flags & ~UF_PLAIN_LISTENER) &&
	       listener->flags & UF_LISTENER_WAYS_BY_ENDPOINT &&
	       (!listener->mtu || ip_bytes <= listener->mtu);
}

/*
 * Edits and redirects: as uf_forward. The endpoint and the way to it are known. A packet that could
 * not be edited must not go on.
 */
static __always_inline int uf_forward_plain(struct __sk_buff *skb, __u8 family,
					    const struct uf_endpoint *endpoint, struct uf_way *way,
					    const struct uf_peer *peer, struct uf_stats *stats,
					    __u32 slot, __u64 began_ns)
{
	const struct uf_datagram counted = { .packets = 1 };
	const __u32 bytes = skb->len;
	long error;

	error = family == 4 ? uf_rewrite_plain(skb, 4, endpoint)
			    : uf_rewrite_plain_ipv6(skb, endpoint);
	if (error)
		return uf_drop_plain(skb, slot, endpoint->counter, bytes, UF_DROP_REWRITE_FAILED);
	if (peer) {
		error = uf_redirect_to_peer(skb, endpoint->peer_ifindex, peer);
	} else {
		if (!uf_hops(skb, false))
			uf_spend_hop(skb);
		error = uf_redirect(&way->hop, false);
	}
	if (error != TC_ACT_REDIRECT)
		return uf_drop_plain(skb, slot, endpoint->counter, bytes, UF_DROP_REDIRECT_FAILED);
	uf_sample_end(began_ns);
	uf_account_forwarded(stats, &counted, bytes);
	uf_account_endpoint(endpoint->counter, &counted, bytes);
	return TC_ACT_REDIRECT;
}

/*
 * What the hook is to return for a packet of a family, or UF_NOT_PLAIN: as uf_run. What is read of
 * an endpoint is read once, or the same twice: its table does not change while a program uses it.
 */
static __always_inline int uf_send_plain(struct __sk_buff *skb, __u8 family)
{
	const __u32 came_by = skb->ingress_ifindex ? skb->ingress_ifindex : skb->ifindex;
	const struct uf_listener_ports *ports = uf_listener_ports();
	const bool is_turned = uf_has_come_round(skb);
	const struct uf_endpoint *endpoint;
	const struct uf_listener *listener;
	const struct uf_peer *peer = NULL;
	struct uf_datagram datagram;
	union uf_address address;
	struct uf_cursor *cursor = NULL;
	struct uf_stats *stats;
	struct uf_way *way;
	__u64 began_ns;
	__u64 place;
	long answer;

	if (uf_is_other_protocol(skb, family))
		return TC_ACT_UNSPEC;
	if (skb->gso_size || skb->vlan_present || uf_is_by_loopback(skb) || !ports ||
	    !ports->generation || !uf_read_plain(skb, family, &datagram))
		return UF_NOT_PLAIN;
	/* Of what has come round, only what the program itself has turned at a dummy interface. */
	if (is_turned && (uf_mark_of(skb) != UF_MARK_TURNED || !uf_is_signed(skb)))
		return UF_NOT_PLAIN;
	if (!uf_is_listened_to(ports, datagram.destination_port))
		return TC_ACT_UNSPEC;
	listener = uf_known_listener_of(skb, &datagram, ports);
	if (!listener)
		return TC_ACT_UNSPEC;
	if (!uf_is_plain(listener, datagram.ip_bytes) ||
	    !uf_has_plain_source(family, datagram.source.halves[0], datagram.source.halves[1],
				 datagram.destination.halves[0], datagram.destination.halves[1],
				 is_turned))
		return UF_NOT_PLAIN;
	if (family == 4 && listener->flags & UF_LISTENER_REVERSE_PATH && !is_turned &&
	    uf_leads_back_elsewhere(
		    skb, uf_join(datagram.source.words[3], datagram.destination.words[3]),
		    datagram.tos, listener->flags))
		return UF_NOT_PLAIN;
	stats = uf_stats_of(listener->slot);
	if (!stats)
		return UF_NOT_PLAIN;
	began_ns = uf_sample_begin(stats);
	if (listener->flags & UF_LISTENER_REPLIES)
		endpoint = uf_known_endpoint(
			listener->slot, datagram.source.halves[0], datagram.source.halves[1],
			datagram.destination.halves[0], datagram.destination.halves[1],
			uf_join16(datagram.source_port, datagram.destination_port),
			listener->flags & UF_LISTENER_REPLIES_BY_STACK ? skb->ifindex : 0);
	else
		endpoint = uf_see_turn(listener->slot, &cursor);
	if (!endpoint)
		return UF_NOT_PLAIN;
	address.halves[0] = ((const __u64 *)endpoint->address)[0];
	address.halves[1] = ((const __u64 *)endpoint->address)[1];
	/* Neither the sender nor the listener, and of the datagram's family. */
	if (!((address.halves[0] ^ datagram.source.halves[0]) |
	      (address.halves[1] ^ datagram.source.halves[1])) ||
	    !((address.halves[0] ^ datagram.destination.halves[0]) |
	      (address.halves[1] ^ datagram.destination.halves[1]) |
	      (endpoint->port ^ datagram.destination_port)) ||
	    !uf_is_any_sender(family, datagram.source.words[0]) ||
	    (!address.halves[0] && uf_first(address.halves[1]) == bpf_htonl(0xffff)) !=
		    (family == 4))
		return UF_NOT_PLAIN;
	place = uf_place_of(came_by, endpoint->port);
	way = uf_way_of(endpoint->counter, &address);
	if (!way)
		return UF_NOT_PLAIN;
	if (endpoint->peer_ifindex)
		peer = uf_peer_of(endpoint->peer_ifindex, &datagram);
	if (!peer && !uf_is_way(way, &address, place, datagram.ip_bytes)) {
		answer = uf_renew_way(skb, way, endpoint, place, datagram.ip_bytes);
		/* Without a neighbour the hop is known, too; bpf_redirect_neigh resolves it. */
		if (answer != BPF_FIB_LKUP_RET_SUCCESS && answer != BPF_FIB_LKUP_RET_NO_NEIGH)
			return UF_NOT_PLAIN;
	}
	/* A flow stays where it is. */
	if (cursor)
		cursor->turn = cursor->turn + 1 < cursor->count ? cursor->turn + 1 : 0;
	return uf_forward_plain(skb, family, endpoint, way, peer, stats, listener->slot, began_ns);
}

/*
 * What the hook is to return for an IPv4 packet, or UF_NOT_PLAIN. Not static, so that the verifier
 * looks at it once.
 */
__noinline int uf_run_plain_ipv4(struct __sk_buff *skb)
{
	return uf_send_plain(skb, 4);
}

/* The same of an IPv6 packet. */
__noinline int uf_run_plain_ipv6(struct __sk_buff *skb)
{
	return uf_send_plain(skb, 6);
}

/* The same of any packet at ingress of a device with a link layer. */
static __always_inline int uf_run_plain(struct __sk_buff *skb)
{
	if (!uf_is_for_this_host(skb))
		return TC_ACT_UNSPEC;
	if (skb->protocol == bpf_htons(ETH_P_IP))
		return uf_run_plain_ipv4(skb);
	if (skb->protocol == bpf_htons(ETH_P_IPV6))
		return uf_run_plain_ipv6(skb);
	return TC_ACT_UNSPEC;
}

#endif /* UDP_FANOUT_PLAIN_H */
