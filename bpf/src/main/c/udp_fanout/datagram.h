/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From the packet to what the rest of the program knows of it. */
#ifndef UDP_FANOUT_DATAGRAM_H
#define UDP_FANOUT_DATAGRAM_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define UF_IPV4_MORE_FRAGMENTS 0x2000 /* RFC 791 section 3.1 */
#define UF_IPV4_FRAGMENT_OFFSET 0x1fff

struct uf_datagram {
	__u32 l3_offset; /* bytes from the start of the frame */
	__u32 l4_offset;
	__u32 packets; /* 1, or the segments of a GSO super-packet */
	__u16 ip_bytes; /* IP header and payload of the largest packet on the wire */
	bool first_fragment; /* the ports are there, but not the whole datagram */
	struct iphdr ip;
	__be16 source_port;
	__be16 destination_port;
};

/* IP header and payload as they will be on the wire: of one segment, if the packet is a GSO one. */
static __always_inline __u16 uf_wire_bytes(const struct __sk_buff *skb,
					   const struct uf_datagram *datagram)
{
	__u32 gso_bytes = skb->gso_size;

	if (!gso_bytes)
		return bpf_ntohs(datagram->ip.tot_len);
	return datagram->l4_offset - datagram->l3_offset + sizeof(struct udphdr) + gso_bytes;
}

/*
 * Reads the headers of a UDP datagram over IPv4 over Ethernet. False for everything else, for a
 * fragment without ports and for a header that lies about its length: such packets are not ours.
 *
 * VLAN-tagged packets belong to the VLAN's own interface, and a frame for another host is only seen
 * because the interface is promiscuous: not ours either.
 */
static __always_inline bool uf_parse(struct __sk_buff *skb, struct uf_datagram *datagram)
{
	const __u32 least = ETH_HLEN + sizeof(struct iphdr) + sizeof(struct udphdr);
	struct udphdr udp;
	void *data, *end;
	__u32 ip_bytes;
	__u16 fragment;

	if (skb->protocol != bpf_htons(ETH_P_IP) || skb->vlan_present)
		return false;
	if (skb->pkt_type != PACKET_HOST || skb->len < least)
		return false;

	data = (void *)(long)skb->data;
	end = (void *)(long)skb->data_end;
	if (data + ETH_HLEN + sizeof(struct iphdr) > end) {
		/* The headers may lie in a page of their own; copy them where we can read them. */
		if (bpf_skb_pull_data(skb, least))
			return false;
		data = (void *)(long)skb->data;
		end = (void *)(long)skb->data_end;
		if (data + ETH_HLEN + sizeof(struct iphdr) > end)
			return false;
	}
	datagram->ip = *(struct iphdr *)(data + ETH_HLEN);

	if (datagram->ip.version != 4 || datagram->ip.ihl < 5 ||
	    datagram->ip.protocol != IPPROTO_UDP)
		return false;
	fragment = bpf_ntohs(datagram->ip.frag_off);
	if (fragment & UF_IPV4_FRAGMENT_OFFSET)
		return false;
	datagram->first_fragment = fragment & UF_IPV4_MORE_FRAGMENTS;

	datagram->l3_offset = ETH_HLEN;
	datagram->l4_offset = ETH_HLEN + datagram->ip.ihl * 4;
	ip_bytes = bpf_ntohs(datagram->ip.tot_len);
	if (ip_bytes < datagram->l4_offset - ETH_HLEN + sizeof(udp) ||
	    ip_bytes > skb->len - ETH_HLEN)
		return false;

	/* Not through the packet pointer: IP options put the UDP header at a variable offset. */
	if (bpf_skb_load_bytes(skb, datagram->l4_offset, &udp, sizeof(udp)))
		return false;
	if (bpf_ntohs(udp.len) < sizeof(udp) ||
	    (!datagram->first_fragment &&
	     bpf_ntohs(udp.len) > ip_bytes - (datagram->l4_offset - ETH_HLEN)))
		return false;
	datagram->source_port = udp.source;
	datagram->destination_port = udp.dest;
	datagram->packets = skb->gso_segs ? skb->gso_segs : 1;
	datagram->ip_bytes = uf_wire_bytes(skb, datagram);
	return true;
}

#endif /* UDP_FANOUT_DATAGRAM_H */
