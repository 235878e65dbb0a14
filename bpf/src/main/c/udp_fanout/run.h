/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A request from the hook to the next hop, and onto its account. */
#ifndef UDP_FANOUT_RUN_H
#define UDP_FANOUT_RUN_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_helpers.h>

#include "account.h"
#include "admit.h"
#include "choose.h"
#include "copy.h"
#include "datagram.h"
#include "forward.h"
#include "fragment.h"
#include "icmp.h"
#include "known_listener.h"
#include "local.h"
#include "mark.h"
#include "netflow_cut.h"
#include "note.h"
#include "parse.h"
#include "path_mtu.h"
#include "sample.h"
#include "target.h"
#include "udp_fanout.h"
#include "verdict.h"

/* What has come of a packet so far. */
struct uf_progress {
	enum uf_verdict verdict;
	int action; /* what the hook is to return for what is on nobody's account */
	__u64 began_ns; /* since when it is worked on; 0: that is not measured */
};

/*
 * What becomes of a packet that is not forwarded: some are answered with ICMP, where the RFCs ask
 * for it, by the stack or by the program; the others are freed here. Behind an egress hook there is
 * no stack but a driver, which would swallow them.
 */
static __always_inline int uf_dispose(struct __sk_buff *skb, const struct uf_datagram *datagram,
				      const struct uf_target *target, enum uf_verdict verdict,
				      bool at_egress)
{
	const enum uf_drop_reason reason = uf_reason(verdict);
	int action;

	if (reason == UF_DROP_TTL_EXPIRED && at_egress) {
		uf_note_passed(skb, datagram, target, reason);
		return bpf_redirect(skb->ifindex, BPF_F_INGRESS);
	}
	if (reason == UF_DROP_TTL_EXPIRED) {
		uf_note_expired(skb, target);
		return TC_ACT_UNSPEC;
	}
	if (reason == UF_DROP_TOO_BIG && target->flags & UF_TARGET_ANSWERED) {
		uf_note_passed(skb, datagram, target, reason);
		action = uf_answer_too_big(
			skb, uf_join_offsets(datagram), target->mtu, target->slot,
			target->flags & UF_LISTENER_ANSWERS_BY_STACK || uf_is_by_loopback(skb));
		if (action == TC_ACT_REDIRECT)
			return action;
	}
	uf_note_drop(skb, datagram, target, reason);
	return TC_ACT_SHOT;
}

/*
 * A fragment without ports: it goes where the rest of its datagram goes. Its account, and the
 * verdict is UF_CONTINUE, with the target, or a drop; NULL if it is on nobody's account, and the
 * action is known.
 */
static __always_inline struct uf_stats *
uf_run_fragment(struct __sk_buff *skb, const struct uf_datagram *datagram, struct uf_target *target,
		struct uf_progress *progress, bool at_egress)
{
	struct uf_stats *stats;

	progress->verdict = uf_follow_fragments(skb, datagram, target, at_egress);
	if (progress->verdict == UF_LEAVE) {
		progress->action = TC_ACT_UNSPEC;
		return NULL;
	}
	if (progress->verdict == UF_CONSUME)
		return NULL;
	stats = uf_stats_of(target->slot);
	if (stats && progress->verdict == UF_CONTINUE)
		progress->verdict = uf_admit(skb, datagram, target, at_egress, false);
	return stats;
}

/* Refuses a packet that does not fit the ways of its listener, and with it what follows it. */
static __always_inline enum uf_verdict uf_refuse_too_big(struct __sk_buff *skb,
							 const struct uf_datagram *datagram,
							 const struct uf_target *target)
{
	if (datagram->part == UF_FIRST_FRAGMENT)
		uf_refuse_fragments(skb, datagram, target->slot, UF_DROP_TOO_BIG);
	return uf_drop(UF_DROP_TOO_BIG);
}

/*
 * A whole datagram, or its first fragment: it says whose it is, and an endpoint is chosen for it.
 * As uf_run_fragment.
 */
static __always_inline struct uf_stats *
uf_run_datagram(struct __sk_buff *skb, const struct uf_datagram *datagram, struct uf_target *target,
		struct uf_progress *progress, bool at_egress)
{
	const struct uf_listener *listener = uf_listener_for(skb, datagram, at_egress);
	struct uf_stats *stats;

	progress->action = TC_ACT_UNSPEC;
	if (!listener) {
		if (datagram->part == UF_FIRST_FRAGMENT)
			uf_leave_fragments(skb, datagram);
		return NULL;
	}
	target->slot = listener->slot;
	target->flags = at_egress ? listener->flags & ~(UF_LISTENER_REPLICATE | UF_LISTENER_NETFLOW)
				  : listener->flags;
	stats = uf_stats_of(target->slot);
	if (!stats)
		return NULL;
	progress->action = TC_ACT_SHOT;
	progress->began_ns = uf_sample_begin(stats);
	target->mtu = listener->mtu;
	target->flags |= UF_TARGET_ANSWERED;
	/* What is refused is not mirrored. */
	if (uf_is_too_big(skb, datagram, target))
		target->flags &= ~UF_LISTENER_MIRROR;
	progress->verdict = uf_admit(skb, datagram, target, at_egress, !at_egress);
	if (progress->verdict == UF_CONTINUE && uf_is_too_big(skb, datagram, target))
		progress->verdict = uf_refuse_too_big(skb, datagram, target);
	/* A copy for the mirror has the mirror's account. */
	if (target->slot != listener->slot) {
		stats = uf_stats_of(target->slot);
		if (!stats)
			return NULL;
	}
	if (progress->verdict == UF_CONTINUE && !uf_choose_target(skb, datagram, target))
		progress->verdict = uf_no_target(target->slot, target->flags);
	return stats;
}

/*
 * What the hook is to return for a packet. l3_offset and at_egress are constant, so that each
 * program is compiled for its hook.
 */
static __always_inline int uf_run(struct __sk_buff *skb, __u32 l3_offset, bool at_egress)
{
	struct uf_progress progress = { .verdict = UF_LEAVE, .action = TC_ACT_SHOT };
	struct uf_target target = {};
	struct uf_datagram datagram;
	struct uf_stats *stats;
	__u32 bytes = skb->len;
	int action = TC_ACT_SHOT;

	/* What could not be cut is known by what is left in it: uf_shared_position. */
	if (!at_egress && uf_shared_copy_number(skb) && uf_is_signed(skb))
		uf_cut_to_shared(skb, l3_offset);
	if (!uf_parse(skb, l3_offset, &datagram))
		return TC_ACT_UNSPEC;
	uf_disown_foreign_mark(skb, at_egress);
	/* Now: copies come round with a mark that is taken off on the way. */
	target.hops = uf_hops(skb, at_egress);
	stats = datagram.part == UF_LATER_FRAGMENT
			? uf_run_fragment(skb, &datagram, &target, &progress, at_egress)
			: uf_run_datagram(skb, &datagram, &target, &progress, at_egress);
	if (!stats)
		return progress.action;

	/*
	 * At egress that cannot be: copies come round by the hook at ingress, where no program is
	 * then.
	 */
	if (!at_egress && progress.verdict == UF_CONTINUE && target.flags & UF_LISTENER_REPLICATE) {
		progress.verdict = uf_copy_to_all(skb, &datagram, &target, bytes);
		if (progress.verdict == UF_CONSUME)
			return TC_ACT_SHOT;
	}
	if (progress.verdict == UF_CONTINUE)
		progress.verdict = uf_send(skb, &datagram, &target, at_egress, &action);
	uf_sample_end(progress.began_ns);
	if (progress.verdict == UF_FORWARDED) {
		uf_account_endpoint(target.counter, &datagram, bytes);
		if (!target.early)
			uf_account_forwarded(stats, &datagram, bytes);
		return action;
	}
	uf_account_dropped(target.slot, &datagram, bytes, uf_reason(progress.verdict));
	return target.early ? TC_ACT_SHOT
			    : uf_dispose(skb, &datagram, &target, progress.verdict, at_egress);
}

#endif /* UDP_FANOUT_RUN_H */
