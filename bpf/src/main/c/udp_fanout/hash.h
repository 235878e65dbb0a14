/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a source is hashed to, the same on every node, and whose that is. */
#ifndef UDP_FANOUT_HASH_H
#define UDP_FANOUT_HASH_H

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "endpoint_table.h"
#include "udp_fanout.h"

static __always_inline __u64 uf_mix(__u64 mixed)
{
	mixed *= UF_HASH_FIRST;
	mixed ^= mixed >> 32;
	mixed *= UF_HASH_SECOND;
	return mixed ^ mixed >> 32;
}

/* What an address alone is hashed to. */
static __always_inline __u64 uf_address_hash(__u64 first_half, __u64 second_half)
{
	__u64 hash = UF_HASH_SEED;

	hash = uf_mix(hash ^ bpf_be64_to_cpu(first_half));
	return uf_mix(hash ^ bpf_be64_to_cpu(second_half));
}

/* The place in a listener's table of the endpoint that a hash leads to; 0 if there is none. */
static __always_inline __u32 uf_position_of_hash(__u32 slot, __u64 hash)
{
	const __u32 bucket = hash >> (64 - UF_HASH_BITS);
	const __u32 place = 1 + bucket / UF_HASH_ROW_BUCKETS;
	const struct uf_hash_row *row;
	void *table;

	table = bpf_map_lookup_elem(&HASH_TABLES, &slot);
	if (!table)
		return 0;
	row = bpf_map_lookup_elem(table, &place);
	return row ? UF_HASH_ROWS + row->endpoints[bucket % UF_HASH_ROW_BUCKETS] : 0;
}

#endif /* UDP_FANOUT_HASH_H */
