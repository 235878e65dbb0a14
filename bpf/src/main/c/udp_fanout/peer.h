/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Straight into a pod on this node: bpf_redirect_peer puts the packet where the other end of a veth
 * pair receives, in the pod's own network namespace, with neither a bridge nor a queue between.
 *
 * The way is the daemon's: it says which endpoint is behind which veth. Where it has not said so,
 * or no longer does, the datagram goes by the next hop, as any other.
 */
#ifndef UDP_FANOUT_PEER_H
#define UDP_FANOUT_PEER_H

#include <stddef.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "interface_group.h"
#include "mark.h"
#include "udp_fanout.h"

/* By the ifindex of the veth's end on this node. The daemon writes, the program reads. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, UF_MAX_PEERS);
	__type(key, __u32);
	__type(value, struct uf_peer);
} PEERS SEC(".maps");

/*
 * The devices of PEERS. The kernel itself takes a device out of such a map when the device goes, or
 * moves to another namespace (dev_map_notification, kernel/bpf/devmap.c): nothing is sent to one
 * that is no more, with or without a daemon.
 */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__uint(max_entries, UF_MAX_PEERS);
	__type(key, __u32);
	__type(value, __u32);
} PEER_DEVICES SEC(".maps");

_Static_assert(sizeof(struct uf_peer) == 16, "no padding");
_Static_assert(offsetof(struct uf_peer, source) == offsetof(struct uf_peer, destination) + ETH_ALEN,
	       "the two addresses lie as in an Ethernet header");

/*
 * What is behind an endpoint's veth, or NULL if the datagram is to go by the next hop. That is also
 * so for one that is too big, since that way has the answer to it, and for one without an Ethernet
 * header, which the pod's end must have.
 */
static __always_inline const struct uf_peer *uf_peer_of(__u32 ifindex,
							const struct uf_datagram *datagram)
{
	const struct uf_peer *peer;

	if (!ifindex || !datagram->l3_offset)
		return NULL;
	peer = bpf_map_lookup_elem(&PEERS, &ifindex);
	if (!peer || datagram->ip_bytes > peer->mtu)
		return NULL;
	return bpf_map_lookup_elem(&PEER_DEVICES, &ifindex) ? peer : NULL;
}

/*
 * TC_ACT_REDIRECT, or TC_ACT_SHOT if the header cannot be written. The kernel does not look at the
 * header again (eth_type_trans has been), so the packet stays one for this host; the addresses are
 * for those in the pod who see frames. What veth_xmit takes from a packet on its way into another
 * namespace is taken from it here.
 */
static __always_inline long uf_redirect_to_peer(struct __sk_buff *skb, __u32 ifindex,
						const struct uf_peer *peer)
{
	if (bpf_skb_store_bytes(skb, offsetof(struct ethhdr, h_dest), peer->destination,
				2 * ETH_ALEN, 0))
		return TC_ACT_SHOT;
	/* Since Linux 5.11 the kernel does so by itself: skb_scrub_packet in net/core/skbuff.c. */
	if (uf_may_be_for_bridge(skb) && bpf_skb_change_type(skb, PACKET_HOST))
		return TC_ACT_SHOT;
	skb->mark = 0;
	uf_take_mark_off(skb);
	return bpf_redirect_peer(ifindex, 0);
}

#endif /* UDP_FANOUT_PEER_H */
