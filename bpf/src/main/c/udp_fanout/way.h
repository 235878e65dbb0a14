/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * WAYS: the FIB's answers of this tick, by endpoint, or what PEERS has said.
 *
 * A node with a thousand senders asks for each of its endpoints a thousand questions, which differ
 * in the sender alone, and ROUTES (route.h) has no room for them. Where no rule and no route looks
 * at the sender, the answer is the same for all: UF_LISTENER_WAYS_BY_ENDPOINT. An answer is used
 * again for the same interface, endpoint and tick only, so a change of the routes holds from the
 * next tick on.
 */
#ifndef UDP_FANOUT_WAY_H
#define UDP_FANOUT_WAY_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "route.h"
#include "udp_fanout.h"

/* A tick's packets of one CPU seldom go to more endpoints. */
#define UF_WAY_BITS 11

/* A cache line. */
struct uf_way {
	union uf_address address; /* of the endpoint; its family follows from it */
	__u64 place; /* the interface by which packets come in, the endpoint's port: uf_place_of */
	__u64 tick; /* 0: no answer */
	__u32 ip_bytes; /* a packet so large was not too large */
	union {
		struct uf_next_hop hop;
		struct uf_peer peer;
	};
	__u32 peer_ifindex; /* 0: by the hop; else straight into a pod, as PEERS says of this key */
};

_Static_assert(sizeof(struct uf_way) == 64, "a way has no padding");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1 << UF_WAY_BITS);
	__type(key, __u32);
	__type(value, struct uf_way);
} WAYS SEC(".maps");

static __always_inline __u64 uf_place_of(__u32 ifindex, __be16 port)
{
	return uf_join(ifindex, port);
}

/*
 * Whether the FIB's answer is the same as for any other sender, where no rule and no route looks at
 * the sender: a source of the link alone is never forwarded (bpf_ipv6_fib_lookup in
 * net/core/filter.c: rt6_need_strict).
 */
static __always_inline bool uf_is_any_sender(__u8 family, __be32 first_word)
{
	return family == 4 || (first_word & bpf_htonl(0xffc00000)) != bpf_htonl(0xfe800000);
}

/*
 * Where the way to an endpoint is kept on this CPU, if it is. Endpoints' counters follow one
 * another, so no two of a table share a place unless there are more than places. Those without a
 * counter are spread by their addresses.
 */
static __always_inline struct uf_way *uf_way_of(__u32 counter, const union uf_address *address)
{
	__u32 index = counter;

	if (!index)
		index = (address->halves[0] ^ address->halves[1]) * UF_SPREAD >> (64 - UF_WAY_BITS);
	index &= (1 << UF_WAY_BITS) - 1;
	return bpf_map_lookup_elem(&WAYS, &index);
}

/* Whether what is kept is the way to the endpoint, of this tick, for a packet so large. */
static __always_inline bool uf_is_way(const struct uf_way *way, const union uf_address *address,
				      __u64 place, __u32 ip_bytes)
{
	return way->tick == bpf_jiffies64() && ip_bytes <= way->ip_bytes && !way->peer_ifindex &&
	       !((way->address.halves[0] ^ address->halves[0]) |
		 (way->address.halves[1] ^ address->halves[1]) | (way->place ^ place));
}

/* Notes whose way the hop is that stands there already. */
static __always_inline void uf_keep_way(struct uf_way *way, const union uf_address *address,
					__u64 place, __u32 ip_bytes)
{
	way->address = *address;
	way->place = place;
	way->ip_bytes = ip_bytes;
	way->peer_ifindex = 0;
	way->tick = bpf_jiffies64();
}

#endif /* UDP_FANOUT_WAY_H */
