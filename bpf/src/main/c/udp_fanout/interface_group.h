/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * INTERFACE_GROUPS: interfaces on which the same listeners wait.
 *
 * A node has a veth for each of its pods, and what pods send is for the same listeners at each of
 * them: 500 veths and 2,000 ports would be a million keys of LISTENERS. So a key there may name a
 * group, and this map says of which group an interface is. It is asked only where LISTENERS has no
 * key for the interface itself, and only if the daemon says that there are groups.
 *
 * One of these interfaces may be a port of a bridge. What a pod sends is seen there before the
 * bridge's netfilter has kube-proxy's rules change its destination (the sysctl
 * bridge-nf-call-iptables). The frame is for the bridge's own address, and so to the port one for
 * another host (eth_type_trans in net/ethernet/eth.c).
 */
#ifndef UDP_FANOUT_INTERFACE_GROUP_H
#define UDP_FANOUT_INTERFACE_GROUP_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/if_packet.h>

#include <bpf/bpf_helpers.h>

#include "settings.h"
#include "udp_fanout.h"

/*
 * By ifindex. The daemon writes an interface before it attaches a program there, and takes it out
 * after.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, UF_MAX_GROUPED_INTERFACES);
	__type(key, __u32);
	__type(value, struct uf_grouped_interface);
} INTERFACE_GROUPS SEC(".maps");

_Static_assert(sizeof(struct uf_grouped_interface) == 8, "no padding");

/*
 * What stands in place of an interface in a key of LISTENERS; 0: it is in no group. Not static, so
 * that the verifier looks at it once.
 */
__noinline __u32 uf_group_of(__u32 ifindex)
{
	const struct uf_grouped_interface *interface;

	if (!uf_settings.has_interface_groups)
		return 0;
	interface = bpf_map_lookup_elem(&INTERFACE_GROUPS, &ifindex);
	return interface ? interface->group : 0;
}

/* The bridge of which an interface in a group is a port; 0: of none. Called deep down: no frame. */
static __always_inline __u32 uf_bridge_of_port(__u32 ifindex)
{
	const struct uf_grouped_interface *interface;

	if (!uf_settings.has_interface_groups)
		return 0;
	interface = bpf_map_lookup_elem(&INTERFACE_GROUPS, &ifindex);
	return interface ? interface->bridge : 0;
}

/* The same where there is room for a frame. */
__noinline __u32 uf_bridge_of(__u32 ifindex)
{
	return uf_bridge_of_port(ifindex);
}

/* The interface by which a request has come in, as IP sees it. */
static __always_inline __u32 uf_came_by(__u32 ifindex)
{
	const __u32 bridge = uf_bridge_of_port(ifindex);

	return bridge ? bridge : ifindex;
}

/* Whether a frame for another host may be one that a port sees for its bridge. */
static __always_inline bool uf_may_be_for_bridge(const struct __sk_buff *skb)
{
	return uf_settings.has_interface_groups && skb->pkt_type == PACKET_OTHERHOST;
}

/* Whether it is. */
static __always_inline bool uf_is_for_bridge(const struct __sk_buff *skb)
{
	return uf_may_be_for_bridge(skb) && uf_bridge_of(skb->ifindex);
}

#endif /* UDP_FANOUT_INTERFACE_GROUP_H */
