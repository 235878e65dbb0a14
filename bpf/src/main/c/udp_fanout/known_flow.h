/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * KNOWN_FLOWS: the flows that this CPU has looked up a moment ago, with their endpoints.
 *
 * A datagram of a flow that goes on takes three look-ups in hash tables: of its requests, of their
 * endpoint, and of the replies. What they have said is used again for some ticks, and until
 * FLOW_CHANGES says by another number that a flow or an endpoint has gone, or goes another way.
 */
#ifndef UDP_FANOUT_KNOWN_FLOW_H
#define UDP_FANOUT_KNOWN_FLOW_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "clock.h"
#include "datagram.h"
#include "flow.h"
#include "flow_change.h"
#include "route.h"
#include "settings.h"
#include "udp_fanout.h"

#define UF_KNOWN_FLOW_BITS 11

/* At most a third of a second: CONFIG_HZ is 100 at the least. */
#define UF_KNOWN_FLOW_TICKS 32

/* A flow that is kept here must not become idle meanwhile: its use is noted after a second. */
#define UF_KNOWN_FLOW_IDLE_NS (3 * UF_FLOW_TOUCH_NS)

struct uf_known_flow {
	struct uf_flow_key key; /* of the requests; first, so that it is as aligned as the map */
	__u64 tick; /* when it was looked up; 0: nothing is known */
	__u64 changes; /* what FLOW_CHANGES said before that */
	__u32 reply_ifindex; /* as uf_reply_ifindex */
	__u32 reserved;
	struct uf_endpoint endpoint; /* as in FLOW_ENDPOINTS */
};

_Static_assert(sizeof(struct uf_known_flow) == 96, "a known flow has no padding");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1 << UF_KNOWN_FLOW_BITS);
	__type(key, __u32);
	__type(value, struct uf_known_flow);
} KNOWN_FLOWS SEC(".maps");

/* The key of a flow's replies. */
static __always_inline void uf_set_reply_key(struct uf_flow_key *key,
					     const struct uf_flow_key *requests,
					     const struct uf_flow *flow)
{
	__builtin_memcpy(key->client, requests->client, sizeof(key->client));
	__builtin_memcpy(key->server, flow->address, sizeof(key->server));
	key->client_port = requests->client_port;
	key->server_port = flow->port;
	key->owner = UF_FLOW_OF_REPLIES;
}

/*
 * Looks up the flow whose key stands in "known", and notes that it is in use; false if it has no
 * endpoint that is of use, or its replies do not come back to where the datagram was sent: as
 * uf_follow_flow without UF_FLOW_KEPT. Its stack is its own.
 */
static __noinline bool uf_learn_flow(struct uf_known_flow *known, __u32 reply_ifindex)
{
	const struct uf_endpoint *endpoint;
	struct uf_flow *requests;
	struct uf_flow_key key;
	struct uf_flow *back;
	__u64 changes;
	__u64 now_ns;
	void *table;

	if (!known)
		return false;
	/* Before the look-ups: an answer of before a change never has the number of after. */
	changes = uf_flow_changes();
	table = uf_flow_table();
	if (!table)
		return false;
	requests = bpf_map_lookup_elem(table, &known->key);
	now_ns = uf_coarse_now_ns();
	if (!requests || uf_is_idle(requests, now_ns))
		return false;
	uf_set_reply_key(&key, &known->key, requests);
	back = bpf_map_lookup_elem(table, &key);
	if (!back || back->port != known->key.server_port || back->slot != known->key.owner ||
	    back->ifindex != reply_ifindex || !uf_same_address(back->address, known->key.server))
		return false;
	endpoint = uf_flow_endpoint(known->key.owner,
				    uf_is_mapped_ipv4((const union uf_address *)key.client) ? 4 : 6,
				    key.server, key.server_port);
	if (!endpoint)
		return false;
	uf_touch_requests(requests, now_ns);
	uf_touch_flow(back, now_ns);
	known->endpoint = *endpoint;
	known->reply_ifindex = reply_ifindex;
	known->changes = changes;
	if (uf_settings.flow_idle_ns >= UF_KNOWN_FLOW_IDLE_NS)
		known->tick = bpf_jiffies64();
	return true;
}

/*
 * The endpoint of a datagram's flow, or NULL if that takes more than to look: there is no flow, or
 * something about it is to change. The halves of the addresses by value: see uf_has_plain_source.
 */
static __always_inline const struct uf_endpoint *uf_known_endpoint(__u32 slot, __u64 client0,
								   __u64 client1, __u64 server0,
								   __u64 server1, __u32 ports,
								   __u32 reply_ifindex)
{
	__u32 index =
		(client0 ^ client1 ^ server1 ^ ports) * UF_SPREAD >> (64 - UF_KNOWN_FLOW_BITS);
	const __u64 last = uf_join(ports, slot);
	struct uf_known_flow *known;
	__u64 *key;

	known = bpf_map_lookup_elem(&KNOWN_FLOWS, &index);
	if (!known)
		return NULL;
	key = (__u64 *)&known->key;
	if (bpf_jiffies64() - known->tick < UF_KNOWN_FLOW_TICKS &&
	    known->changes == uf_flow_changes() && known->reply_ifindex == reply_ifindex &&
	    !((key[0] ^ client0) | (key[1] ^ client1) | (key[2] ^ server0) | (key[3] ^ server1) |
	      (key[4] ^ last)))
		return &known->endpoint;
	known->tick = 0;
	key[0] = client0;
	key[1] = client1;
	key[2] = server0;
	key[3] = server1;
	key[4] = last;
	return uf_learn_flow(known, reply_ifindex) ? &known->endpoint : NULL;
}

#endif /* UDP_FANOUT_KNOWN_FLOW_H */
