/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The endpoint that a source's datagrams go to, the same on every node. */
#ifndef UDP_FANOUT_HASH_H
#define UDP_FANOUT_HASH_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "endpoint_table.h"
#include "udp_fanout.h"

static __always_inline __u64 uf_mix(__u64 mixed)
{
	mixed *= UF_HASH_FIRST;
	mixed ^= mixed >> 32;
	mixed *= UF_HASH_SECOND;
	return mixed ^ mixed >> 32;
}

/* What the source address alone is hashed to. */
static __always_inline __u64 uf_source_hash(const struct uf_datagram *datagram)
{
	__u64 hash = UF_HASH_SEED;

	hash = uf_mix(hash ^ bpf_be64_to_cpu(datagram->source.halves[0]));
	return uf_mix(hash ^ bpf_be64_to_cpu(datagram->source.halves[1]));
}

/* The endpoint of a hash; NULL if there is none. *position is its place in the table. */
static __always_inline const struct uf_endpoint *uf_endpoint_of_hash(__u32 slot, __u64 hash,
								     __u32 *position)
{
	const __u32 bucket = hash >> (64 - UF_HASH_BITS);
	const struct uf_hash_row *row;
	void *table;

	table = bpf_map_lookup_elem(&HASH_TABLES, &slot);
	if (!table)
		return NULL;
	*position = 1 + bucket / UF_HASH_ROW_BUCKETS;
	row = bpf_map_lookup_elem(table, position);
	if (!row)
		return NULL;
	*position = UF_HASH_ROWS + row->endpoints[bucket % UF_HASH_ROW_BUCKETS];
	return bpf_map_lookup_elem(table, position);
}

/*
 * The endpoint of a source, and of its port if that counts; NULL if there is none. *position is its
 * place in the table.
 */
static __noinline const struct uf_endpoint *
uf_hashed_endpoint(__u32 slot, const struct uf_datagram *datagram, bool with_port, __u32 *position)
{
	__u64 hash;

	if (!datagram || !position)
		return NULL;
	hash = uf_source_hash(datagram);
	if (with_port)
		hash = uf_mix(hash ^ bpf_ntohs(datagram->source_port));
	return uf_endpoint_of_hash(slot, hash, position);
}

#endif /* UDP_FANOUT_HASH_H */
