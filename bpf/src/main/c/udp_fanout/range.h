/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Ranges of addresses beside the listeners' own: each node publishes one of a range, and every node
 * serves all of them.
 *
 * A range is too large for a key for each of its addresses. On a dummy interface there is no
 * listener for the node's own addresses, so the wildcard's key leads to the listener with a range
 * there, and this map says whether an address lies in it.
 */
#ifndef UDP_FANOUT_RANGE_H
#define UDP_FANOUT_RANGE_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "mark.h"
#include "udp_fanout.h"

/* By slot. The daemon writes, the program reads. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__type(value, struct uf_range);
} LISTENER_RANGES SEC(".maps");

_Static_assert(sizeof(struct uf_range) == 32, "read as four numbers of 8 bytes");

/*
 * Whether a packet may be for an address of a range: it leaves by a dummy interface, or was sent
 * back in there, which a mark says. What comes in by a NIC has none, and is spared the look.
 */
static __always_inline bool uf_is_steered(const struct __sk_buff *skb, bool at_egress)
{
	return at_egress || uf_has_come_round(skb);
}

/* Whether an address lies in the range of a listener, if that has one. */
static __always_inline bool uf_is_in_range(__u32 slot, const union uf_address *address)
{
	const struct uf_range *range = bpf_map_lookup_elem(&LISTENER_RANGES, &slot);
	const __u64 *network;
	const __u64 *mask;

	if (!range)
		return false;
	network = (const __u64 *)range->network;
	mask = (const __u64 *)range->mask;
	/* No mask, no range: of IPv4 addresses, too, the first half is behind every mask. */
	return mask[0] && !((address->halves[0] ^ network[0]) & mask[0]) &&
	       !((address->halves[1] ^ network[1]) & mask[1]);
}

#endif /* UDP_FANOUT_RANGE_H */
