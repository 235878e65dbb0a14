// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * udp-fanout: each datagram of a listener to the next endpoint.
 *
 *   udp_fanout       rewrites and redirects; at a NIC's or dummy0's ingress
 *   udp_fanout_l3    the same on a device without link layer (tun, WireGuard, ipip)
 *   udp_fanout_turn  at dummy0's egress: sends a listener's datagrams back in at dummy0's ingress
 *   udp_fanout_out   rewrites and redirects at dummy0's egress, in place of the two above
 *   udp_fanout_back  sends what endpoints answer back to the client; at the ingress of what leads to endpoints
 *   udp_fanout_b_l3  the same on a device without link layer
 *
 * What is not ours leaves with TC_ACT_UNSPEC (TCX_NEXT): other people's programs run next.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_helpers.h>

#include "udp_fanout.h"
#include "udp_fanout/account.h"
#include "udp_fanout/allow.h"
#include "udp_fanout/balance.h"
#include "udp_fanout/copy.h"
#include "udp_fanout/datagram.h"
#include "udp_fanout/flow.h"
#include "udp_fanout/fragment.h"
#include "udp_fanout/limit.h"
#include "udp_fanout/listener.h"
#include "udp_fanout/mirror.h"
#include "udp_fanout/next_hop.h"
#include "udp_fanout/parse.h"
#include "udp_fanout/peer.h"
#include "udp_fanout/reply.h"
#include "udp_fanout/rewrite.h"
#include "udp_fanout/sample.h"
#include "udp_fanout/source.h"
#include "udp_fanout/target.h"

/* Two of the helpers are for GPL-compatible programs only: bpf_fib_lookup is one. */
char LICENSE[] SEC("license") = "Dual BSD/GPL";

_Static_assert(sizeof(struct uf_endpoint) == sizeof(struct uf_endpoint_table_header),
	       "a map's elements all have one size");
_Static_assert(sizeof(struct uf_listener_key) == 24, "a hash key must have no padding");
_Static_assert(sizeof(struct uf_peer) == 16, "no padding");
_Static_assert(sizeof(struct uf_range) == 32, "read as four numbers of 8 bytes");
_Static_assert(sizeof(struct uf_fragment_key) == 40, "a hash key must have no padding");

/* Not a drop reason: the datagram is on its way. */
#define UF_FORWARDED -1

/*
 * What becomes of a packet that is not forwarded: the stack answers some with ICMP, where the RFCs ask for it;
 * the others are freed here. Behind an egress hook there is no stack but a driver, which would swallow them.
 */
static __always_inline int uf_dispose(struct __sk_buff *skb, int fate, bool at_egress)
{
	if (fate != UF_DROP_TTL_EXPIRED && fate != UF_DROP_TOO_BIG)
		return TC_ACT_SHOT;
	return at_egress ? bpf_redirect(skb->ifindex, BPF_F_INGRESS) : TC_ACT_UNSPEC;
}

/*
 * Whether the listener's own rules let a packet pass: UF_FORWARDED or a drop reason. A datagram in fragments is judged by the
 * one with the port: those that follow are let through with it, and counted, or refused with it.
 */
static __noinline int uf_judge(const struct __sk_buff *skb, const struct uf_datagram *datagram,
			       const struct uf_target *target)
{
	bool follows = datagram->part == UF_LATER_FRAGMENT && !target->early;
	int fate = UF_FORWARDED;

	/* A mirror's copy: the datagram itself has been judged. */
	if (skb->tc_index == UF_MIRROR_TC_INDEX)
		return UF_FORWARDED;
	if (target->flags & UF_LISTENER_ALLOW && !uf_is_allowed(target->slot, &datagram->source))
		fate = UF_DROP_NOT_ALLOWED;
	else if (target->flags & UF_LISTENER_RATE_LIMIT &&
		 !uf_take_tokens(target->slot, datagram->packets, follows))
		fate = UF_DROP_RATE_LIMITED;
	if (fate != UF_FORWARDED && datagram->part == UF_FIRST_FRAGMENT)
		uf_refuse_fragments(skb, datagram, target->slot, fate);
	return fate;
}

/*
 * Applies what a listener asks for beyond the rule: UF_FORWARDED or a drop reason. may_copy is constant: copies come round by
 * the hook at ingress, and fragments are not mirrored.
 */
static __always_inline int uf_apply_rules(struct __sk_buff *skb, const struct uf_datagram *datagram,
					  struct uf_target *target, bool may_copy)
{
	__u64 becomes;
	int fate;

	if (target->flags & (UF_LISTENER_ALLOW | UF_LISTENER_RATE_LIMIT)) {
		fate = uf_judge(skb, datagram, target);
		if (fate != UF_FORWARDED)
			return fate;
	}
	if (may_copy && target->flags & UF_LISTENER_MIRROR && datagram->part == UF_WHOLE) {
		becomes = uf_mirror(skb, target->slot, target->flags, datagram->packets);
		target->slot = becomes;
		target->flags = becomes >> 32;
	}
	return UF_FORWARDED;
}

/* Whether a listener's datagram may go on at all, whatever the endpoint: UF_FORWARDED or a drop reason. */
static __always_inline int uf_admit(struct __sk_buff *skb, const struct uf_datagram *datagram,
				    struct uf_target *target, bool at_egress, bool may_copy)
{
	int fate;

	if (target->flags & UF_LISTENER_REPLICATE && uf_replica_of(skb))
		return UF_FORWARDED;
	if (!at_egress && uf_is_bad_source(skb, datagram))
		return UF_DROP_BAD_SOURCE;
	/* Before the stack may answer: who is not allowed is not answered either. */
	if (target->flags & (UF_LISTENER_ALLOW | UF_LISTENER_RATE_LIMIT | UF_LISTENER_MIRROR)) {
		fate = uf_apply_rules(skb, datagram, target, may_copy);
		if (fate != UF_FORWARDED)
			return fate;
	}
	if (datagram->hops_left <= 1)
		return UF_DROP_TTL_EXPIRED;
	if (datagram->family == 6 && datagram->part != UF_LATER_FRAGMENT && !datagram->udp_checksum)
		return UF_DROP_NO_CHECKSUM;
	return UF_FORWARDED;
}

/* The target of a whole datagram of a listener whose endpoints answer: where its flow goes, and the answer finds its way back. */
static __noinline bool uf_find_target_of_flow(struct __sk_buff *skb,
					      const struct uf_datagram *datagram,
					      struct uf_target *target)
{
	const struct uf_endpoint *endpoint = uf_endpoint_of_flow(target->slot, datagram);
	__u32 position;

	if (!endpoint)
		endpoint = uf_pick_endpoint(target->slot, target->flags, datagram, &position);
	if (!endpoint)
		return false;
	uf_set_target(target, target->slot, endpoint);
	uf_keep_flow(skb, datagram, target);
	return true;
}

/* Finds the target of a whole datagram, or of its first fragment; false if there is no endpoint. */
static __always_inline bool
uf_find_target(struct __sk_buff *skb, const struct uf_datagram *datagram, struct uf_target *target)
{
	const struct uf_endpoint *endpoint;
	__u32 position;

	if (datagram->part != UF_WHOLE) {
		if (!uf_begin_fragments(skb, datagram, target))
			return false;
		if (target->flags & UF_LISTENER_REPLIES)
			uf_keep_flow(skb, datagram, target);
		return true;
	}
	/* Each copy has its own: uf_replicate. */
	if (target->flags & UF_LISTENER_REPLICATE)
		return true;
	if (target->flags & UF_LISTENER_REPLIES)
		return uf_find_target_of_flow(skb, datagram, target);
	endpoint = uf_pick_endpoint(target->slot, target->flags, datagram, &position);
	if (!endpoint)
		return false;
	uf_set_target(target, target->slot, endpoint);
	return true;
}

/* Whether a datagram may go to the endpoint: UF_FORWARDED or a drop reason. */
static __always_inline int uf_admit_target(const struct uf_datagram *datagram,
					   const struct uf_target *target)
{
	if (uf_is_mapped_ipv4(&target->address) != (datagram->family == 4))
		return UF_DROP_FAMILY_MISMATCH;
	if (target->port == datagram->destination_port &&
	    target->address.halves[0] == datagram->destination.halves[0] &&
	    target->address.halves[1] == datagram->destination.halves[1])
		return UF_DROP_LOOP;
	return UF_FORWARDED;
}

/*
 * Looks the way up, edits, redirects. *action is what the hook is to return if the answer is
 * UF_FORWARDED; otherwise the answer is the drop reason and nothing has been edited
 * (but for UF_DROP_REWRITE_FAILED and UF_DROP_REDIRECT_FAILED, whose packets must not go on, and for
 * UF_DROP_TOO_BIG, whose packet the stack is to send on to the endpoint).
 */
static __noinline int uf_forward(struct __sk_buff *skb, const struct uf_datagram *datagram,
				 const struct uf_target *target, bool at_egress, int *action)
{
	const int fate = uf_admit_target(datagram, target);
	struct uf_next_hop hop = {};
	__u8 hops = 1;
	long answer;

	if (fate != UF_FORWARDED)
		return fate;
	answer = uf_find_next_hop(skb, datagram, &target->address, target->port, &hop);
	if (answer == BPF_FIB_LKUP_RET_NOT_FWDED && uf_is_local(&target->address)) {
		/* A receiver on the host's own network: the stack delivers it. */
		*action = TC_ACT_UNSPEC;
	} else if (answer == BPF_FIB_LKUP_RET_SUCCESS || answer == BPF_FIB_LKUP_RET_NO_NEIGH) {
		*action = TC_ACT_REDIRECT;
	} else if (answer == BPF_FIB_LKUP_RET_FRAG_NEEDED) {
		/* The stack cannot know that without the endpoint: it answers, or cuts, as any router. */
		hops = 0;
	} else {
		return uf_fib_drop_reason(answer);
	}

	if (uf_rewrite(skb, datagram, &target->address, target->port, hops))
		return UF_DROP_REWRITE_FAILED;
	if (!hops)
		return UF_DROP_TOO_BIG;
	if (*action == TC_ACT_REDIRECT) {
		if (uf_prepare_link_header(skb, datagram->l3_offset))
			return UF_DROP_REWRITE_FAILED;
		*action = uf_redirect(&hop, at_egress && answer == BPF_FIB_LKUP_RET_NO_NEIGH);
		if (*action != TC_ACT_REDIRECT)
			return UF_DROP_REDIRECT_FAILED;
	} else if (at_egress) {
		/* Past this hook is the dummy device, which swallows it: to the stack by the way in. */
		*action = bpf_redirect(skb->ifindex, BPF_F_INGRESS);
		if (*action != TC_ACT_REDIRECT)
			return UF_DROP_REDIRECT_FAILED;
	}
	uf_account_endpoint(target->counter, datagram);
	return UF_FORWARDED;
}

/*
 * Edits and redirects a datagram to an endpoint on this node. UF_FORWARDED, and the hook is to return TC_ACT_REDIRECT; otherwise
 * the drop reason, and the packet must not go on.
 */
static __noinline int uf_forward_to_peer(struct __sk_buff *skb, const struct uf_datagram *datagram,
					 const struct uf_target *target, const struct uf_peer *peer)
{
	const int fate = uf_admit_target(datagram, target);

	if (fate != UF_FORWARDED)
		return fate;
	if (uf_rewrite(skb, datagram, &target->address, target->port, 1) ||
	    uf_prepare_link_header(skb, datagram->l3_offset))
		return UF_DROP_REWRITE_FAILED;
	if (uf_redirect_to_peer(skb, target->peer_ifindex, peer) != TC_ACT_REDIRECT)
		return UF_DROP_REDIRECT_FAILED;
	uf_account_endpoint(target->counter, datagram);
	return UF_FORWARDED;
}

/* Sends a datagram on, by the way that its endpoint has: as uf_forward. The way straight into a pod is for ingress only. */
static __always_inline int uf_send(struct __sk_buff *skb, const struct uf_datagram *datagram,
				   const struct uf_target *target, bool at_egress, int *action)
{
	const struct uf_peer *peer = at_egress ? NULL : uf_peer_of(target->peer_ifindex, datagram);

	if (!peer)
		return uf_forward(skb, datagram, target, at_egress, action);
	*action = TC_ACT_REDIRECT;
	return uf_forward_to_peer(skb, datagram, target, peer);
}

static __always_inline int uf_run(struct __sk_buff *skb, __u32 l3_offset, bool at_egress)
{
	const struct uf_listener *listener;
	struct uf_target target = {};
	struct uf_datagram datagram;
	struct uf_stats *stats;
	__u32 bytes = skb->len;
	__u64 began_ns = 0;
	int action = TC_ACT_SHOT;
	int fate;

	if (!uf_parse(skb, l3_offset, &datagram))
		return TC_ACT_UNSPEC;
	if (datagram.part == UF_LATER_FRAGMENT) {
		fate = uf_follow_fragments(skb, &datagram, &target, at_egress);
		if (fate == UF_LEAVE)
			return TC_ACT_UNSPEC;
		if (fate == UF_CONSUME)
			return TC_ACT_SHOT;
		stats = bpf_map_lookup_elem(&STATS, &target.slot);
		if (!stats)
			return TC_ACT_SHOT;
		if (fate == UF_FOLLOW)
			fate = uf_admit(skb, &datagram, &target, at_egress, false);
	} else {
		listener = uf_listener_of(skb, &datagram, at_egress);
		if (!listener) {
			if (datagram.part == UF_FIRST_FRAGMENT)
				uf_leave_fragments(skb, &datagram);
			return TC_ACT_UNSPEC;
		}
		target.slot = listener->slot;
		target.flags =
			at_egress ? listener->flags & ~UF_LISTENER_REPLICATE : listener->flags;
		stats = bpf_map_lookup_elem(&STATS, &target.slot);
		if (!stats)
			return TC_ACT_UNSPEC;
		began_ns = uf_sample_begin(stats);
		fate = uf_admit(skb, &datagram, &target, at_egress, !at_egress);
		/* A copy for the mirror has the mirror's account. */
		if (target.slot != listener->slot) {
			stats = bpf_map_lookup_elem(&STATS, &target.slot);
			if (!stats)
				return TC_ACT_SHOT;
		}
		if (fate == UF_FORWARDED && !uf_find_target(skb, &datagram, &target))
			fate = UF_DROP_NO_ENDPOINTS;
	}

	/* At egress that cannot be: copies come round by the hook at ingress, where no program is then. */
	if (!at_egress && fate == UF_FORWARDED && target.flags & UF_LISTENER_REPLICATE &&
	    !uf_replicate(skb, &datagram, &target, bytes))
		fate = UF_DROP_NO_ENDPOINTS;
	if (fate == UF_FORWARDED)
		fate = uf_send(skb, &datagram, &target, at_egress, &action);
	uf_sample_end(began_ns);
	if (fate == UF_FORWARDED) {
		if (!target.early)
			uf_account_forwarded(stats, &datagram, bytes);
		return action;
	}
	uf_account_dropped(target.slot, &datagram, bytes, fate);
	return target.early ? TC_ACT_SHOT : uf_dispose(skb, fate, at_egress);
}

SEC("tc")
int udp_fanout(struct __sk_buff *skb)
{
	return uf_run(skb, ETH_HLEN, false);
}

SEC("tc")
int udp_fanout_l3(struct __sk_buff *skb)
{
	return uf_run(skb, 0, false);
}

SEC("tc")
int udp_fanout_out(struct __sk_buff *skb)
{
	return uf_run(skb, ETH_HLEN, true);
}

static __always_inline int uf_turn(struct __sk_buff *skb)
{
	skb->tc_index = UF_TURNED_TC_INDEX;
	return bpf_redirect(skb->ifindex, BPF_F_INGRESS);
}

SEC("tc")
int udp_fanout_turn(struct __sk_buff *skb)
{
	const struct uf_listener *listener;
	struct uf_datagram datagram;

	if (!uf_parse(skb, ETH_HLEN, &datagram))
		return TC_ACT_UNSPEC;
	if (datagram.part == UF_LATER_FRAGMENT)
		return uf_may_be_ours(skb, &datagram) ? uf_turn(skb) : TC_ACT_UNSPEC;
	listener = uf_listener_of(skb, &datagram, true);
	if (!listener) {
		if (datagram.part == UF_FIRST_FRAGMENT)
			uf_leave_fragments(skb, &datagram);
		return TC_ACT_UNSPEC;
	}
	return uf_turn(skb);
}

SEC("tc")
int udp_fanout_back(struct __sk_buff *skb)
{
	struct uf_datagram datagram = {};

	return uf_parse(skb, ETH_HLEN, &datagram) ? uf_run_reply(skb, &datagram) : TC_ACT_UNSPEC;
}

SEC("tc")
int udp_fanout_b_l3(struct __sk_buff *skb)
{
	struct uf_datagram datagram = {};

	return uf_parse(skb, 0, &datagram) ? uf_run_reply(skb, &datagram) : TC_ACT_UNSPEC;
}
