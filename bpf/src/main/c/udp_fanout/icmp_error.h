/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading an ICMP error: RFC 792, RFC 4443 section 2.4. It quotes the beginning of the packet that
 * it is about.
 */
#ifndef UDP_FANOUT_ICMP_ERROR_H
#define UDP_FANOUT_ICMP_ERROR_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "ipv4.h"
#include "ipv6.h"
#include "parse.h"
#include "udp_fanout.h"

/* RFC 792: destination unreachable, "fragmentation needed" included; time exceeded; bad header. */
#define UF_ICMP_ERROR_TYPES (1u << 3 | 1u << 11 | 1u << 12)
/* RFC 4443: the same, and packet too big. */
#define UF_ICMP6_ERROR_TYPES (1u << 1 | 1u << 2 | 1u << 3 | 1u << 4)

/* RFC 792: type 3, code 3. RFC 4443 section 3.1: type 1, code 4. */
#define UF_ICMP_PORT_UNREACHABLE (3u << 8 | 3u)
#define UF_ICMP6_PORT_UNREACHABLE (1u << 8 | 4u)

struct uf_icmp_header {
	__u8 type;
	__u8 code;
	__u16 checksum;
	__be32 rest;
};

struct uf_icmp_error {
	__u32 l3_offset; /* bytes from the start of the frame, as all of them */
	__u32 icmp_offset;
	__u32 quote_offset; /* of the IP header that is quoted */
	__u32 udp_offset; /* of the UDP header that is quoted */
	__u8 family; /* 4 or 6 */
	__u8 hops_left;
	__u8 tos; /* IPv4 */
	__u8 is_port_unreachable; /* 1: the host has no socket at the port */
	__u16 ip_checksum; /* IPv4 */
	__u16 checksum; /* of the error */
	__u16 quoted_ip_checksum; /* IPv4 */
	union uf_address source; /* who reports it */
	union uf_address client; /* who is told: the source of what is quoted */
	struct uf_origin_key endpoint; /* the destination of what is quoted */
	struct udphdr udp; /* as quoted */
};

/*
 * The quoted UDP header. "end" is where the error ends, which a short quote may come to before its
 * ports.
 */
static __always_inline bool uf_parse_quoted_udp(struct __sk_buff *skb, struct uf_icmp_error *error,
						__u32 end)
{
	if (error->udp_offset + sizeof(error->udp) > end || end > skb->len ||
	    bpf_skb_load_bytes(skb, error->udp_offset, &error->udp, sizeof(error->udp)))
		return false;
	error->endpoint.port = error->udp.dest;
	error->endpoint.family = error->family;
	return true;
}

static __always_inline bool uf_parse_icmp_error4(struct __sk_buff *skb, struct uf_icmp_error *error)
{
	struct {
		struct uf_icmp_header icmp;
		struct iphdr ip;
	} message;
	union uf_address endpoint;
	const struct iphdr *ip;
	__u32 header_bytes;
	__u32 end;
	void *head;

	head = uf_head(skb, error->l3_offset + sizeof(*ip));
	if (!head)
		return false;
	ip = head + error->l3_offset;
	if (ip->protocol != IPPROTO_ICMP || ip->version != 4 || ip->ihl < 5 ||
	    ip->frag_off & bpf_htons(UF_IPV4_MORE_FRAGMENTS | UF_IPV4_FRAGMENT_OFFSET))
		return false;
	error->family = 4;
	error->hops_left = ip->ttl;
	error->tos = ip->tos;
	error->ip_checksum = ip->check;
	uf_map_ipv4(&error->source, ip->saddr);
	uf_map_ipv4(&error->client, ip->daddr);
	header_bytes = ip->ihl * 4;
	end = error->l3_offset + bpf_ntohs(ip->tot_len);
	error->icmp_offset = error->l3_offset + header_bytes;
	error->quote_offset = error->icmp_offset + sizeof(message.icmp);

	if (bpf_skb_load_bytes(skb, error->icmp_offset, &message, sizeof(message)))
		return false;
	if (message.icmp.type > 31 || !(1u << message.icmp.type & UF_ICMP_ERROR_TYPES))
		return false;
	if (message.ip.protocol != IPPROTO_UDP || message.ip.version != 4 || message.ip.ihl < 5 ||
	    message.ip.frag_off & bpf_htons(UF_IPV4_FRAGMENT_OFFSET) ||
	    message.ip.saddr != error->client.words[3])
		return false;
	error->is_port_unreachable =
		((__u32)message.icmp.type << 8 | message.icmp.code) == UF_ICMP_PORT_UNREACHABLE;
	error->checksum = message.icmp.checksum;
	error->quoted_ip_checksum = message.ip.check;
	error->udp_offset = error->quote_offset + message.ip.ihl * 4;
	uf_map_ipv4(&endpoint, message.ip.daddr);
	__builtin_memcpy(error->endpoint.address, &endpoint, sizeof(error->endpoint.address));
	return uf_parse_quoted_udp(skb, error, end);
}

static __always_inline bool uf_parse_icmp_error6(struct __sk_buff *skb, struct uf_icmp_error *error)
{
	struct {
		struct uf_icmp_header icmp;
		struct ipv6hdr ip;
	} message;
	struct uf_datagram quoted = { .part = UF_WHOLE };
	union uf_address sender;
	const struct ipv6hdr *ip;
	int udp_offset;
	__u32 end;
	void *head;

	head = uf_head(skb, error->l3_offset + sizeof(*ip));
	if (!head)
		return false;
	ip = head + error->l3_offset;
	if (ip->nexthdr != IPPROTO_ICMPV6 || ip->version != 6)
		return false;
	error->family = 6;
	error->hops_left = ip->hop_limit;
	__builtin_memcpy(&error->source, &ip->saddr, sizeof(error->source));
	__builtin_memcpy(&error->client, &ip->daddr, sizeof(error->client));
	error->icmp_offset = error->l3_offset + sizeof(*ip);
	error->quote_offset = error->icmp_offset + sizeof(message.icmp);
	end = error->icmp_offset + bpf_ntohs(ip->payload_len);

	if (bpf_skb_load_bytes(skb, error->icmp_offset, &message, sizeof(message)))
		return false;
	if (message.icmp.type > 31 || !(1u << message.icmp.type & UF_ICMP6_ERROR_TYPES))
		return false;
	__builtin_memcpy(&sender, &message.ip.saddr, sizeof(sender));
	if (message.ip.version != 6 || sender.halves[0] != error->client.halves[0] ||
	    sender.halves[1] != error->client.halves[1])
		return false;
	error->is_port_unreachable =
		((__u32)message.icmp.type << 8 | message.icmp.code) == UF_ICMP6_PORT_UNREACHABLE;
	error->checksum = message.icmp.checksum;
	__builtin_memcpy(error->endpoint.address, &message.ip.daddr,
			 sizeof(error->endpoint.address));
	udp_offset = uf_skip_extensions(skb, &quoted, error->quote_offset + sizeof(message.ip),
					message.ip.nexthdr);
	if (udp_offset < 0 || quoted.part == UF_LATER_FRAGMENT)
		return false;
	error->udp_offset = udp_offset;
	return uf_parse_quoted_udp(skb, error, end);
}

/*
 * Reads an ICMP error about a UDP datagram that the error's receiver is said to have sent; false
 * for everything else, also where the ports are not quoted. Whose frame it is: as uf_parse.
 */
static __always_inline bool uf_parse_icmp_error(struct __sk_buff *skb, __u32 l3_offset,
						struct uf_icmp_error *error)
{
	if (!uf_is_from_neighbour(skb))
		return false;
	error->l3_offset = l3_offset;
	if (skb->protocol == bpf_htons(ETH_P_IP))
		return uf_parse_icmp_error4(skb, error);
	if (skb->protocol == bpf_htons(ETH_P_IPV6))
		return uf_parse_icmp_error6(skb, error);
	return false;
}

#endif /* UDP_FANOUT_ICMP_ERROR_H */
