/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which endpoint a datagram goes to. */
#ifndef UDP_FANOUT_BALANCE_H
#define UDP_FANOUT_BALANCE_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "maps.h"
#include "settings.h"
#include "udp_fanout.h"

/* The position in a table of "count" endpoints that this CPU is to use next: 0..count-1. */
static __always_inline __u32 uf_round_robin(__u32 slot, __u32 count)
{
	__u32 *cursor = bpf_map_lookup_elem(&CURSORS, &slot);
	__u32 cpus = uf_settings.cpus;
	__u64 cpu = bpf_get_smp_processor_id();
	__u32 turn, start;

	if (!cursor)
		return 0;
	/* A table may have become shorter since the last datagram. */
	turn = *cursor < count ? *cursor : 0;
	*cursor = turn + 1;

	/* CPUs start apart, so that a few datagrams on each of many CPUs still spread. */
	if (cpus > 1 && count > 1) {
		start = cpu % cpus * count / cpus;
		turn += start;
		if (turn >= count)
			turn -= count;
	}
	return turn;
}

/* The endpoint at a position of a listener's table, or NULL if the table is not so long any more. */
static __always_inline const struct uf_endpoint *uf_endpoint_at(__u32 slot, __u32 position)
{
	const struct uf_endpoint_table_header *header;
	__u32 first = 0;
	void *table;

	table = bpf_map_lookup_elem(&ENDPOINTS, &slot);
	if (!table)
		return NULL;
	header = bpf_map_lookup_elem(table, &first);
	if (!header || position > header->count)
		return NULL;
	return bpf_map_lookup_elem(table, &position);
}

/* The next endpoint of a listener, or NULL if it has none; *position is its place in the table, from 1. */
static __always_inline const struct uf_endpoint *uf_next_endpoint(__u32 slot, __u32 *position)
{
	const struct uf_endpoint_table_header *header;
	__u32 first = 0;
	void *table;

	table = bpf_map_lookup_elem(&ENDPOINTS, &slot);
	if (!table)
		return NULL;
	header = bpf_map_lookup_elem(table, &first);
	if (!header || !header->count)
		return NULL;
	*position = 1 + uf_round_robin(slot, header->count);
	return bpf_map_lookup_elem(table, position);
}

#endif /* UDP_FANOUT_BALANCE_H */
