/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * COPIED: datagrams of which copies were made a moment ago, so that what comes back of them is not
 * copied again.
 *
 * An endpoint may be another node's listener that copies too, and has this node among its
 * endpoints: each of two such nodes would double what the other sends, until the TTL ends it.
 * Nothing in a datagram says that it is a copy, and no configuration shows it where it is another
 * cluster's. But what comes back is the same datagram, of the same sender, that has gone further:
 * its TTL is less. A sender's own repetition has the TTL of the first.
 */
#ifndef UDP_FANOUT_COPIED_H
#define UDP_FANOUT_COPIED_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "checksum.h"
#include "datagram.h"
#include "udp_fanout.h"

#define UF_MAX_COPIED 16384
#define UF_COPIED_LIFETIME_NS 2000000000ull /* to the other node and back */

/* What the program's edits leave as it is: all but destination and TTL. */
struct uf_copied_key {
	union uf_address source;
	__u32 slot;
	__be32 identification;
	__be16 source_port;
	__be16 udp_bytes;
	__u16 sum; /* of the UDP header's checksum what is not the destination's */
	__u16 family;
};

_Static_assert(sizeof(struct uf_copied_key) == 32, "a hash key must have no padding");

struct uf_copied {
	__u64 at_ns; /* CLOCK_MONOTONIC */
	__u32 hops_left;
	__u32 reserved; /* 0 */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, UF_MAX_COPIED);
	__type(key, struct uf_copied_key);
	__type(value, struct uf_copied);
} COPIED SEC(".maps");

/* The datagram at hand, for whoever copies it. */
struct uf_copying {
	struct uf_copied_key key;
	struct uf_copied value;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct uf_copying);
} COPYING SEC(".maps");

/* Whether a datagram is one that was copied a moment ago, and has come back. */
static __noinline bool uf_was_copied(const struct uf_datagram *datagram, __u32 slot)
{
	const union uf_address none = {};
	const struct uf_copied *before;
	struct uf_copying *copying;
	__u32 only = 0;
	__u64 change;

	copying = bpf_map_lookup_elem(&COPYING, &only);
	if (!copying || !datagram)
		return false;
	change = uf_address_change(&datagram->destination, &none);
	change = uf_change16(change, datagram->destination_port, 0);
	copying->key.source = datagram->source;
	copying->key.slot = slot;
	copying->key.identification = datagram->identification;
	copying->key.source_port = datagram->source_port;
	copying->key.udp_bytes = datagram->udp_bytes;
	copying->key.sum =
		datagram->udp_checksum ? uf_update_checksum(datagram->udp_checksum, change) : 0;
	copying->key.family = datagram->family;
	copying->value.at_ns = bpf_ktime_get_ns();
	copying->value.hops_left = datagram->hops_left;
	before = bpf_map_lookup_elem(&COPIED, &copying->key);
	return before && datagram->hops_left < before->hops_left &&
	       copying->value.at_ns - before->at_ns < UF_COPIED_LIFETIME_NS;
}

/* Notes that the datagram that uf_was_copied has been asked of last is copied. */
static __always_inline void uf_note_copied(void)
{
	__u32 only = 0;
	const struct uf_copying *copying = bpf_map_lookup_elem(&COPYING, &only);

	if (copying)
		bpf_map_update_elem(&COPIED, &copying->key, &copying->value, BPF_ANY);
}

#endif /* UDP_FANOUT_COPIED_H */
