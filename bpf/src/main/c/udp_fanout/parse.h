/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Is this a datagram that could be a listener's? */
#ifndef UDP_FANOUT_PARSE_H
#define UDP_FANOUT_PARSE_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "bridge_port.h"
#include "datagram.h"
#include "interface_group.h"
#include "ipv4.h"
#include "ipv6.h"

/* Of a tag's 16 bits; 0 says that there is a priority, but no VLAN. */
#define UF_VLAN_ID 0x0fff

/*
 * Whether a packet is of the interface's own network.
 *
 * A packet with a VLAN's tag belongs to the VLAN's own interface, on which it is seen without: a
 * listener of that VLAN stands there. A tag with a priority alone is the stack's to take off, and
 * ours. Behind a second tag there is no IP packet as far as this interface goes.
 */
static __always_inline bool uf_is_of_this_network(const struct __sk_buff *skb)
{
	/*
	 * Before Linux 6.2 vlan_tci is still that of a tag which the VLAN's interface has taken
	 * off: vlan_present tells.
	 */
	return !(skb->vlan_present && skb->vlan_tci & UF_VLAN_ID);
}

/*
 * Whether it is for this host, too. A frame for another host is only seen because the interface is
 * promiscuous, and what is for many hosts is no listener's: none of these is ours, unless the
 * interface is a port, and the frame goes up to its bridge.
 */
static __always_inline bool uf_is_for_this_host(const struct __sk_buff *skb)
{
	return uf_is_of_this_network(skb) &&
	       (skb->pkt_type == PACKET_HOST || uf_is_for_bridge(skb));
}

/* Whether it may be: which interfaces are ports is not looked up. */
static __always_inline bool uf_may_be_for_this_host(const struct __sk_buff *skb)
{
	return uf_is_of_this_network(skb) &&
	       (skb->pkt_type == PACKET_HOST || uf_may_be_for_bridge(skb));
}

/*
 * Whether it comes from a host that this one sends to: it is for this host, or a bridge hands it
 * on.
 */
static __always_inline bool uf_is_from_neighbour(const struct __sk_buff *skb)
{
	return uf_is_of_this_network(skb) && (skb->pkt_type == PACKET_HOST || uf_is_handed_on(skb));
}

/*
 * Reads the headers of a UDP datagram over IP; false for everything else.
 *
 * l3_offset is constant: where the hook sees IP begin, ETH_HLEN or, on devices without link layer,
 * 0.
 */
static __always_inline bool uf_parse_headers(struct __sk_buff *skb, __u32 l3_offset,
					     struct uf_datagram *datagram)
{
	datagram->l3_offset = l3_offset;
	datagram->packets = 1;
	if (skb->protocol == bpf_htons(ETH_P_IP))
		return uf_parse_ipv4(skb, datagram);
	if (skb->protocol == bpf_htons(ETH_P_IPV6))
		return uf_parse_ipv6(skb, datagram);
	return false;
}

/* The same of what a client may have sent: it is for this host. */
static __always_inline bool uf_parse(struct __sk_buff *skb, __u32 l3_offset,
				     struct uf_datagram *datagram)
{
	return uf_is_for_this_host(skb) && uf_parse_headers(skb, l3_offset, datagram);
}

/* The same of what an endpoint may have answered. */
static __always_inline bool uf_parse_answer(struct __sk_buff *skb, __u32 l3_offset,
					    struct uf_datagram *datagram)
{
	return uf_is_from_neighbour(skb) && uf_parse_headers(skb, l3_offset, datagram);
}

#endif /* UDP_FANOUT_PARSE_H */
