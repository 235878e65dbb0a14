/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * HOLDS: exporters whose templates are on their way to the receivers.
 *
 * Copies go round by a queue of the kernel's, so the exporter's next datagram would overtake them,
 * and a receiver that does not know the template throws the data away. Until the last copy is
 * round, all that the exporter sends goes to the receiver that has got the templates already.
 * Exporters that fall on one hold only share a receiver for that long, and nobody can foresee which
 * do.
 */
#ifndef UDP_FANOUT_NETFLOW_HOLD_H
#define UDP_FANOUT_NETFLOW_HOLD_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "secret_index.h"

#define UF_HOLD_BITS 12
/* A copy may be lost in the queue, for example when the interface goes down. */
#define UF_HOLD_MOST_NS 1000000000ull

struct uf_hold {
	__u64 since_ns; /* CLOCK_MONOTONIC */
	__u64 copies; /* that are not round yet; 0: nothing is held */
	__u32 slot; /* of the listener */
	__u32 position; /* in its table, from 1 */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << UF_HOLD_BITS);
	__type(key, __u32);
	__type(value, struct uf_hold);
} HOLDS SEC(".maps");

/* Which hold is that of an exporter, whose address is given by its halves. */
static __always_inline __u32 uf_hold_index(__u64 source0, __u64 source1, __be16 port, __u32 slot)
{
	return uf_secret_index(source0, source1, port, slot, UF_HOLD_BITS);
}

static __always_inline struct uf_hold *uf_hold_of(const union uf_address *source, __be16 port,
						  __u32 slot)
{
	__u32 index = uf_hold_index(source->halves[0], source->halves[1], port, slot);

	return bpf_map_lookup_elem(&HOLDS, &index);
}

/* Where all that an exporter sends goes for now, or 0. */
static __always_inline __u32 uf_held_position(const struct uf_hold *hold, __u32 slot)
{
	if (!hold || !hold->copies || hold->slot != slot ||
	    bpf_ktime_get_ns() - hold->since_ns > UF_HOLD_MOST_NS)
		return 0;
	return hold->position;
}

/* Before copies are sent round. "held" is what uf_held_position has said. */
static __always_inline void uf_hold_for(struct uf_hold *hold, __u32 held, __u32 slot,
					__u32 position, __u32 copies)
{
	if (held) {
		__sync_fetch_and_add(&hold->copies, copies);
	} else {
		hold->copies = copies;
		hold->slot = slot;
		hold->position = position;
		/* Not with each further copy: if one is lost, it ends all the same. */
		hold->since_ns = bpf_ktime_get_ns();
	}
}

/* So many copies are round, or were not made. */
static __always_inline void uf_release(struct uf_hold *hold, __u32 copies)
{
	if (hold && hold->copies >= copies)
		__sync_fetch_and_add(&hold->copies, -(__u64)copies);
}

#endif /* UDP_FANOUT_NETFLOW_HOLD_H */
