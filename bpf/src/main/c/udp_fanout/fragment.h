/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Keeps the fragments of a datagram together, in whatever order they come.
 *
 * Only the first fragment has the ports, so only it says which listener the datagram is for. In
 * order, that is simple: it chooses the endpoint, and the others follow. A fragment that comes
 * before it cannot wait here, as nothing can be queued; so it goes to everyone who could turn out
 * to be the one: a copy to one endpoint of each listener at its address, where the receiver's own
 * reassembly keeps it waiting, and the fragment itself, as it is, to this node's stack. When the
 * fragment with the port comes it goes to one of these, and that one has all of the datagram; the
 * others give up after their time (net.ipv4.ipfrag_time, 30 s), within the memory that they grant
 * to fragments. A copy comes round through the same hook, with its number in its mark. Where there
 * is but one who could be the one, the fragment goes there itself. early_fragment.h bounds all of
 * that.
 */
#ifndef UDP_FANOUT_FRAGMENT_H
#define UDP_FANOUT_FRAGMENT_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "early_fragment.h"
#include "flow.h"
#include "fragment_entry.h"
#include "fragment_key.h"
#include "listener.h"
#include "mark.h"
#include "target.h"
#include "udp_fanout.h"
#include "verdict.h"

/*
 * The fragment with the ports has come, and is a listener's. False if the listener has no endpoint.
 */
static __noinline bool uf_begin_fragments(struct __sk_buff *skb, const struct uf_datagram *datagram,
					  struct uf_target *target)
{
	struct uf_fragment_entry *created = uf_new_entry(UF_FRAGMENT_OURS);
	const struct uf_endpoint *endpoint;
	struct uf_fragment_entry *entry;
	struct uf_fragment_key key;

	uf_set_fragment_key(skb, datagram, &key);
	entry = uf_fragment_entry_of(&key);
	if (uf_adopt_choice(entry, target->slot, target))
		return true;
	if (!created)
		return false;
	endpoint = target->flags & UF_LISTENER_REPLIES ? uf_endpoint_of_flow(target->slot, datagram)
						       : NULL;
	endpoint = uf_choose(skb, &created->choices[0], target->slot, target->flags, datagram,
			     endpoint);
	if (!endpoint)
		return false;
	created->count = 1;
	/*
	 * Another CPU may have been faster with another fragment of the datagram: then its choice
	 * holds.
	 */
	if (!entry && uf_put_first_entry(&key, created) &&
	    uf_adopt_choice(uf_fragment_entry_of(&key), target->slot, target))
		return true;
	uf_put_entry(&key, created);
	uf_set_target(target, target->slot, endpoint);
	return true;
}

/*
 * The fragment with the ports has come, and is nobody's: the others are not for a listener either.
 */
static __noinline int uf_leave_fragments(const struct __sk_buff *skb,
					 const struct uf_datagram *datagram)
{
	struct uf_fragment_entry *created = uf_new_entry(UF_FRAGMENT_NOT_OURS);
	struct uf_fragment_key key;

	if (!created || !uf_listeners_at(skb, datagram))
		return 0;
	uf_set_fragment_key(skb, datagram, &key);
	return uf_put_entry(&key, created);
}

/*
 * The fragment with the ports has come, and its listener does not take it: none of the others
 * either, for the same reason.
 */
static __noinline int uf_refuse_fragments(const struct __sk_buff *skb,
					  const struct uf_datagram *datagram, __u32 slot,
					  enum uf_drop_reason reason)
{
	struct uf_fragment_entry *created = uf_new_entry(UF_FRAGMENT_REFUSED);
	struct uf_fragment_key key;

	if (!created)
		return -1;
	created->reason = reason;
	created->choices[0].slot = slot;
	uf_set_fragment_key(skb, datagram, &key);
	return uf_put_entry(&key, created);
}

/*
 * The entry for a datagram of which no fragment has come before, with a choice for each listener.
 */
static __noinline int uf_expect_fragments(const struct uf_listener_set *set,
					  const struct uf_datagram *datagram,
					  const struct uf_fragment_key *key)
{
	struct uf_fragment_entry *created = uf_new_entry(UF_FRAGMENT_EARLY);
	__u32 i;

	if (!set || !datagram || !key || !created)
		return -1;
	for (i = 0; i < UF_MAX_LISTENERS_IN_SET; i++) {
		__u32 flags = set->listener_flags[i];

		if (flags & UF_LISTENER_HASH_SOURCE_PORT)
			flags ^= UF_LISTENER_HASH_SOURCE_PORT | UF_LISTENER_HASH_SOURCE;
		flags &= ~UF_LISTENER_HASH_PAYLOAD;
		if (i < set->count &&
		    !uf_choose(NULL, &created->choices[i], set->slots[i], flags, datagram, NULL))
			created->choices[i].slot = UF_NO_SLOT;
	}
	created->count = set->count;
	/* A stale entry is replaced; one that another CPU has made meanwhile holds. */
	return uf_has_stale_entry(key) ? uf_put_entry(key, created)
				       : uf_put_first_entry(key, created);
}

/* Sends a copy of a fragment round for each listener that the datagram may be for. */
static __always_inline void uf_send_fragment_copies(struct __sk_buff *skb, __u32 count,
						    bool at_egress)
{
	const __u32 paid = uf_paid_of_copy(skb, at_egress);
	const __u32 before = uf_mark_of(skb);
	__u32 i;

	uf_sign(skb);
	for (i = 0; i < UF_MAX_LISTENERS_IN_SET; i++) {
		if (i >= count)
			break;
		uf_set_mark(skb, UF_MARK_FRAGMENT + paid + i);
		/* A copy that finds no memory is a fragment lost, as on any link. */
		bpf_clone_redirect(skb, skb->ifindex, at_egress ? 0 : BPF_F_INGRESS);
	}
	uf_set_mark(skb, at_egress ? before : before + paid);
}

/*
 * Follows a choice: UF_CONTINUE, and the target is its endpoint; UF_CONSUME; or a drop on the
 * account of its listener.
 */
static __always_inline enum uf_verdict uf_follow_choice(const struct __sk_buff *skb,
							struct uf_fragment_choice *choice,
							struct uf_target *target)
{
	const struct uf_endpoint *endpoint;

	target->slot = choice->slot;
	target->flags = choice->flags;
	/*
	 * Every receiver is to have all fragments: of those that come before the port, copies of
	 * copies would be needed.
	 */
	if (target->early && choice->flags & UF_LISTENER_REPLICATE)
		return uf_drop(UF_DROP_FRAGMENT);
	endpoint = uf_chosen(choice);
	if (!endpoint)
		return target->early ? UF_CONSUME : uf_drop(UF_DROP_FRAGMENT);
	uf_set_target(target, choice->slot, endpoint);
	if (target->early) {
		__sync_fetch_and_add(&choice->pkts, 1);
		__sync_fetch_and_add(&choice->bytes, skb->len);
	}
	return UF_CONTINUE;
}

/* What becomes of a fragment that comes before the ports, and is sent to no endpoint. */
static __always_inline enum uf_verdict uf_refuse_early(const struct uf_listener_set *set,
						       struct uf_target *target)
{
	if (!(set->flags & UF_SET_EXCLUSIVE))
		return UF_LEAVE;
	/* Nobody else gets it: it is lost, and the first of those who might have had it says so. */
	target->slot = set->count ? set->slots[0] : UF_NO_SLOT;
	return uf_drop(UF_DROP_FRAGMENT);
}

/*
 * What is to become of a fragment that comes before the ports: UF_CONTINUE, and it follows choice 0
 * of its entry by itself; otherwise copies of it are on their way, or it is refused.
 */
static __always_inline enum uf_verdict uf_run_early(struct __sk_buff *skb,
						    const struct uf_datagram *datagram,
						    const struct uf_listener_set *set,
						    const struct uf_fragment_key *key,
						    struct uf_target *target, bool at_egress)
{
	struct uf_fragment_entry *entry;

	if (uf_is_forged(skb))
		return UF_CONSUME;
	if (!uf_spend_on_early_fragment(uf_early_bucket_of(&datagram->source), set->count))
		return uf_refuse_early(set, target);
	if (!uf_fragment_entry_of(key))
		uf_expect_fragments(set, datagram, key);
	entry = uf_fragment_entry_of(key);
	if (!entry || !uf_take_piece(entry))
		return uf_refuse_early(set, target);
	if (set->flags & UF_SET_EXCLUSIVE && set->count == 1 && entry->count == 1)
		return UF_CONTINUE;
	uf_send_fragment_copies(skb, entry->count, at_egress);
	return set->flags & UF_SET_EXCLUSIVE ? UF_CONSUME : UF_LEAVE;
}

/*
 * What is to become of a fragment without ports: UF_CONTINUE to the target, UF_LEAVE to the stack,
 * UF_CONSUME, or a drop on the account of target->slot.
 */
static __noinline enum uf_verdict uf_follow_fragments(struct __sk_buff *skb,
						      const struct uf_datagram *datagram,
						      struct uf_target *target, bool at_egress)
{
	const __u32 copy = uf_fragment_copy_number(skb);
	const bool is_copy = copy < UF_MAX_LISTENERS_IN_SET;
	const struct uf_listener_set *set;
	struct uf_fragment_entry *entry;
	enum uf_verdict verdict;
	struct uf_fragment_key key;
	bool is_first_time = !is_copy && !uf_copy_number(skb);
	__u32 index;

	uf_set_fragment_key(skb, datagram, &key);
	entry = uf_fragment_entry_of(&key);
	if (!is_copy && (!entry || entry->state == UF_FRAGMENT_EARLY)) {
		set = uf_listeners_at(skb, datagram);
		if (!set)
			return UF_LEAVE;
		verdict = uf_run_early(skb, datagram, set, &key, target, at_egress);
		if (verdict != UF_CONTINUE)
			return verdict;
		is_first_time = false;
		entry = uf_fragment_entry_of(&key);
	}
	if (!entry)
		return UF_CONSUME;
	if (entry->state == UF_FRAGMENT_NOT_OURS)
		return is_copy ? UF_CONSUME : UF_LEAVE;
	if (entry->state == UF_FRAGMENT_REFUSED) {
		if (is_copy)
			return UF_CONSUME;
		target->slot = entry->choices[0].slot;
		return uf_drop(entry->reason);
	}
	/* The fragment with the port may have come while a copy was on its way round. */
	if (entry->state == UF_FRAGMENT_OURS && is_copy && copy != entry->chosen)
		return UF_CONSUME;
	index = entry->state == UF_FRAGMENT_OURS ? entry->chosen : is_copy ? copy : 0;
	/* The verifier does not see through what the compiler makes of the line above. */
	asm volatile("" : "+r"(index));
	/* What comes round for one more receiver, or listener, was counted when it came first. */
	if (is_first_time && !uf_take_piece(entry)) {
		target->slot = entry->choices[index & (UF_MAX_LISTENERS_IN_SET - 1)].slot;
		return uf_drop(UF_DROP_FRAGMENT);
	}
	target->early = entry->state == UF_FRAGMENT_EARLY;
	return uf_follow_choice(skb, &entry->choices[index & (UF_MAX_LISTENERS_IN_SET - 1)],
				target);
}

/* Whether a fragment without ports that leaves by a dummy interface may be a listener's. */
static __noinline bool uf_may_be_ours(const struct __sk_buff *skb,
				      const struct uf_datagram *datagram)
{
	struct uf_fragment_entry *entry;
	struct uf_fragment_key key;

	uf_set_fragment_key(skb, datagram, &key);
	entry = uf_fragment_entry_of(&key);
	return (!entry || entry->state != UF_FRAGMENT_NOT_OURS) && uf_listeners_at(skb, datagram);
}

#endif /* UDP_FANOUT_FRAGMENT_H */
