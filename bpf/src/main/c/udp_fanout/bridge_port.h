/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * At a port of a bridge: what a pod answers to another pod of its bridge is seen there and nowhere
 * else, and what comes in fragments is seen there before the bridge's netfilter puts it together
 * (the sysctl bridge-nf-call-iptables).
 *
 * IP knows nothing of ports. To it a frame comes in by the bridge, whose settings, routes and rules
 * are asked for. And the port is promiscuous: a frame for the bridge's own address, or for another
 * pod's, is one for another host there.
 */
#ifndef UDP_FANOUT_BRIDGE_PORT_H
#define UDP_FANOUT_BRIDGE_PORT_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/if_packet.h>

#include <bpf/bpf_helpers.h>

#include "interface_group.h"

#define UF_MAX_BRIDGE_PORTS 16384

/*
 * The bridge of each port at which there are programs, by the ports' ifindex. The daemon writes a
 * port before it attaches a program there.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, UF_MAX_BRIDGE_PORTS);
	__type(key, __u32);
	__type(value, __u32);
} BRIDGE_PORTS SEC(".maps");

/* The interface by which a packet has come in, as IP sees it. */
static __always_inline __u32 uf_ip_interface(const struct __sk_buff *skb)
{
	__u32 ifindex = skb->ingress_ifindex ? skb->ingress_ifindex : skb->ifindex;
	const __u32 *bridge = bpf_map_lookup_elem(&BRIDGE_PORTS, &ifindex);

	return bridge ? *bridge : uf_came_by(ifindex);
}

/* Whether a frame for another host is seen because a bridge hands it on, or up to this host. */
static __always_inline bool uf_is_handed_on(const struct __sk_buff *skb)
{
	__u32 ifindex = skb->ifindex;

	return skb->pkt_type == PACKET_OTHERHOST && bpf_map_lookup_elem(&BRIDGE_PORTS, &ifindex);
}

#endif /* UDP_FANOUT_BRIDGE_PORT_H */
