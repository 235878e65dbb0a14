/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * FRAGMENTS: what is known of a datagram that comes in fragments, and which endpoint was chosen for
 * it.
 */
#ifndef UDP_FANOUT_FRAGMENT_ENTRY_H
#define UDP_FANOUT_FRAGMENT_ENTRY_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "account.h"
#include "balance.h"
#include "datagram.h"
#include "fragment_key.h"
#include "target.h"
#include "udp_fanout.h"

/* Datagrams that come in fragments and are remembered at a time. */
#define UF_MAX_FRAGMENTED 8192

/*
 * An endpoint for all fragments of a datagram, if the datagram turns out to be for this listener.
 */
struct uf_fragment_choice {
	__u32 slot; /* UF_NO_SLOT: the listener has no endpoint */
	__u32 position; /* in the listener's table, which may have been replaced since */
	__u8 address[16];
	__be16 port;
	__u16 flags; /* UF_LISTENER_*: with one of the two for it, position is in HASH_TABLES */
	__u32 pkts; /* fragments sent there before the one with the port: not in STATS yet */
	__u64 bytes;
};

enum uf_fragment_state {
	UF_FRAGMENT_EARLY = 0, /* the fragment with the port has not come */
	UF_FRAGMENT_OURS = 1, /* it has, and is a listener's: that of choices[chosen] */
	UF_FRAGMENT_NOT_OURS = 2, /* it has, and is nobody's */
	UF_FRAGMENT_REFUSED = 3, /* it has, and the listener of choices[0] refuses all of it */
};

struct uf_fragment_entry {
	__u64 begun_ns; /* CLOCK_MONOTONIC */
	__u32 state; /* UF_FRAGMENT_* */
	union {
		__u32 chosen; /* UF_FRAGMENT_OURS: index into choices */
		__u32 reason; /* UF_FRAGMENT_REFUSED: enum uf_drop_reason */
	};
	__u32 count; /* choices in use */
	__u32 pieces; /* fragments without ports that were sent on */
	struct uf_fragment_choice choices[UF_MAX_LISTENERS_IN_SET];
};

/*
 * Where the fragments of a datagram go. Full, it forgets the datagram that was not seen for
 * longest.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, UF_MAX_FRAGMENTED);
	__type(key, struct uf_fragment_key);
	__type(value, struct uf_fragment_entry);
} FRAGMENTS SEC(".maps");

/* Where an entry of FRAGMENTS is put together. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct uf_fragment_entry);
} NEW_FRAGMENT SEC(".maps");

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

/* Puts an entry in the place of whatever the datagram has. A negative errno if there is no room. */
static __always_inline long uf_put_entry(const struct uf_fragment_key *key,
					 const struct uf_fragment_entry *entry)
{
	return bpf_map_update_elem(&FRAGMENTS, key, entry, BPF_ANY);
}

/* Puts an entry where the datagram has none. A negative errno if another CPU has been faster. */
static __always_inline long uf_put_first_entry(const struct uf_fragment_key *key,
					       const struct uf_fragment_entry *entry)
{
	return bpf_map_update_elem(&FRAGMENTS, key, entry, BPF_NOEXIST);
}

/* Whether there is an entry of an earlier datagram with the same identification. */
static __always_inline bool uf_has_stale_entry(const struct uf_fragment_key *key)
{
	return bpf_map_lookup_elem(&FRAGMENTS, key) && !uf_fragment_entry_of(key);
}

/* Counts a fragment without ports; false if the datagram has had as many as it may. */
static __always_inline bool uf_take_piece(struct uf_fragment_entry *entry)
{
	if (entry->pieces >= UF_MAX_PIECES)
		return false;
	__sync_fetch_and_add(&entry->pieces, 1);
	return true;
}

/*
 * Chooses an endpoint of a listener; NULL if it has none. A fragment without ports that comes first
 * is hashed by its address alone, and the datagram goes where that leads. "of_flow" is the endpoint
 * of the datagram's flow, from FLOW_ENDPOINTS, if it has one. The packet is only asked for its
 * payload.
 */
static __always_inline const struct uf_endpoint *
uf_choose(struct __sk_buff *skb, struct uf_fragment_choice *choice, __u32 slot, __u32 flags,
	  const struct uf_datagram *datagram, const struct uf_endpoint *of_flow)
{
	const struct uf_endpoint *endpoint = of_flow;

	if (of_flow)
		choice->position = of_flow->position;
	else
		endpoint = uf_pick_endpoint(skb, slot, flags, datagram, &choice->position);
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

/*
 * Follows what was chosen for earlier fragments of a datagram that is now known to be a listener's.
 */
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
		/* A further one with the ports was judged, too: it begins another datagram. */
		if (entry->state == UF_FRAGMENT_OURS)
			entry->pieces = 0;
		entry->chosen = i;
		entry->state = UF_FRAGMENT_OURS;
		uf_account_early(slot, choice->pkts, choice->bytes);
		choice->pkts = 0;
		choice->bytes = 0;
		return true;
	}
	return false;
}

#endif /* UDP_FANOUT_FRAGMENT_ENTRY_H */
