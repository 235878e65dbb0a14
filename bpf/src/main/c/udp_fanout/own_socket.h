/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whose datagram an ICMP error is about, if it is a process of this node that has sent it straight
 * to the endpoint: a health probe, doctor. No listener has readdressed such a datagram.
 */
#ifndef UDP_FANOUT_OWN_SOCKET_H
#define UDP_FANOUT_OWN_SOCKET_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "icmp_error.h"

/* Looked up as if the endpoint had answered: "source" is then the remote end. */
static __always_inline struct bpf_sock *uf_find_sender(struct __sk_buff *skb,
						       const struct uf_icmp_error *error)
{
	struct bpf_sock_tuple flow = {};

	if (error->family == 4) {
		__builtin_memcpy(&flow.ipv4.saddr, error->endpoint.address + 12,
				 sizeof(flow.ipv4.saddr));
		flow.ipv4.daddr = error->client.words[3];
		flow.ipv4.sport = error->udp.dest;
		flow.ipv4.dport = error->udp.source;
		return bpf_sk_lookup_udp(skb, &flow, sizeof(flow.ipv4), BPF_F_CURRENT_NETNS, 0);
	}
	__builtin_memcpy(flow.ipv6.saddr, error->endpoint.address, sizeof(flow.ipv6.saddr));
	__builtin_memcpy(flow.ipv6.daddr, &error->client, sizeof(flow.ipv6.daddr));
	flow.ipv6.sport = error->udp.dest;
	flow.ipv6.dport = error->udp.source;
	return bpf_sk_lookup_udp(skb, &flow, sizeof(flow.ipv6), BPF_F_CURRENT_NETNS, 0);
}

/*
 * Whether a socket of this node is connected to the very endpoint: the kernel finds a connected one
 * only by both ends (compute_score of net/ipv4/udp.c). One that is not connected is not told of
 * errors (udp(7)), and may as well have sent to the listener.
 */
static __always_inline bool uf_is_of_own_socket(struct __sk_buff *skb,
						const struct uf_icmp_error *error)
{
	struct bpf_sock *socket = uf_find_sender(skb, error);
	bool is_own;

	if (!socket)
		return false;
	is_own = (__be16)socket->dst_port == error->udp.dest;
	bpf_sk_release(socket);
	return is_own;
}

#endif /* UDP_FANOUT_OWN_SOCKET_H */
