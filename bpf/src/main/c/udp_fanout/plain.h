/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The plain datagram: whole, without options, tags or extension headers, for a listener that asks
 * for little beyond its table. It takes the way of uf_run in as few steps as can be.
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
#include "datagram.h"
#include "forward.h"
#include "interface_group.h"
#include "known_listener.h"
#include "listener.h"
#include "mark.h"
#include "next_hop.h"
#include "parse.h"
#include "peer.h"
#include "plain_endpoint.h"
#include "plain_headers.h"
#include "plain_rules.h"
#include "sample.h"
#include "udp_fanout.h"
#include "way.h"

/* In place of what the hook is to return: the datagram is none of these, and untouched. */
#define UF_NOT_PLAIN (-2)

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
	uf_ask_of_endpoint(&question, uf_came_by(uf_first(place)),
			   uf_is_mapped_ipv4(&address) ? 4 : 6, &address, endpoint->port);
	way->tick = 0;
	answer = uf_ask_fib(skb, &question, ip_bytes, &way->hop, &mtu);
	if (answer == BPF_FIB_LKUP_RET_SUCCESS)
		uf_keep_way(way, &address, place, ip_bytes);
	return answer;
}

/*
 * Edits and redirects: as uf_forward. The endpoint and the way to it are known, and "answer" is
 * what the FIB has said of it. A packet that could not be edited must not go on.
 */
static __always_inline int uf_forward_plain(struct __sk_buff *skb, struct uf_hook hook, __u8 family,
					    const struct uf_endpoint *endpoint, struct uf_way *way,
					    const struct uf_peer *peer, long answer,
					    struct uf_stats *stats, __u32 slot, __u64 began_ns)
{
	const struct uf_datagram counted = { .packets = 1 };
	const __u32 bytes = skb->len;
	long error;

	error = family == 4 ? uf_rewrite_plain(skb, hook.l3_offset, 4, hook.at_egress, endpoint)
			    : uf_rewrite_plain_ipv6(skb, hook.l3_offset, hook.at_egress, endpoint);
	if (error)
		return uf_drop_plain(skb, slot, endpoint->counter, bytes, UF_DROP_REWRITE_FAILED);
	if (peer) {
		error = uf_redirect_to_peer(skb, endpoint->peer_ifindex, peer);
	} else {
		if (!uf_hops(skb, hook.at_egress))
			uf_spend_hop(skb);
		if (!hook.l3_offset && uf_prepare_link_header(skb, 0))
			return uf_drop_plain(skb, slot, endpoint->counter, bytes,
					     UF_DROP_REWRITE_FAILED);
		error = uf_redirect(&way->hop,
				    hook.at_egress && answer == BPF_FIB_LKUP_RET_NO_NEIGH);
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
static __always_inline int uf_send_plain(struct __sk_buff *skb, struct uf_hook hook, __u8 family)
{
	const __u32 came_by = skb->ingress_ifindex ? skb->ingress_ifindex : skb->ifindex;
	const struct uf_listener_ports *ports = uf_listener_ports();
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
	long answer = BPF_FIB_LKUP_RET_SUCCESS;

	if (uf_is_other_protocol(skb, hook.l3_offset, family))
		return TC_ACT_UNSPEC;
	if (skb->gso_size || skb->vlan_present || uf_is_by_loopback(skb) || !ports ||
	    !ports->generation || !uf_read_plain(skb, hook.l3_offset, family, &datagram) ||
	    !uf_is_plainly_marked(skb, hook))
		return UF_NOT_PLAIN;
	if (!uf_is_listened_to(ports, datagram.destination_port))
		return TC_ACT_UNSPEC;
	listener = uf_known_listener_of(skb, &datagram, ports, hook.at_egress);
	/* Last of what tells whose it is: to what is no listener's, it is one look-up less. */
	if (!listener || (uf_may_be_for_bridge(skb) && !uf_is_for_bridge(skb)))
		return TC_ACT_UNSPEC;
	if (!uf_is_plain(skb, &datagram, listener) ||
	    !uf_comes_plainly(skb, hook, family, &datagram, listener->flags))
		return UF_NOT_PLAIN;
	stats = uf_stats_of(listener->slot);
	if (!stats)
		return UF_NOT_PLAIN;
	began_ns = uf_sample_begin(stats);
	if (!(listener->flags & UF_PLAIN_EXTRAS)) {
		endpoint = uf_see_turn(listener->slot, &cursor);
	} else {
		if (listener->flags & UF_LISTENER_ALLOW &&
		    !uf_is_allowed(listener->slot, datagram.source.halves[0],
				   datagram.source.halves[1]))
			return uf_refuse_plain(skb, listener->slot, UF_DROP_NOT_ALLOWED, began_ns);
		endpoint =
			uf_plain_endpoint(skb, listener->slot, listener->flags, &datagram, &cursor);
	}
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
	if (!hook.at_egress && endpoint->peer_ifindex)
		peer = uf_known_peer(way, endpoint->peer_ifindex, &address, &datagram);
	if (!peer && !uf_is_way(way, &address, place, datagram.ip_bytes)) {
		answer = uf_renew_way(skb, way, endpoint, place, datagram.ip_bytes);
		/* Without a neighbour the hop is known, too; bpf_redirect_neigh resolves it. */
		if (answer != BPF_FIB_LKUP_RET_SUCCESS && answer != BPF_FIB_LKUP_RET_NO_NEIGH)
			return UF_NOT_PLAIN;
	}
	/* Last, since uf_run would take another token. */
	if (listener->flags & UF_LISTENER_RATE_LIMIT && !uf_take_tokens(listener->slot, 1, false))
		return uf_refuse_plain(skb, listener->slot, UF_DROP_RATE_LIMITED, began_ns);
	/* A flow stays where it is, and so does a source that is hashed. */
	if (cursor)
		cursor->turn = cursor->turn + 1 < cursor->count ? cursor->turn + 1 : 0;
	return uf_forward_plain(skb, hook, family, endpoint, way, peer, answer, stats,
				listener->slot, began_ns);
}

#define UF_AT_INGRESS ((struct uf_hook){ .l3_offset = ETH_HLEN, .at_egress = false })
#define UF_AT_EGRESS ((struct uf_hook){ .l3_offset = ETH_HLEN, .at_egress = true })
#define UF_WITHOUT_LINK_LAYER ((struct uf_hook){ .l3_offset = 0, .at_egress = false })

/*
 * What the hook is to return for an IPv4 packet, or UF_NOT_PLAIN. Not static, so that the verifier
 * looks at it once.
 */
__noinline int uf_run_plain_ipv4(struct __sk_buff *skb)
{
	return uf_send_plain(skb, UF_AT_INGRESS, 4);
}

/* The same of an IPv6 packet. */
__noinline int uf_run_plain_ipv6(struct __sk_buff *skb)
{
	return uf_send_plain(skb, UF_AT_INGRESS, 6);
}

/* The same at egress of a dummy interface. */
__noinline int uf_run_plain_ipv4_out(struct __sk_buff *skb)
{
	return uf_send_plain(skb, UF_AT_EGRESS, 4);
}

__noinline int uf_run_plain_ipv6_out(struct __sk_buff *skb)
{
	return uf_send_plain(skb, UF_AT_EGRESS, 6);
}

/* The same at ingress of a device without a link layer. */
__noinline int uf_run_plain_ipv4_l3(struct __sk_buff *skb)
{
	return uf_send_plain(skb, UF_WITHOUT_LINK_LAYER, 4);
}

__noinline int uf_run_plain_ipv6_l3(struct __sk_buff *skb)
{
	return uf_send_plain(skb, UF_WITHOUT_LINK_LAYER, 6);
}

/* The same of any packet at ingress of a device with a link layer. */
static __always_inline int uf_run_plain(struct __sk_buff *skb)
{
	if (!uf_may_be_for_this_host(skb))
		return TC_ACT_UNSPEC;
	if (skb->protocol == bpf_htons(ETH_P_IP))
		return uf_run_plain_ipv4(skb);
	if (skb->protocol == bpf_htons(ETH_P_IPV6))
		return uf_run_plain_ipv6(skb);
	return TC_ACT_UNSPEC;
}

/* The same at egress of a dummy interface. */
static __always_inline int uf_run_plain_out(struct __sk_buff *skb)
{
	if (!uf_is_for_this_host(skb))
		return TC_ACT_UNSPEC;
	if (skb->protocol == bpf_htons(ETH_P_IP))
		return uf_run_plain_ipv4_out(skb);
	if (skb->protocol == bpf_htons(ETH_P_IPV6))
		return uf_run_plain_ipv6_out(skb);
	return TC_ACT_UNSPEC;
}

/* The same at ingress of a device without a link layer. */
static __always_inline int uf_run_plain_l3(struct __sk_buff *skb)
{
	if (!uf_is_for_this_host(skb))
		return TC_ACT_UNSPEC;
	if (skb->protocol == bpf_htons(ETH_P_IP))
		return uf_run_plain_ipv4_l3(skb);
	if (skb->protocol == bpf_htons(ETH_P_IPV6))
		return uf_run_plain_ipv6_l3(skb);
	return TC_ACT_UNSPEC;
}

#endif /* UDP_FANOUT_PLAIN_H */
