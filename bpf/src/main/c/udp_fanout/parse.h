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

#include "datagram.h"
#include "ipv4.h"
#include "ipv6.h"

/*
 * Reads the headers of a UDP datagram over IP over Ethernet; false for everything else.
 *
 * VLAN-tagged packets belong to the VLAN's own interface, and a frame for another host is only seen
 * because the interface is promiscuous: not ours either.
 */
static __always_inline bool uf_parse(struct __sk_buff *skb, struct uf_datagram *datagram)
{
	if (skb->vlan_present || skb->pkt_type != PACKET_HOST)
		return false;
	datagram->l3_offset = ETH_HLEN;
	datagram->packets = skb->gso_segs ? skb->gso_segs : 1;
	if (skb->protocol == bpf_htons(ETH_P_IP))
		return uf_parse_ipv4(skb, datagram);
	if (skb->protocol == bpf_htons(ETH_P_IPV6))
		return uf_parse_ipv6(skb, datagram);
	return false;
}

#endif /* UDP_FANOUT_PARSE_H */
