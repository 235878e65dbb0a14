/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where a datagram that an endpoint was sent had been sent to: what an ICMP error quotes leads back
 * to it.
 */
#ifndef UDP_FANOUT_ORIGIN_H
#define UDP_FANOUT_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "flow.h"
#include "udp_fanout.h"

/*
 * By endpoint, one after the other: there are several if several listeners have the endpoint, or
 * one takes datagrams at several addresses, as a Service's VIP and ClusterIP. What is quoted does
 * not say which of them the client has sent to. The daemon writes, the program reads.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, UF_MAX_ORIGINS);
	__type(key, struct uf_origin_key);
	__type(value, struct uf_origin);
} ORIGINS SEC(".maps");

_Static_assert(sizeof(struct uf_origin_key) == 20, "a hash key must have no padding");

/* Whether a listener, or a mirror, has such an endpoint. */
static __always_inline bool uf_is_endpoint(const struct uf_origin_key *endpoint)
{
	return bpf_map_lookup_elem(&ORIGINS, endpoint) != NULL;
}

/* The origin that a flow of a listener with replies knows. */
static __always_inline bool uf_origin_of_flow(const union uf_address *client, __be16 client_port,
					      const struct uf_origin_key *endpoint,
					      struct uf_origin *origin)
{
	struct uf_flow_key key = {
		.client_port = client_port,
		.server_port = endpoint->port,
		.owner = UF_FLOW_OF_REPLIES,
	};
	const struct uf_flow *back;
	void *table;

	table = uf_flow_table();
	if (!table)
		return false;
	__builtin_memcpy(key.client, client, sizeof(key.client));
	__builtin_memcpy(key.server, endpoint->address, sizeof(key.server));
	back = bpf_map_lookup_elem(table, &key);
	if (!back || uf_is_idle(back, bpf_ktime_get_ns()))
		return false;
	__builtin_memcpy(origin->address, back->address, sizeof(origin->address));
	origin->slot = back->slot;
	origin->port = back->port;
	origin->ifindex = back->ifindex;
	__builtin_memcpy(origin->hardware_address, back->hardware_address,
			 sizeof(origin->hardware_address));
	return true;
}

/* The origin of an endpoint that "before" others come before; false if there is none. */
static __always_inline bool uf_origin_after(const struct uf_origin_key *endpoint, __u32 before,
					    struct uf_origin *origin)
{
	const struct uf_origin *found;
	struct uf_origin_key key = *endpoint;

	key.family += before * UF_FURTHER_ORIGIN;
	found = bpf_map_lookup_elem(&ORIGINS, &key);
	if (!found || !found->port)
		return false;
	*origin = *found;
	return true;
}

/* Whether an endpoint has an origin that "before" others come before. */
static __always_inline bool uf_has_origin_after(const struct uf_origin_key *endpoint, __u32 before)
{
	struct uf_origin_key key = *endpoint;

	key.family += before * UF_FURTHER_ORIGIN;
	return before < UF_MAX_ORIGINS_OF_ENDPOINT && bpf_map_lookup_elem(&ORIGINS, &key);
}

#endif /* UDP_FANOUT_ORIGIN_H */
