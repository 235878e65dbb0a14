/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* ENDPOINTS and HASH_TABLES: the endpoints of each listener, a table a listener. */
#ifndef UDP_FANOUT_ENDPOINT_TABLE_H
#define UDP_FANOUT_ENDPOINT_TABLE_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "udp_fanout.h"

/*
 * One endpoint table a listener. A table is filled while nobody sees it, then put into ENDPOINTS in
 * one step; the kernel waits for the programs that still use the old one before the system call
 * returns (maybe_wait_bpf_programs in kernel/bpf/syscall.c). BPF_F_INNER_MAP lets tables differ in
 * length; it came with Linux 5.10.
 */
struct uf_endpoint_table {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_INNER_MAP);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size,
	       sizeof(struct uf_endpoint)); /* clang leaves __type() forward-declared here */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__array(values, struct uf_endpoint_table);
} ENDPOINTS SEC(".maps");

/*
 * One table a listener, buckets and endpoints together, replaced in one step like those of
 * ENDPOINTS. A map of its own: while a listener's policy changes it has a table of either kind, and
 * no datagram meets one of the wrong kind.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__array(values, struct uf_endpoint_table);
} HASH_TABLES SEC(".maps");

_Static_assert(sizeof(struct uf_endpoint) == sizeof(struct uf_endpoint_table_header),
	       "a map's elements all have one size");
_Static_assert(sizeof(struct uf_endpoint) == sizeof(struct uf_hash_row),
	       "a map's elements all have one size");

static __always_inline bool uf_is_hashed(__u32 flags)
{
	return flags & (UF_LISTENER_HASH_SOURCE | UF_LISTENER_HASH_SOURCE_PORT);
}

/*
 * The endpoint at a position of a listener's table, or NULL if the table is not so long any more.
 */
static __always_inline const struct uf_endpoint *uf_endpoint_at(__u32 slot, __u32 flags,
								__u32 position)
{
	void *table = uf_is_hashed(flags) ? bpf_map_lookup_elem(&HASH_TABLES, &slot)
					  : bpf_map_lookup_elem(&ENDPOINTS, &slot);

	return table ? bpf_map_lookup_elem(table, &position) : NULL;
}

/* The endpoint's place among the counters; 0 if there is no such endpoint, or it is not counted. */
static __always_inline __u32 uf_counter_at(__u32 slot, __u32 position)
{
	const struct uf_endpoint *endpoint = uf_endpoint_at(slot, 0, position);

	return endpoint ? endpoint->counter : 0;
}

/* Whether a listener's table has an endpoint, of whatever use it is to a datagram. */
static __always_inline bool uf_has_endpoints(__u32 slot, __u32 flags)
{
	const struct uf_endpoint_table_header *header =
		(const void *)uf_endpoint_at(slot, flags, 0);

	return header && header->count;
}

#endif /* UDP_FANOUT_ENDPOINT_TABLE_H */
