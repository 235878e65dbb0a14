/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From the packet to what the rest of the program knows of it. */
#ifndef UDP_FANOUT_DATAGRAM_H
#define UDP_FANOUT_DATAGRAM_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* An address as the maps have it: IPv4 is v4-mapped. */
union uf_address {
	__u8 bytes[16];
	__be32 words[4];
	__u64 halves[2];
};

/* How much of a datagram a packet is. */
enum uf_part {
	UF_WHOLE,
	UF_FIRST_FRAGMENT, /* the ports are there, but not all of the payload */
	UF_LATER_FRAGMENT, /* no ports; only the identification binds it to the first */
};

struct uf_datagram {
	__u32 l3_offset; /* bytes from the start of the frame */
	__u32 l4_offset;
	__u32 packets; /* 1, or the segments of a GSO super-packet */
	__u32 ip_bytes; /* IP header and payload of the largest packet on the wire */
	__be32 identification; /* of a fragment; IPv4 has 16 bits */
	__be32 flow_info; /* IPv6: traffic class and flow label */
	__u16 ip_checksum; /* IPv4 */
	__u8 family; /* 4 or 6 */
	__u8 hops_left; /* TTL or hop limit */
	__u8 tos; /* IPv4 */
	__u8 next_header; /* IPv6: of the fixed header, not of the last extension */
	__u8 part; /* enum uf_part */
	__be16 source_port;
	__be16 destination_port;
	__be16 udp_bytes; /* UDP header and payload, as the header says */
	__u16 udp_checksum; /* 0: none */
	union uf_address source;
	union uf_address destination;
};

/*
 * Two values as they lie in memory one after the other. What is put together like this is written
 * in one piece: to read as one what was just written in several pieces makes the CPU wait until
 * they have left its store buffer.
 */
static __always_inline __u64 uf_join(__u32 first, __u32 second)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (__u64)second << 32 | first;
#else
	return (__u64)first << 32 | second;
#endif
}

/* What uf_join has put together. */
static __always_inline __u32 uf_first(__u64 joined)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return joined;
#else
	return joined >> 32;
#endif
}

static __always_inline __u32 uf_second(__u64 joined)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return joined >> 32;
#else
	return joined;
#endif
}

static __always_inline __u32 uf_join16(__u16 first, __u16 second)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (__u32)second << 16 | first;
#else
	return (__u32)first << 16 | second;
#endif
}

static __always_inline __u16 uf_join8(__u8 first, __u8 second)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (__u16)second << 8 | first;
#else
	return (__u16)first << 8 | second;
#endif
}

static __always_inline void uf_map_ipv4(union uf_address *mapped, __be32 ipv4)
{
	mapped->halves[0] = 0;
	mapped->halves[1] = uf_join(bpf_htonl(0xffff), ipv4);
}

static __always_inline bool uf_is_mapped_ipv4(const union uf_address *address)
{
	return !address->halves[0] && address->words[2] == bpf_htonl(0xffff);
}

/* Of two addresses in maps, which are aligned there. */
static __always_inline bool uf_same_address(const __u8 a[16], const __u8 b[16])
{
	const __u64 *left = (const __u64 *)a;
	const __u64 *right = (const __u64 *)b;

	return left[0] == right[0] && left[1] == right[1];
}

/*
 * The first "bytes" of the packet, for direct reading, or NULL if there are not so many. They may
 * lie in a page of their own: then they are copied to where the program can read them.
 */
static __always_inline void *uf_head(struct __sk_buff *skb, __u32 bytes)
{
	void *data = (void *)(long)skb->data;

	if (data + bytes <= (void *)(long)skb->data_end)
		return data;
	if (skb->len < bytes || bpf_skb_pull_data(skb, bytes))
		return NULL;
	data = (void *)(long)skb->data;
	return data + bytes <= (void *)(long)skb->data_end ? data : NULL;
}

/*
 * The UDP header behind an IP header of constant length, for direct reading; NULL if it lies in a
 * page of its own. "header" is a packet pointer to the IP header's end.
 */
static __always_inline const struct udphdr *uf_udp_behind(const struct __sk_buff *skb, void *header)
{
	return header + sizeof(struct udphdr) <= (void *)(long)skb->data_end ? header : NULL;
}

/*
 * How many datagrams a GSO super-packet is. What a virtual machine has put together says how large
 * they are, but not how many (virtio_net_hdr_to_skb in include/linux/virtio_net.h: gso_segs is 0
 * until the stack needs it), and is counted here as in __udp_gso_segment, net/ipv4/udp_offload.c.
 */
static __always_inline __u32 uf_segments(__u32 gso_segs, __u32 payload_bytes, __u32 gso_bytes)
{
	if (gso_segs || !payload_bytes)
		return gso_segs ? gso_segs : 1;
	return (payload_bytes + gso_bytes - 1) / gso_bytes;
}

/*
 * Reads the UDP header at l4_offset; false if it lies about its length. "near" is where it can be
 * read without a call; NULL where that is not known, as behind IP options and extension headers,
 * which put it at a variable offset.
 */
static __always_inline bool uf_parse_udp(struct __sk_buff *skb, struct uf_datagram *datagram,
					 __u32 l4_bytes, const struct udphdr *near)
{
	__u32 gso_bytes = skb->gso_size;
	__u32 ip_bytes = datagram->ip_bytes;
	__u32 packets = 1;
	struct udphdr udp;

	if (l4_bytes < sizeof(udp))
		return false;
	if (near)
		udp = *near;
	else if (bpf_skb_load_bytes(skb, datagram->l4_offset, &udp, sizeof(udp)))
		return false;
	if (bpf_ntohs(udp.len) < sizeof(udp) ||
	    (datagram->part == UF_WHOLE && bpf_ntohs(udp.len) > l4_bytes))
		return false;
	datagram->source_port = udp.source;
	datagram->destination_port = udp.dest;
	datagram->udp_bytes = udp.len;
	datagram->udp_checksum = udp.check;
	/* Of a GSO super-packet, one segment is what the wire gets to see. */
	if (gso_bytes) {
		packets = uf_segments(skb->gso_segs, l4_bytes - sizeof(udp), gso_bytes);
		ip_bytes = datagram->l4_offset - datagram->l3_offset + sizeof(udp) + gso_bytes;
	}
	/* Once, whatever it is, so that the verifier does not follow a super-packet by itself. */
	datagram->ip_bytes = ip_bytes;
	datagram->packets = packets;
	return true;
}

#endif /* UDP_FANOUT_DATAGRAM_H */
