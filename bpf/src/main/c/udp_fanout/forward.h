/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The last steps of a datagram that may go on: the way is looked up, the packet edited and
 * redirected.
 */
#ifndef UDP_FANOUT_FORWARD_H
#define UDP_FANOUT_FORWARD_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "interface_group.h"
#include "local.h"
#include "mark.h"
#include "next_hop.h"
#include "path_mtu.h"
#include "peer.h"
#include "staged_edit.h"
#include "target.h"
#include "udp_fanout.h"
#include "verdict.h"
#include "way.h"

/* Whether a datagram may go to the endpoint: UF_CONTINUE or a drop reason. */
static __always_inline enum uf_verdict uf_admit_target(const struct uf_datagram *datagram,
						       const struct uf_target *target)
{
	if (uf_is_mapped_ipv4(&target->address) != (datagram->family == 4))
		return uf_drop(UF_DROP_FAMILY_MISMATCH);
	if (target->port == datagram->destination_port &&
	    target->address.halves[0] == datagram->destination.halves[0] &&
	    target->address.halves[1] == datagram->destination.halves[1])
		return uf_drop(UF_DROP_LOOP);
	return UF_CONTINUE;
}

/* What an answer of the FIB means for the hook: redirect, leave to the stack, or neither. */
static __always_inline int uf_action_of(long answer, const union uf_address *address)
{
	/* A receiver on the host's own network: the stack delivers it. */
	if (answer == BPF_FIB_LKUP_RET_NOT_FWDED && uf_is_local(address))
		return TC_ACT_UNSPEC;
	if (answer == BPF_FIB_LKUP_RET_SUCCESS || answer == BPF_FIB_LKUP_RET_NO_NEIGH)
		return TC_ACT_REDIRECT;
	return TC_ACT_SHOT;
}

/*
 * What the hook is to return for a packet that the stack is to send on; TC_ACT_SHOT if the kernel
 * could not. Past the egress hook is the dummy device, which swallows it; past that of the loopback
 * interface the stack, for which the packet has arrived, by the route that it was sent by. From
 * both it goes to the stack by the way in, which takes that route off. Not static, so that the
 * verifier looks at it once.
 */
__noinline int uf_hand_to_stack(struct __sk_buff *skb, __u32 l3_offset, int at_egress)
{
	if (!at_egress) {
		if (!uf_is_by_loopback(skb))
			return TC_ACT_UNSPEC;
		if (skb->protocol == bpf_htons(ETH_P_IP) && uf_let_be_cut(skb, l3_offset))
			return TC_ACT_SHOT;
	}
	return bpf_redirect(skb->ifindex, BPF_F_INGRESS);
}

/*
 * Asks for the way to a target: as uf_find_next_hop. What would fit is target->mtu. Its stack is
 * its own.
 */
static __noinline long uf_find_hop(struct __sk_buff *skb, const struct uf_datagram *datagram,
				   struct uf_target *target, struct uf_next_hop *hop)
{
	const __u32 ifindex = skb->ingress_ifindex ? skb->ingress_ifindex : skb->ifindex;
	const __u32 came_by = uf_came_by(ifindex);

	if (!datagram || !target || !hop)
		return -1;
	if (target->flags & UF_LISTENER_WAYS_BY_ENDPOINT &&
	    uf_is_any_sender(datagram->family, datagram->source.words[0]))
		return uf_find_way(skb, came_by, datagram, &target->address, target->port,
				   target->counter, hop, &target->mtu);
	return uf_find_next_hop(skb, came_by, datagram, &target->address, target->port, hop,
				&target->mtu);
}

/*
 * Looks the way up, edits, redirects. *action is what the hook is to return if the answer is
 * UF_FORWARDED; otherwise the answer is the drop reason and nothing has been edited
 * (but for UF_DROP_REWRITE_FAILED and UF_DROP_REDIRECT_FAILED, whose packets must not go on). For
 * UF_DROP_TOO_BIG, target->mtu is what would fit, as far as that is known.
 */
static __noinline enum uf_verdict uf_forward(struct __sk_buff *skb,
					     const struct uf_datagram *datagram,
					     struct uf_target *target, bool at_egress, int *action)
{
	const enum uf_verdict verdict = uf_admit_target(datagram, target);
	const bool is_by_stack = target->flags & UF_LISTENER_BY_STACK;
	const bool may_be_cut = uf_was_reassembled(datagram, target);
	struct uf_next_hop hop = {};
	__u8 hops = target->hops;
	long answer;

	if (verdict != UF_CONTINUE)
		return verdict;
	answer = uf_find_hop(skb, datagram, target, &hop);
	*action = uf_action_of(answer, &target->address);
	if (*action == TC_ACT_SHOT) {
		if (answer != BPF_FIB_LKUP_RET_FRAG_NEEDED ||
		    (!may_be_cut && uf_must_stay_whole(skb, datagram)))
			return uf_drop(uf_fib_drop_reason(answer));
		*action = TC_ACT_UNSPEC;
	}
	if (*action == TC_ACT_UNSPEC || is_by_stack ||
	    uf_goes_with_others(skb, datagram, target->flags)) {
		if (answer != BPF_FIB_LKUP_RET_NOT_FWDED) {
			/*
			 * The stack sends it on, cut where needed, and takes a hop off. By the
			 * loopback interface the program does so too: what it is left to the stack
			 * for comes to it there again, and must grow old if it does so for ever.
			 */
			hops -= 1 - uf_is_by_loopback(skb);
			if (!is_by_stack)
				uf_account_by_stack(target->slot, datagram);
		}
		*action = TC_ACT_UNSPEC;
	}
	if (uf_rewrite_staged(skb, datagram, &target->address, target->port, hops))
		return uf_drop(UF_DROP_REWRITE_FAILED);
	if (!target->hops)
		uf_spend_hop(skb);
	if (*action == TC_ACT_REDIRECT) {
		if (uf_prepare_link_header(skb, datagram->l3_offset))
			return uf_drop(UF_DROP_REWRITE_FAILED);
		*action = uf_redirect(&hop, (at_egress | uf_is_by_loopback(skb)) &&
						    answer == BPF_FIB_LKUP_RET_NO_NEIGH);
		if (*action != TC_ACT_REDIRECT)
			return uf_drop(UF_DROP_REDIRECT_FAILED);
	} else if (at_egress || answer != BPF_FIB_LKUP_RET_NOT_FWDED) {
		*action = uf_hand_to_stack(skb, datagram->l3_offset, at_egress);
		if (*action == TC_ACT_SHOT)
			return uf_drop(UF_DROP_REDIRECT_FAILED);
	}
	return UF_FORWARDED;
}

/*
 * Edits and redirects a datagram to an endpoint on this node. UF_FORWARDED, and the hook is to
 * return TC_ACT_REDIRECT; otherwise the drop reason, and the packet must not go on.
 */
static __noinline enum uf_verdict uf_forward_to_peer(struct __sk_buff *skb,
						     const struct uf_datagram *datagram,
						     const struct uf_target *target,
						     const struct uf_peer *peer)
{
	const enum uf_verdict verdict = uf_admit_target(datagram, target);

	if (verdict != UF_CONTINUE)
		return verdict;
	if (uf_rewrite_staged(skb, datagram, &target->address, target->port, target->hops) ||
	    uf_prepare_link_header(skb, datagram->l3_offset))
		return uf_drop(UF_DROP_REWRITE_FAILED);
	if (uf_redirect_to_peer(skb, target->peer_ifindex, peer) != TC_ACT_REDIRECT)
		return uf_drop(UF_DROP_REDIRECT_FAILED);
	return UF_FORWARDED;
}

/*
 * Sends a datagram on, by the way that its endpoint has: as uf_forward. The way straight into a pod
 * is for ingress only.
 */
static __always_inline enum uf_verdict uf_send(struct __sk_buff *skb,
					       const struct uf_datagram *datagram,
					       struct uf_target *target, bool at_egress,
					       int *action)
{
	const bool is_direct = !at_egress && !(target->flags & UF_LISTENER_BY_STACK);
	const struct uf_peer *peer = is_direct ? uf_peer_of(target->peer_ifindex, datagram) : NULL;

	if (!peer || uf_goes_with_others(skb, datagram, target->flags))
		return uf_forward(skb, datagram, target, at_egress, action);
	*action = TC_ACT_REDIRECT;
	return uf_forward_to_peer(skb, datagram, target, peer);
}

#endif /* UDP_FANOUT_FORWARD_H */
