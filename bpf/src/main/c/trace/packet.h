/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a packet says of itself, read out of the kernel's buffer. */
#ifndef UDP_FANOUT_TRACE_PACKET_H
#define UDP_FANOUT_TRACE_PACKET_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "trace/event.h"
#include "trace/kernel.h"

#define UF_FRAGMENT_OFFSET 0x1fff

/* IPv4's header to the event; where the next header begins, or NULL if that is not UDP's. */
static __always_inline const void *uf_read_ipv4(const void *l3, struct uf_trace_event *event)
{
	struct iphdr ip;

	if (bpf_probe_read_kernel(&ip, sizeof(ip), l3))
		return NULL;
	event->family = 4;
	event->hops = ip.ttl;
	event->source[10] = event->source[11] = 0xff;
	event->destination[10] = event->destination[11] = 0xff;
	__builtin_memcpy(event->source + 12, &ip.saddr, 4);
	__builtin_memcpy(event->destination + 12, &ip.daddr, 4);
	event->protocol = ip.protocol;
	if (ip.protocol != IPPROTO_UDP || ip.frag_off & bpf_htons(UF_FRAGMENT_OFFSET))
		return NULL;
	return l3 + ip.ihl * 4;
}

/* As above. Extension headers are not looked behind: test datagrams have none. */
static __always_inline const void *uf_read_ipv6(const void *l3, struct uf_trace_event *event)
{
	struct ipv6hdr ip;

	if (bpf_probe_read_kernel(&ip, sizeof(ip), l3))
		return NULL;
	event->family = 6;
	event->hops = ip.hop_limit;
	__builtin_memcpy(event->source, &ip.saddr, 16);
	__builtin_memcpy(event->destination, &ip.daddr, 16);
	event->protocol = ip.nexthdr;
	return ip.nexthdr == IPPROTO_UDP ? l3 + sizeof(ip) : NULL;
}

/* The headers from l3 on to the event; where the payload begins, or NULL if it is no UDP. */
static __always_inline const void *uf_read_headers(const void *l3, struct uf_trace_event *event)
{
	const void *l4 = NULL;
	struct udphdr udp;
	__u8 version;

	if (bpf_probe_read_kernel(&version, sizeof(version), l3))
		return NULL;
	if (version >> 4 == 4)
		l4 = uf_read_ipv4(l3, event);
	else if (version >> 4 == 6)
		l4 = uf_read_ipv6(l3, event);
	if (!l4 || bpf_probe_read_kernel(&udp, sizeof(udp), l4))
		return NULL;
	event->source_port = udp.source;
	event->destination_port = udp.dest;
	return l4 + sizeof(udp);
}

/*
 * The types of errors, beside which there are questions and answers: destination unreachable, time
 * exceeded, parameter problem (RFC 792); those below 128 (RFC 4443 section 2.1).
 */
#define UF_TRACE_ICMP_ERRORS (1u << 3 | 1u << 11 | 1u << 12)
#define UF_TRACE_ICMP6_OTHERS 128

static __always_inline bool uf_is_icmp_error(bool ipv4, __u8 type)
{
	return ipv4 ? type < 32 && UF_TRACE_ICMP_ERRORS >> type & 1 : type < UF_TRACE_ICMP6_OTHERS;
}

/* Whether the packet that begins at l3 is an ICMP error: its type << 8 | code is the result. */
static __always_inline bool uf_read_icmp(const void *l3, struct uf_trace_event *event)
{
	const bool ipv4 = event->family == 4;
	__u8 length = 0;
	__u8 type_and_code[2];

	if (!event->family || event->protocol != (ipv4 ? IPPROTO_ICMP : IPPROTO_ICMPV6) ||
	    bpf_probe_read_kernel(&length, 1, l3))
		return false;
	l3 += ipv4 ? (length & 0xf) * 4 : (int)sizeof(struct ipv6hdr);
	if (bpf_probe_read_kernel(type_and_code, sizeof(type_and_code), l3))
		return false;
	event->result = type_and_code[0] << 8 | type_and_code[1];
	return uf_is_icmp_error(ipv4, type_and_code[0]);
}

#define UF_TRACE_ICMP_BYTES 8 /* what is before the quoted packet: RFC 792, RFC 4443 */

/* Where the packet begins that an ICMP error at l3 quotes; l3 itself if it is none. */
static __always_inline const void *uf_quoted(const void *l3)
{
	struct uf_trace_event outer = {};
	__u8 length = 0;

	uf_read_headers(l3, &outer);
	if (!uf_read_icmp(l3, &outer))
		return l3;
	bpf_probe_read_kernel(&length, 1, l3);
	return l3 + (outer.family == 4 ? (length & 0xf) * 4 : (int)sizeof(struct ipv6hdr)) +
	       UF_TRACE_ICMP_BYTES;
}

/* How long the packet at l3 says that it is, with its IP header. */
static __always_inline __u32 uf_read_ip_bytes(const void *l3)
{
	struct ipv6hdr header = {};

	if (bpf_probe_read_kernel(&header, sizeof(struct iphdr), l3))
		return 0;
	if (header.version == 4)
		return bpf_ntohs(((const struct iphdr *)&header)->tot_len);
	return bpf_ntohs(header.payload_len) + sizeof(header);
}

/* Whether the payload is that of a test datagram of this run, and of which. */
static __always_inline bool uf_read_tag(const void *payload, __u32 run, __u32 *sequence)
{
	struct uf_trace_tag tag;

	if (!payload || bpf_probe_read_kernel(&tag, sizeof(tag), payload))
		return false;
	*sequence = tag.sequence;
	return tag.magic == UF_TRACE_MAGIC && tag.run == run;
}

/* The network header where the stack has said where it is. */
static __always_inline const void *uf_l3(struct sk_buff *skb)
{
	return BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, network_header);
}

/* The device and its namespace to the event. */
static __always_inline void uf_read_device(struct net_device *device, struct uf_trace_event *event)
{
	if (!device)
		return;
	event->ifindex = BPF_CORE_READ(device, ifindex);
	event->netns = BPF_CORE_READ(device, nd_net.net, ns.inum);
	BPF_CORE_READ_STR_INTO(&event->device, device, name);
}

#endif /* UDP_FANOUT_TRACE_PACKET_H */
