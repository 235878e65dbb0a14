/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which listener, if any, a datagram is for. */
#ifndef UDP_FANOUT_LISTENER_H
#define UDP_FANOUT_LISTENER_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "interface_group.h"
#include "lease.h"
#include "local.h"
#include "range.h"
#include "udp_fanout.h"

/* Who listens where. The daemon writes, the program reads. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, UF_MAX_LISTENER_KEYS);
	__type(key, struct uf_listener_key);
	__type(value, struct uf_listener);
} LISTENERS SEC(".maps");

/*
 * Who listens at an address, the port left out (0 in the key). The daemon writes, the program
 * reads.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, UF_MAX_LISTENER_KEYS);
	__type(key, struct uf_listener_key);
	__type(value, struct uf_listener_set);
} LISTENER_SETS SEC(".maps");

/* For the daemon alone: see struct uf_listener_name. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__type(value, struct uf_listener_name);
} LISTENER_NAMES SEC(".maps");

_Static_assert(sizeof(struct uf_listener_key) == 24, "a hash key must have no padding");

/* struct uf_listener_key, as it is put together: see uf_join. */
union uf_listener_question {
	struct uf_listener_key key;
	struct {
		__u64 place; /* ifindex, port, family */
		union uf_address address;
	};
};

static __always_inline void uf_set_place(union uf_listener_question *question, __u32 ifindex,
					 __be16 port, __u16 family)
{
	question->place = uf_join(ifindex, uf_join16(port, family));
}

/* Has a question be about the interface's group; false if it is in none. */
static __always_inline bool uf_set_group(union uf_listener_question *question,
					 const struct __sk_buff *skb, __be16 port, __u16 family)
{
	const __u32 group = uf_group_of(skb->ifindex);

	if (!group)
		return false;
	uf_set_place(question, group, port, family);
	return true;
}

/* The wildcard of a family. */
static __always_inline void uf_set_any(union uf_address *address, __u8 family)
{
	address->halves[0] = 0;
	address->halves[1] = family == 4 ? uf_join(bpf_htonl(0xffff), 0) : 0;
}

/* Whether datagrams go past a listener that was found. */
static __always_inline bool uf_is_passed_by(const struct uf_listener *listener)
{
	return listener->flags & UF_LISTENER_PASS ||
	       (listener->flags & UF_LISTENER_LEASED && uf_is_lease_over());
}

/*
 * The listener of a datagram, or NULL. An exact address goes before the wildcard, and the wildcard
 * stands for this node's own addresses only, or on a dummy interface for a range: transit traffic,
 * and what another node has already sent on to a pod, goes to neither.
 */
static __always_inline const struct uf_listener *uf_listener_at(const struct __sk_buff *skb,
								const union uf_address *destination,
								__be16 port, __u8 family,
								bool at_egress)
{
	union uf_listener_question question;
	const struct uf_listener *listener;
	bool is_local;

	uf_set_place(&question, skb->ifindex, port, family);
	question.address = *destination;
	listener = bpf_map_lookup_elem(&LISTENERS, &question.key);
	if (!listener && uf_settings.has_interface_groups &&
	    uf_set_group(&question, skb, port, family))
		listener = bpf_map_lookup_elem(&LISTENERS, &question.key);
	if (listener)
		return uf_is_passed_by(listener) ? NULL : listener;

	is_local = uf_is_local(destination);
	if (!is_local && !uf_is_steered(skb, at_egress))
		return NULL;
	uf_set_place(&question, skb->ifindex, port, family);
	uf_set_any(&question.address, family);
	listener = bpf_map_lookup_elem(&LISTENERS, &question.key);
	if (!listener || uf_is_passed_by(listener))
		return NULL;
	return is_local || uf_is_in_range(listener->slot, destination) ? listener : NULL;
}

static __always_inline const struct uf_listener *
uf_listener_of(const struct __sk_buff *skb, const struct uf_datagram *datagram, bool at_egress)
{
	return uf_listener_at(skb, &datagram->destination, datagram->destination_port,
			      datagram->family, at_egress);
}

/*
 * Whether an address lies in the range of any of the listeners of a set; of more than fit, it is
 * taken to.
 */
static __noinline bool uf_is_in_range_of_any(const struct uf_listener_set *set,
					     const union uf_address *address)
{
	__u32 i;

	if (!set || !address)
		return false;
	for (i = 0; i < UF_MAX_LISTENERS_IN_SET; i++) {
		if (i >= set->count)
			break;
		if (uf_is_in_range(set->slots[i], address))
			return true;
	}
	return !set->count;
}

/*
 * The listeners at the address that a datagram is for, whatever its port, or NULL: one of them it
 * is for, if it is for any. What the set of an address holds includes the wildcard listeners.
 */
static __always_inline const struct uf_listener_set *
uf_listeners_at(const struct __sk_buff *skb, const struct uf_datagram *datagram)
{
	union uf_listener_question question;
	const struct uf_listener_set *set;

	uf_set_place(&question, skb->ifindex, 0, datagram->family);
	question.address = datagram->destination;
	set = bpf_map_lookup_elem(&LISTENER_SETS, &question.key);
	if (!set && uf_set_group(&question, skb, 0, datagram->family))
		set = bpf_map_lookup_elem(&LISTENER_SETS, &question.key);
	if (set)
		return set->flags & UF_SET_LEASED && uf_is_lease_over() ? NULL : set;
	uf_set_place(&question, skb->ifindex, 0, datagram->family);
	uf_set_any(&question.address, datagram->family);
	set = bpf_map_lookup_elem(&LISTENER_SETS, &question.key);
	return set && (uf_is_local(&datagram->destination) ||
		       uf_is_in_range_of_any(set, &datagram->destination))
		       ? set
		       : NULL;
}

#endif /* UDP_FANOUT_LISTENER_H */
