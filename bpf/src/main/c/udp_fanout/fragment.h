/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Keeps the fragments of a datagram together, in whatever order they come.
 *
 * Only the first fragment has the ports, so only it says which listener the datagram is for. In order, that is
 * simple: it chooses the endpoint, and the others follow. A fragment that comes before it cannot wait here, as
 * nothing can be queued; so it goes to everyone who could turn out to be the one: a copy to one endpoint of each
 * listener at its address, where the receiver's own reassembly keeps it waiting, and the fragment itself, as it
 * is, to this node's stack. When the fragment with the port comes it goes to one of these, and that one has all
 * of the datagram; the others give up after their time (net.ipv4.ipfrag_time, 30 s), within the memory that they
 * grant to fragments. A copy comes round through the same hook, with its number in tc_index.
 */
#ifndef UDP_FANOUT_FRAGMENT_H
#define UDP_FANOUT_FRAGMENT_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "account.h"
#include "balance.h"
#include "datagram.h"
#include "flow.h"
#include "listener.h"
#include "maps.h"
#include "target.h"
#include "udp_fanout.h"

/* As long as the fragments of one datagram may be apart. An identification comes round again: 16 bits in IPv4. */
#define UF_FRAGMENT_LIFETIME_NS 5000000000ull

/* tc_index of the copy for choice 0 ("uf"). Nothing else sets it before the hook at ingress. */
#define UF_COPY_TC_INDEX 0x7566

/* What is to become of a later fragment; otherwise a drop reason. */
#define UF_FOLLOW -1
#define UF_LEAVE -2
#define UF_CONSUME -3

static __always_inline void uf_set_fragment_key(const struct __sk_buff *skb,
						const struct uf_datagram *datagram,
						struct uf_fragment_key *key)
{
	key->ifindex = skb->ifindex;
	key->identification = datagram->identification;
	__builtin_memcpy(key->source, &datagram->source, sizeof(key->source));
	__builtin_memcpy(key->destination, &datagram->destination, sizeof(key->destination));
}

/* The entry of a datagram, unless it is of an earlier one with the same identification. */
static __always_inline struct uf_fragment_entry *
uf_fragment_entry_of(const struct uf_fragment_key *key)
{
	struct uf_fragment_entry *entry = bpf_map_lookup_elem(&FRAGMENTS, key);

	return entry && bpf_ktime_get_ns() - entry->begun_ns < UF_FRAGMENT_LIFETIME_NS ? entry
										       : NULL;
}

/* An empty entry to fill in and put into FRAGMENTS: too large for the stack. */
static __always_inline struct uf_fragment_entry *uf_new_entry(enum uf_fragment_state state)
{
	__u32 only = 0;
	struct uf_fragment_entry *entry = bpf_map_lookup_elem(&NEW_FRAGMENT, &only);

	if (entry) {
		__builtin_memset(entry, 0, sizeof(*entry));
		entry->begun_ns = bpf_ktime_get_ns();
		entry->state = state;
	}
	return entry;
}

/*
 * Chooses an endpoint of a listener; NULL if it has none. A fragment without ports that comes first is hashed by its address
 * alone, and the datagram goes where that leads. "endpoint" is that of the datagram's flow, if it has one.
 */
static __always_inline const struct uf_endpoint *uf_choose(struct uf_fragment_choice *choice,
							   __u32 slot, __u32 flags,
							   const struct uf_datagram *datagram,
							   const struct uf_endpoint *endpoint)
{
	if (endpoint)
		choice->position = endpoint->count;
	else
		endpoint = uf_pick_endpoint(slot, flags, datagram, &choice->position);
	if (!endpoint)
		return NULL;
	choice->slot = slot;
	choice->flags = flags;
	choice->port = endpoint->port;
	__builtin_memcpy(choice->address, endpoint->address, sizeof(choice->address));
	return endpoint;
}

/* What was chosen, if it is still an endpoint: nothing goes to one after its removal. */
static __always_inline const struct uf_endpoint *uf_chosen(const struct uf_fragment_choice *choice)
{
	const struct uf_endpoint *endpoint =
		uf_endpoint_at(choice->slot, choice->flags, choice->position);

	return endpoint && endpoint->port == choice->port &&
			       uf_same_address(endpoint->address, choice->address)
		       ? endpoint
		       : NULL;
}

/* Follows what was chosen for earlier fragments of a datagram that is now known to be a listener's. */
static __always_inline bool uf_adopt_choice(struct uf_fragment_entry *entry, __u32 slot,
					    struct uf_target *target)
{
	const struct uf_endpoint *endpoint;
	__u32 i;

	if (!entry || entry->state == UF_FRAGMENT_NOT_OURS || entry->state == UF_FRAGMENT_REFUSED)
		return false;
	for (i = 0; i < UF_MAX_LISTENERS_IN_SET; i++) {
		struct uf_fragment_choice *choice = &entry->choices[i];

		if (i >= entry->count || choice->slot != slot)
			continue;
		endpoint = uf_chosen(choice);
		if (!endpoint)
			return false;
		uf_set_target(target, slot, endpoint);
		entry->chosen = i;
		entry->state = UF_FRAGMENT_OURS;
		uf_account_early(slot, choice->pkts, choice->bytes);
		choice->pkts = 0;
		choice->bytes = 0;
		return true;
	}
	return false;
}

/* The fragment with the ports has come, and is a listener's. False if the listener has no endpoint. */
static __noinline bool uf_begin_fragments(const struct __sk_buff *skb,
					  const struct uf_datagram *datagram,
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
	endpoint = uf_choose(&created->choices[0], target->slot, target->flags, datagram, endpoint);
	if (!endpoint)
		return false;
	created->count = 1;
	/* Another CPU may have been faster with another fragment of the datagram: then its choice holds. */
	if (!entry && bpf_map_update_elem(&FRAGMENTS, &key, created, BPF_NOEXIST) &&
	    uf_adopt_choice(uf_fragment_entry_of(&key), target->slot, target))
		return true;
	bpf_map_update_elem(&FRAGMENTS, &key, created, BPF_ANY);
	uf_set_target(target, target->slot, endpoint);
	return true;
}

/* The fragment with the ports has come, and is nobody's: the others are not for a listener either. */
static __noinline int uf_leave_fragments(const struct __sk_buff *skb,
					 const struct uf_datagram *datagram)
{
	struct uf_fragment_entry *created = uf_new_entry(UF_FRAGMENT_NOT_OURS);
	struct uf_fragment_key key;

	if (!created || !uf_listeners_at(skb, datagram))
		return 0;
	uf_set_fragment_key(skb, datagram, &key);
	return bpf_map_update_elem(&FRAGMENTS, &key, created, BPF_ANY);
}

/* The fragment with the ports has come, and its listener does not take it: none of the others either, for the same reason. */
static __noinline int uf_refuse_fragments(const struct __sk_buff *skb,
					  const struct uf_datagram *datagram, __u32 slot,
					  __u32 reason)
{
	struct uf_fragment_entry *created = uf_new_entry(UF_FRAGMENT_REFUSED);
	struct uf_fragment_key key;

	if (!created)
		return -1;
	created->chosen = reason;
	created->choices[0].slot = slot;
	uf_set_fragment_key(skb, datagram, &key);
	return bpf_map_update_elem(&FRAGMENTS, &key, created, BPF_ANY);
}

/* The entry for a datagram of which no fragment has come before, with a choice for each listener. */
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
		if (i < set->count &&
		    !uf_choose(&created->choices[i], set->slots[i], flags, datagram, NULL))
			created->choices[i].slot = UF_MAX_LISTENERS;
	}
	created->count = set->count;
	/* A stale entry is replaced; one that another CPU has made meanwhile holds. */
	if (bpf_map_lookup_elem(&FRAGMENTS, key) && !uf_fragment_entry_of(key))
		return bpf_map_update_elem(&FRAGMENTS, key, created, BPF_ANY);
	return bpf_map_update_elem(&FRAGMENTS, key, created, BPF_NOEXIST);
}

/* Sends a copy of a fragment round for each listener that the datagram may be for. */
static __always_inline void uf_copy_round(struct __sk_buff *skb, __u32 count, bool at_egress)
{
	const __u32 before = skb->tc_index;
	__u32 i;

	for (i = 0; i < UF_MAX_LISTENERS_IN_SET; i++) {
		if (i >= count)
			break;
		skb->tc_index = UF_COPY_TC_INDEX + i;
		/* A copy that finds no memory is a fragment lost, as on any link. */
		bpf_clone_redirect(skb, skb->ifindex, at_egress ? 0 : BPF_F_INGRESS);
	}
	skb->tc_index = before;
}

/*
 * What is to become of a fragment without ports: UF_FOLLOW to the target, UF_LEAVE to the stack, UF_CONSUME, or
 * a drop reason on the account of target->slot.
 */
static __noinline int uf_follow_fragments(struct __sk_buff *skb, const struct uf_datagram *datagram,
					  struct uf_target *target, bool at_egress)
{
	const __u32 copy = skb->tc_index - UF_COPY_TC_INDEX;
	const bool is_copy = copy < UF_MAX_LISTENERS_IN_SET;
	const struct uf_listener_set *set = NULL;
	const struct uf_endpoint *endpoint;
	struct uf_fragment_choice *choice;
	struct uf_fragment_entry *entry;
	struct uf_fragment_key key;
	__u32 index;

	uf_set_fragment_key(skb, datagram, &key);
	entry = uf_fragment_entry_of(&key);
	if (!entry || (entry->state == UF_FRAGMENT_EARLY && !is_copy)) {
		set = uf_listeners_at(skb, datagram);
		if (!set)
			return UF_LEAVE;
		if (!entry)
			uf_expect_fragments(set, datagram, &key);
		entry = uf_fragment_entry_of(&key);
		if (!entry)
			return UF_LEAVE;
	}
	if (entry->state == UF_FRAGMENT_NOT_OURS)
		return is_copy ? UF_CONSUME : UF_LEAVE;
	if (entry->state == UF_FRAGMENT_REFUSED) {
		if (is_copy)
			return UF_CONSUME;
		target->slot = entry->choices[0].slot;
		return entry->chosen;
	}
	if (set && entry->state == UF_FRAGMENT_EARLY && !is_copy) {
		uf_copy_round(skb, entry->count, at_egress);
		return set->flags & UF_SET_EXCLUSIVE ? UF_CONSUME : UF_LEAVE;
	}
	/* The fragment with the port may have come while a copy was on its way round. */
	if (entry->state == UF_FRAGMENT_OURS && is_copy && copy != entry->chosen)
		return UF_CONSUME;
	index = entry->state == UF_FRAGMENT_OURS ? entry->chosen : copy;
	if (index >= UF_MAX_LISTENERS_IN_SET)
		return UF_LEAVE;
	/* The verifier does not see through what the compiler makes of the line above. */
	asm volatile("" : "+r"(index));
	choice = &entry->choices[index & (UF_MAX_LISTENERS_IN_SET - 1)];
	target->slot = choice->slot;
	target->flags = choice->flags;
	target->early = entry->state == UF_FRAGMENT_EARLY;
	/* Every receiver is to have all fragments: of those that come before the port, copies of copies would be needed. */
	if (target->early && choice->flags & UF_LISTENER_REPLICATE)
		return UF_DROP_FRAGMENT;
	endpoint = uf_chosen(choice);
	if (!endpoint)
		return target->early ? UF_CONSUME : UF_DROP_FRAGMENT;
	uf_set_target(target, choice->slot, endpoint);
	if (target->early) {
		__sync_fetch_and_add(&choice->pkts, 1);
		__sync_fetch_and_add(&choice->bytes, skb->len);
	}
	return UF_FOLLOW;
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
