/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a datagram may go on: by what it says of itself, and by the rules of its listener. */
#ifndef UDP_FANOUT_ADMIT_H
#define UDP_FANOUT_ADMIT_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "allow.h"
#include "copied.h"
#include "datagram.h"
#include "fragment.h"
#include "limit.h"
#include "local.h"
#include "mark.h"
#include "mirror.h"
#include "reverse_path.h"
#include "source.h"
#include "target.h"
#include "udp_fanout.h"
#include "verdict.h"

/*
 * Whether the listener's own rules let a packet pass: UF_CONTINUE or a drop reason. A datagram in
 * fragments is judged by the one with the port: those that follow are let through with it, and
 * counted, or refused with it.
 */
static __noinline enum uf_verdict uf_judge(const struct __sk_buff *skb,
					   const struct uf_datagram *datagram,
					   const struct uf_target *target)
{
	bool follows = datagram->part == UF_LATER_FRAGMENT && !target->early;
	enum uf_verdict verdict = UF_CONTINUE;

	/* A mirror's copy: the datagram itself has been judged. */
	if (target->flags & UF_LISTENER_MIRROR && uf_is_mirrored(skb))
		return UF_CONTINUE;
	if (target->flags & UF_LISTENER_ALLOW &&
	    !uf_is_allowed(target->slot, datagram->source.halves[0], datagram->source.halves[1]))
		verdict = uf_drop(UF_DROP_NOT_ALLOWED);
	else if (target->flags & UF_LISTENER_RATE_LIMIT &&
		 !uf_take_tokens(target->slot, datagram->packets, follows))
		verdict = uf_drop(UF_DROP_RATE_LIMITED);
	if (verdict != UF_CONTINUE && datagram->part == UF_FIRST_FRAGMENT)
		uf_refuse_fragments(skb, datagram, target->slot, uf_reason(verdict));
	return verdict;
}

/*
 * Applies what a listener asks for beyond the rule: UF_CONTINUE or a drop reason. may_copy is
 * constant: copies come round by the hook at ingress, and fragments are not mirrored.
 */
static __always_inline enum uf_verdict uf_apply_rules(struct __sk_buff *skb,
						      const struct uf_datagram *datagram,
						      struct uf_target *target, bool may_copy)
{
	__u64 becomes;
	enum uf_verdict verdict;

	if (target->flags & (UF_LISTENER_ALLOW | UF_LISTENER_RATE_LIMIT)) {
		verdict = uf_judge(skb, datagram, target);
		if (verdict != UF_CONTINUE)
			return verdict;
	}
	if (may_copy && target->flags & UF_LISTENER_MIRROR && datagram->part == UF_WHOLE) {
		becomes = uf_mirror(skb, target->slot, target->flags, datagram->packets);
		target->slot = becomes;
		target->flags = becomes >> 32;
	}
	return UF_CONTINUE;
}

/* Whether a datagram cannot come from where it says, by the way that it came. */
static __always_inline bool uf_has_bad_source(struct __sk_buff *skb,
					      const struct uf_datagram *datagram,
					      const struct uf_target *target)
{
	if (uf_is_forged(skb) || uf_is_bad_source(skb, datagram))
		return true;
	/*
	 * What comes by a dummy interface the stack has judged; a mirror's copy, this program; what
	 * comes by the loopback interface has not come from anywhere.
	 */
	return target->flags & UF_LISTENER_REVERSE_PATH && !uf_may_be_turned(skb) &&
	       !uf_is_by_loopback(skb) && uf_came_the_wrong_way(skb, datagram, target->flags);
}

/* Whether a datagram that would be copied is what has come back of one that was. */
static __always_inline bool uf_has_come_back(const struct __sk_buff *skb,
					     const struct uf_datagram *datagram,
					     const struct uf_target *target)
{
	return target->flags & (UF_LISTENER_REPLICATE | UF_LISTENER_MIRROR | UF_LISTENER_NETFLOW) &&
	       !uf_is_mirrored(skb) && uf_was_copied(datagram, target->slot);
}

/*
 * Whether a listener's datagram may go on at all, whatever the endpoint: UF_CONTINUE or a drop
 * reason.
 */
static __always_inline enum uf_verdict uf_admit(struct __sk_buff *skb,
						const struct uf_datagram *datagram,
						struct uf_target *target, bool at_egress,
						bool may_copy)
{
	enum uf_verdict verdict;

	if (target->flags & UF_LISTENER_REPLICATE && uf_copy_number(skb))
		return UF_CONTINUE;
	if (target->flags & UF_LISTENER_NETFLOW && uf_shared_copy_number(skb))
		return UF_CONTINUE;
	if (!at_egress && uf_has_bad_source(skb, datagram, target)) {
		if (datagram->part == UF_FIRST_FRAGMENT)
			uf_refuse_fragments(skb, datagram, target->slot, UF_DROP_BAD_SOURCE);
		return uf_drop(UF_DROP_BAD_SOURCE);
	}
	if (may_copy && uf_has_come_back(skb, datagram, target)) {
		if (datagram->part == UF_FIRST_FRAGMENT)
			uf_refuse_fragments(skb, datagram, target->slot, UF_DROP_LOOP);
		return uf_drop(UF_DROP_LOOP);
	}
	/* Before the stack may answer: who is not allowed is not answered either. */
	if (target->flags & (UF_LISTENER_ALLOW | UF_LISTENER_RATE_LIMIT | UF_LISTENER_MIRROR)) {
		verdict = uf_apply_rules(skb, datagram, target, may_copy);
		if (verdict != UF_CONTINUE)
			return verdict;
	}
	if (datagram->hops_left <= target->hops)
		return uf_drop(UF_DROP_TTL_EXPIRED);
	if (datagram->family == 6 && datagram->part != UF_LATER_FRAGMENT && !datagram->udp_checksum)
		return uf_drop(UF_DROP_NO_CHECKSUM);
	return UF_CONTINUE;
}

#endif /* UDP_FANOUT_ADMIT_H */
