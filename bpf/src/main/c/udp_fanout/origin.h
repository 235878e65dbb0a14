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
 * By endpoint. There is one answer if one listener has the endpoint, and takes datagrams at one
 * address. The daemon writes, the program reads.
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

/*
 * Where a client has sent a datagram that went to an endpoint; false if nobody of ours has
 * readdressed it, or if there is more than one answer.
 */
static __always_inline bool uf_find_origin(const union uf_address *client, __be16 client_port,
					   const struct uf_origin_key *endpoint,
					   struct uf_origin *origin)
{
	const struct uf_origin *only;

	if (uf_origin_of_flow(client, client_port, endpoint, origin))
		return true;
	only = bpf_map_lookup_elem(&ORIGINS, endpoint);
	if (!only || !only->port)
		return false;
	*origin = *only;
	return true;
}

#endif /* UDP_FANOUT_ORIGIN_H */
