/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which listener, if any, a datagram is for. */
#ifndef UDP_FANOUT_LISTENER_H
#define UDP_FANOUT_LISTENER_H

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "maps.h"
#include "udp_fanout.h"

static __always_inline void uf_map_ipv4(__u8 mapped[16], __be32 ipv4)
{
	__builtin_memset(mapped, 0, 10);
	mapped[10] = 0xff;
	mapped[11] = 0xff;
	__builtin_memcpy(mapped + 12, &ipv4, sizeof(ipv4));
}

static __always_inline bool uf_is_local(const __u8 address[16])
{
	return bpf_map_lookup_elem(&LOCAL_ADDRESSES, address);
}

/*
 * The listener of a datagram, or NULL. An exact address goes before the wildcard, and the wildcard
 * stands for this node's own addresses only: transit traffic, and what another node has already
 * sent on to a pod, goes to neither.
 */
static __always_inline const struct uf_listener *uf_listener_of(const struct __sk_buff *skb,
								const struct uf_datagram *datagram)
{
	struct uf_listener_key key = {
		.ifindex = skb->ifindex,
		.port = datagram->destination_port,
		.family = 4,
	};
	const struct uf_listener *listener;

	uf_map_ipv4(key.address, datagram->ip.daddr);
	listener = bpf_map_lookup_elem(&LISTENERS, &key);
	if (listener)
		return listener->flags & UF_LISTENER_PASS ? NULL : listener;

	if (!uf_is_local(key.address))
		return NULL;
	uf_map_ipv4(key.address, 0);
	listener = bpf_map_lookup_elem(&LISTENERS, &key);
	return listener && !(listener->flags & UF_LISTENER_PASS) ? listener : NULL;
}

#endif /* UDP_FANOUT_LISTENER_H */
