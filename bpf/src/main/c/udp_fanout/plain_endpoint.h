/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which endpoint a plain datagram goes to, and whether straight into its pod: see plain.h. */
#ifndef UDP_FANOUT_PLAIN_ENDPOINT_H
#define UDP_FANOUT_PLAIN_ENDPOINT_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "balance.h"
#include "datagram.h"
#include "endpoint_table.h"
#include "known_flow.h"
#include "peer.h"
#include "route.h"
#include "udp_fanout.h"
#include "way.h"

/* The endpoint whose turn it is, or NULL if that takes more than to look. The turn is not taken. */
static __always_inline const struct uf_endpoint *uf_see_turn(__u32 slot, struct uf_cursor **cursor)
{
	const struct uf_endpoint *endpoint;
	__u32 position;
	void *table;

	table = bpf_map_lookup_elem(&ENDPOINTS, &slot);
	*cursor = bpf_map_lookup_elem(&CURSORS, &slot);
	if (!table || !*cursor || !(*cursor)->count)
		return NULL;
	position = (*cursor)->turn + (*cursor)->start;
	position = 1 + (position < (*cursor)->count ? position : position - (*cursor)->count);
	endpoint = bpf_map_lookup_elem(table, &position);
	return endpoint && endpoint->table_count == (*cursor)->count ? endpoint : NULL;
}

/*
 * The endpoint that a datagram's source or payload leads to, or NULL. Without a key in the payload
 * it may be the next one: its turn is taken.
 */
static __always_inline const struct uf_endpoint *
uf_see_hashed(struct __sk_buff *skb, __u32 slot, __u32 flags, const struct uf_datagram *datagram)
{
	const __u64 half0 = datagram->source.halves[0];
	const __u64 half1 = datagram->source.halves[1];
	__u32 position;

	if (flags & UF_LISTENER_HASH_PAYLOAD)
		position = uf_keyed_position(skb, slot, uf_payload_range(datagram), half0, half1);
	else
		position = uf_hashed_position(slot, half0, half1, datagram->source_port, flags);
	return position ? uf_endpoint_at(slot, UF_LISTENER_HASH_SOURCE, position) : NULL;
}

/*
 * The endpoint for a datagram of a listener, or NULL if that takes more than to look. *cursor is
 * set if it is that whose turn it is; the turn is not taken.
 */
static __always_inline const struct uf_endpoint *
uf_plain_endpoint(struct __sk_buff *skb, __u32 slot, __u32 flags,
		  const struct uf_datagram *datagram, struct uf_cursor **cursor)
{
	if (flags & UF_LISTENER_REPLIES) {
		/* What the limit refuses must not keep its flow alive. */
		if (flags & UF_LISTENER_RATE_LIMIT)
			return NULL;
		return uf_known_endpoint(
			slot, datagram->source.halves[0], datagram->source.halves[1],
			datagram->destination.halves[0], datagram->destination.halves[1],
			uf_join16(datagram->source_port, datagram->destination_port),
			flags & UF_LISTENER_REPLIES_BY_STACK ? skb->ifindex : 0);
	}
	return uf_is_hashed(flags) ? uf_see_hashed(skb, slot, flags, datagram)
				   : uf_see_turn(slot, cursor);
}

/*
 * What is behind an endpoint's veth, or NULL: as uf_peer_of, asked once a tick. The kernel drops
 * what is sent to a veth that has gone meanwhile.
 */
static __always_inline const struct uf_peer *uf_known_peer(struct uf_way *way, __u32 ifindex,
							   const union uf_address *address,
							   const struct uf_datagram *datagram)
{
	const struct uf_peer *peer;

	if (way->tick == bpf_jiffies64() && datagram->ip_bytes <= way->ip_bytes &&
	    !((way->address.halves[0] ^ address->halves[0]) |
	      (way->address.halves[1] ^ address->halves[1]) | (way->peer_ifindex ^ ifindex)))
		return &way->peer;
	peer = uf_peer_of(ifindex, datagram);
	if (!peer)
		return NULL;
	way->address = *address;
	way->peer = *peer;
	way->ip_bytes = peer->mtu;
	way->peer_ifindex = ifindex;
	way->tick = bpf_jiffies64();
	return peer;
}

#endif /* UDP_FANOUT_PLAIN_ENDPOINT_H */
