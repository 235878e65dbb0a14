/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which endpoint a datagram goes to. */
#ifndef UDP_FANOUT_BALANCE_H
#define UDP_FANOUT_BALANCE_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "endpoint_table.h"
#include "hash.h"
#include "payload_key.h"
#include "settings.h"
#include "target.h"
#include "udp_fanout.h"

/* Where each CPU's round robin stands, a listener an element. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__type(value, struct uf_cursor);
} CURSORS SEC(".maps");

/* The position, from 1, whose turn it is in the cursor's table; the next one's turn comes after. */
static __always_inline __u32 uf_take_turn(struct uf_cursor *cursor)
{
	__u32 turn = cursor->turn;
	__u32 position = turn + cursor->start;

	cursor->turn = turn + 1 < cursor->count ? turn + 1 : 0;
	return 1 + (position < cursor->count ? position : position - cursor->count);
}

/*
 * Fits the cursor to a table of another length, from where it stands; false if there is nothing in
 * the table. CPUs start apart, so that a few datagrams on each of many CPUs still spread.
 */
static __noinline bool uf_fit_cursor(struct uf_cursor *cursor, __u32 count)
{
	__u64 cpu = bpf_get_smp_processor_id();
	__u32 cpus = uf_settings.cpus;

	if (!cursor || !count)
		return false;
	cursor->count = count;
	cursor->start = cpus > 1 ? cpu % cpus * count / cpus : 0;
	if (cursor->turn >= count)
		cursor->turn = 0;
	return true;
}

/*
 * The next endpoint of a listener, or NULL if it has none; *position is its place in the table,
 * from 1. The table is asked for its length only when what is found there is not of the length that
 * the cursor knows.
 */
static __always_inline const struct uf_endpoint *uf_next_endpoint(__u32 slot, __u32 *position)
{
	const struct uf_endpoint_table_header *header;
	const struct uf_endpoint *endpoint;
	struct uf_cursor *cursor;
	__u32 first = 0;
	void *table;

	table = bpf_map_lookup_elem(&ENDPOINTS, &slot);
	cursor = bpf_map_lookup_elem(&CURSORS, &slot);
	if (!table || !cursor)
		return NULL;
	if (cursor->count) {
		*position = uf_take_turn(cursor);
		endpoint = bpf_map_lookup_elem(table, position);
		if (endpoint && endpoint->table_count == cursor->count)
			return endpoint;
	}
	header = bpf_map_lookup_elem(table, &first);
	if (!header || !uf_fit_cursor(cursor, header->count))
		return NULL;
	*position = uf_take_turn(cursor);
	return bpf_map_lookup_elem(table, position);
}

/*
 * For a datagram of the endpoint whose turn it is: the endpoint with that number, from 0; NULL if
 * the datagram is from there, too. *position is its place in the table.
 */
static __noinline const struct uf_endpoint *uf_other_endpoint(__u32 slot, __u32 flags,
							      const struct uf_datagram *datagram,
							      __u32 number, __u32 *position)
{
	const struct uf_endpoint *endpoint;

	*position = number + (uf_is_hashed(flags) ? UF_HASH_ROWS + 1 : 1);
	endpoint = uf_endpoint_at(slot, flags, *position);
	return endpoint && !uf_is_from(endpoint, datagram) ? endpoint : NULL;
}

/* The place of the next endpoint in a listener's table of buckets; 0 if there is none. */
static __always_inline __u32 uf_next_hashed_position(__u32 slot)
{
	const struct uf_endpoint_table_header *header;
	struct uf_cursor *cursor;
	__u32 first = 0;
	void *table;

	table = bpf_map_lookup_elem(&HASH_TABLES, &slot);
	cursor = bpf_map_lookup_elem(&CURSORS, &slot);
	if (!table || !cursor)
		return 0;
	header = bpf_map_lookup_elem(table, &first);
	if (!header || (cursor->count != header->count && !uf_fit_cursor(cursor, header->count)))
		return 0;
	return UF_HASH_ROWS + uf_take_turn(cursor);
}

/*
 * The place in the table of the endpoint that a payload leads to; 0 if there is none. As
 * uf_payload_hash. Not static, so that the verifier looks at it once.
 */
__noinline __u32 uf_keyed_position(struct __sk_buff *skb, __u32 slot, __u64 range, __u64 first_half,
				   __u64 second_half)
{
	const __u64 hash = uf_payload_hash(skb, slot, range, first_half, second_half);

	return hash ? uf_position_of_hash(slot, hash) : uf_next_hashed_position(slot);
}

/*
 * The place in the table of the endpoint that a source leads to, by the halves of its address, and
 * its port if "flags" of the listener say that it counts; 0 if there is none. Not static, so that
 * the verifier looks at it once.
 */
__noinline __u32 uf_hashed_position(__u32 slot, __u64 first_half, __u64 second_half, __u32 port,
				    __u32 flags)
{
	__u64 hash = uf_address_hash(first_half, second_half);

	if (flags & UF_LISTENER_HASH_SOURCE_PORT)
		hash = uf_mix(hash ^ bpf_ntohs(port));
	return uf_position_of_hash(slot, hash);
}

/*
 * The endpoint of a listener whose table has buckets; NULL if there is none. *position is its place
 * in the table. Without a packet the source decides: Linux 5.10 has no stack for more where the
 * packet is not at hand.
 */
static __always_inline const struct uf_endpoint *
uf_hashed_endpoint(struct __sk_buff *skb, __u32 slot, __u32 flags,
		   const struct uf_datagram *datagram, __u32 *position)
{
	if (skb && flags & UF_LISTENER_HASH_PAYLOAD)
		*position =
			uf_keyed_position(skb, slot, uf_payload_range(datagram),
					  datagram->source.halves[0], datagram->source.halves[1]);
	else
		*position = uf_hashed_position(slot, datagram->source.halves[0],
					       datagram->source.halves[1], datagram->source_port,
					       flags);
	return *position ? uf_endpoint_at(slot, UF_LISTENER_HASH_SOURCE, *position) : NULL;
}

/*
 * The endpoint for a datagram of a listener, or NULL if it has none but the sender; *position is
 * its place in the table. As uf_hashed_endpoint.
 */
static __always_inline const struct uf_endpoint *
uf_pick_endpoint(struct __sk_buff *skb, __u32 slot, __u32 flags, const struct uf_datagram *datagram,
		 __u32 *position)
{
	const struct uf_endpoint *endpoint;

	if (uf_is_hashed(flags))
		endpoint = uf_hashed_endpoint(skb, slot, flags, datagram, position);
	else
		endpoint = uf_next_endpoint(slot, position);
	if (endpoint && uf_is_from(endpoint, datagram))
		return uf_other_endpoint(slot, flags, datagram, endpoint->other, position);
	return endpoint;
}

#endif /* UDP_FANOUT_BALANCE_H */
