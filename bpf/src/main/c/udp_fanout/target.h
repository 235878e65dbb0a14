/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef UDP_FANOUT_TARGET_H
#define UDP_FANOUT_TARGET_H

#include <stdbool.h>

#include <linux/bpf.h>

#include "datagram.h"
#include "udp_fanout.h"

/*
 * The sender is told if the packet is too big: it has ports, and is no mirror's copy, of which its
 * sender knows nothing. A flag, so that it goes where the flags go; it is not the daemon's.
 */
#define UF_TARGET_ANSWERED 0x80000000u

/* Where a packet is to go, and on whose account. */
struct uf_target {
	union uf_address address;
	__u32 slot;
	__u32 flags; /* of struct uf_listener, and UF_TARGET_ANSWERED */
	__u32 counter; /* of struct uf_endpoint */
	__u32 peer_ifindex; /* of struct uf_endpoint */
	__u32 mtu; /* what the sender of a packet that is too big is told; 0: nothing */
	__be16 port;
	bool early; /* a fragment's copy, not counted yet: it is not certain that it is ours */
	__u8 hops; /* by which the TTL or hop limit is to become less: uf_hops */
};

/*
 * Whether a datagram comes from the very address of an endpoint: a host drops a packet that claims
 * to come from its own address (ip_route_input_slow in net/ipv4/route.c: a "martian source").
 */
static __always_inline bool uf_is_from(const struct uf_endpoint *endpoint,
				       const struct uf_datagram *datagram)
{
	const __u64 *address = (const __u64 *)endpoint->address;

	return !((address[0] ^ datagram->source.halves[0]) |
		 (address[1] ^ datagram->source.halves[1]));
}

static __always_inline void uf_set_target(struct uf_target *target, __u32 slot,
					  const struct uf_endpoint *endpoint)
{
	__builtin_memcpy(&target->address, endpoint->address, sizeof(target->address));
	target->port = endpoint->port;
	target->counter = endpoint->counter;
	target->peer_ifindex = endpoint->peer_ifindex;
	target->slot = slot;
}

#endif /* UDP_FANOUT_TARGET_H */
