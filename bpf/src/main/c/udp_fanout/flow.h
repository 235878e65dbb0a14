/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * FLOWS: who asked what of whom, for listeners whose endpoints answer.
 *
 * A flow has two entries in one table: that of its requests leads to the endpoint, so that it stays
 * with the one; that of its replies leads back to the address that the client sent to. The table is
 * made by the daemon, in the size that is asked for, and only if there is a listener with replies.
 */
#ifndef UDP_FANOUT_FLOW_H
#define UDP_FANOUT_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>

#include <bpf/bpf_helpers.h>

#include "clock.h"
#include "datagram.h"
#include "settings.h"
#include "target.h"
#include "udp_fanout.h"

/* When a flow was last used is noted with this accuracy, so that its entries are seldom written. */
#define UF_FLOW_TOUCH_NS 1000000000ull

/*
 * Full, it takes a new flow only if an old one can go: uf_make_room. A table that forgets what was
 * not used for longest would, with a few more clients than it has room for that all go on sending,
 * forget each shortly before it sends again.
 */
struct uf_flow_table {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(struct uf_flow_key));
	__uint(value_size, sizeof(struct uf_flow));
};

/* The one table, or none. Replaced whole when its size changes. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct uf_flow_table);
} FLOWS SEC(".maps");

/*
 * The endpoints of listeners with replies, for flows that stay with theirs whatever place it has in
 * the endpoint table: as it stands there, but with that position in "position". The daemon takes
 * one out before the table without it is in place.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, UF_MAX_FLOW_ENDPOINTS);
	__type(key, struct uf_endpoint_counter_key);
	__type(value, struct uf_endpoint);
} FLOW_ENDPOINTS SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__type(value, struct uf_replies);
} REPLIES SEC(".maps");

_Static_assert(sizeof(struct uf_flow_key) == 40, "a hash key must have no padding");
_Static_assert(sizeof(struct uf_endpoint_counter_key) == 24, "a hash key must have no padding");

/* The account of a listener's replies, or NULL. */
static __always_inline struct uf_replies *uf_replies_of(__u32 slot)
{
	return bpf_map_lookup_elem(&REPLIES, &slot);
}

static __always_inline void *uf_flow_table(void)
{
	__u32 only = 0;

	return bpf_map_lookup_elem(&FLOWS, &only);
}

static __always_inline bool uf_is_idle(const struct uf_flow *flow, __u64 now_ns)
{
	__u64 idle_ns = now_ns - flow->seen_ns;

	/* Another CPU, whose clock was read later, may have been faster. */
	return (__s64)idle_ns > (__s64)uf_settings.flow_idle_ns;
}

static __always_inline void uf_touch_flow(struct uf_flow *flow, __u64 now_ns)
{
	if ((__s64)(now_ns - flow->seen_ns) > (__s64)UF_FLOW_TOUCH_NS)
		flow->seen_ns = now_ns;
}

/* The same of requests, whose client has now come back: their hardware address is not in use. */
static __always_inline void uf_touch_requests(struct uf_flow *flow, __u64 now_ns)
{
	if ((__s64)(now_ns - flow->seen_ns) > (__s64)UF_FLOW_TOUCH_NS) {
		flow->seen_ns = now_ns;
		flow->hardware_address[0] = true;
	}
}

static __always_inline bool uf_has_come_again(const struct uf_flow *requests)
{
	return requests->hardware_address[0];
}

/* An endpoint of a listener with replies, or NULL if it is none, or none any more. */
static __always_inline const struct uf_endpoint *
uf_flow_endpoint(__u32 slot, __u8 family, const __u8 address[16], __be16 port)
{
	struct uf_endpoint_counter_key key = {
		.slot = slot,
		.port = port,
		.family = family,
	};

	__builtin_memcpy(key.address, address, sizeof(key.address));
	return bpf_map_lookup_elem(&FLOW_ENDPOINTS, &key);
}

/* The key of a flow's requests. */
static __always_inline void uf_set_request_key(struct uf_flow_key *key, __u32 slot,
					       const struct uf_datagram *datagram)
{
	__builtin_memcpy(key->client, &datagram->source, sizeof(key->client));
	__builtin_memcpy(key->server, &datagram->destination, sizeof(key->server));
	key->client_port = datagram->source_port;
	key->server_port = datagram->destination_port;
	key->owner = slot;
}

/* The requests of a datagram's flow, or NULL if it has none, or has been idle. */
static __noinline struct uf_flow *uf_requests_of(__u32 slot, const struct uf_datagram *datagram)
{
	struct uf_flow_key key;
	struct uf_flow *flow;
	void *table;

	if (!datagram)
		return NULL;
	table = uf_flow_table();
	if (!table)
		return NULL;
	uf_set_request_key(&key, slot, datagram);
	flow = bpf_map_lookup_elem(table, &key);
	return flow && !uf_is_idle(flow, uf_coarse_now_ns()) ? flow : NULL;
}

/* The endpoint that a datagram's flow has, or NULL if it has none that is of use. */
static __always_inline const struct uf_endpoint *
uf_endpoint_of_flow(__u32 slot, const struct uf_datagram *datagram)
{
	const struct uf_flow *flow = uf_requests_of(slot, datagram);

	return flow ? uf_flow_endpoint(slot, datagram->family, flow->address, flow->port) : NULL;
}

#endif /* UDP_FANOUT_FLOW_H */
