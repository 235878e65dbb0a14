/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Tells a sender that its packet is too big: ICMP "fragmentation needed" (RFC 792, RFC 1191) and
 * ICMPv6 "packet too big" (RFC 4443 section 3.2).
 *
 * The packet itself becomes the answer: cut behind what is quoted, with an IP and an ICMP header in
 * front of the old IP header, which stays as the sender sent it. The answer comes from where the
 * packet was sent to, the one address of this node that the sender has dealt with: a firewall or a
 * NAT on the way lets it through, and a strict reverse path filter finds it where it belongs.
 */
#ifndef UDP_FANOUT_ICMP_H
#define UDP_FANOUT_ICMP_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "bridge_port.h"
#include "checksum.h"
#include "datagram.h"
#include "icmp_credit.h"
#include "icmp_quote.h"
#include "local.h"
#include "mark.h"
#include "next_hop.h"
#include "path_mtu.h"
#include "source.h"

#define UF_ICMP_UNREACHABLE 3 /* RFC 792 */
#define UF_ICMP_FRAGMENTATION_NEEDED 4 /* its code */
#define UF_ICMP6_TOO_BIG 2 /* RFC 4443 section 3.2 */
#define UF_ICMP_TTL 64
#define UF_ICMP_TOS 0xc0 /* RFC 1812 section 4.3.2.5: internetwork control */
/* Cuts the packet behind what is quoted, and makes room for headers in front of it. */
static __always_inline long uf_make_headroom(struct __sk_buff *skb, const struct uf_answer *answer,
					     __u32 header_bytes)
{
	return bpf_skb_change_tail(skb, answer->l3_offset + answer->quote_bytes, 0) ||
	       bpf_skb_adjust_room(skb, header_bytes, BPF_ADJ_ROOM_MAC, 0);
}

static __always_inline long uf_write_icmp4(struct __sk_buff *skb, const struct uf_answer *answer)
{
	struct uf_icmp4_header header = {
		.ip = {
			.version = 4,
			.ihl = sizeof(struct iphdr) / 4,
			.tos = UF_ICMP_TOS,
			.tot_len = bpf_htons(sizeof(header) + answer->quote_bytes),
			.id = answer->identification,
			.ttl = UF_ICMP_TTL,
			.protocol = IPPROTO_ICMP,
			.saddr = answer->destination.words[3],
			.daddr = answer->sender.words[3],
		},
		.icmp = {
			.type = UF_ICMP_UNREACHABLE,
			.code = UF_ICMP_FRAGMENTATION_NEEDED,
			.mtu = bpf_htons(answer->mtu),
		},
	};
	const __u32 *words = (const __u32 *)&header;

	header.ip.check = ~uf_fold((__u64)words[0] + words[1] + words[2] + words[3] + words[4]);
	header.icmp.checksum = ~uf_fold(answer->sum + words[5] + words[6]);
	return uf_make_headroom(skb, answer, sizeof(header)) ||
	       bpf_skb_store_bytes(skb, answer->l3_offset, &header, sizeof(header),
				   BPF_F_RECOMPUTE_CSUM);
}

static __always_inline long uf_write_icmp6(struct __sk_buff *skb, const struct uf_answer *answer)
{
	const __u32 bytes = sizeof(struct uf_icmp6) + answer->quote_bytes;
	struct uf_icmp6_header header = {
		.ip = {
			.version = 6,
			.payload_len = bpf_htons(bytes),
			.nexthdr = IPPROTO_ICMPV6,
			.hop_limit = UF_ICMP_TTL,
		},
		.icmp = {
			.type = UF_ICMP6_TOO_BIG,
			.mtu = bpf_htonl(answer->mtu),
		},
	};
	const __u32 *icmp = (const __u32 *)&header.icmp;
	__u64 sum = answer->sum;

	__builtin_memcpy(&header.ip.saddr, &answer->destination, sizeof(header.ip.saddr));
	__builtin_memcpy(&header.ip.daddr, &answer->sender, sizeof(header.ip.daddr));
	sum += uf_address_sum(&answer->sender) + uf_address_sum(&answer->destination);
	sum += bpf_htonl(bytes) + (__u64)bpf_htonl(IPPROTO_ICMPV6) + icmp[0] + icmp[1];
	header.icmp.checksum = ~uf_fold(sum);
	return uf_make_headroom(skb, answer, sizeof(header)) ||
	       bpf_skb_store_bytes(skb, answer->l3_offset, &header, sizeof(header),
				   BPF_F_RECOMPUTE_CSUM);
}

/* As much as is quoted of so many bytes: a multiple of 4, which IP headers are too. */
static __always_inline __u32 uf_quote_bytes(__u32 ip_bytes, __u32 most)
{
	return (ip_bytes > most ? most : ip_bytes) & ~3u;
}

/* RFC 4291 section 2.5.6. Such a packet must not be forwarded, so it does not come this far
 * rightly. */
static __always_inline bool uf_is_link_local(const union uf_address *address)
{
	return (address->words[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000);
}

/* Reads what is to be answered; false if there must be no answer to it: RFC 1122 section 3.2.2. */
static __always_inline bool uf_describe_answer(struct __sk_buff *skb, struct uf_answer *answer)
{
	struct ipv6hdr ipv6;
	struct iphdr ip;

	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		if (bpf_skb_load_bytes(skb, answer->l3_offset, &ip, sizeof(ip)))
			return false;
		uf_map_ipv4(&answer->sender, ip.saddr);
		uf_map_ipv4(&answer->destination, ip.daddr);
		answer->identification = ip.id;
		answer->quote_bytes = uf_quote_bytes(bpf_ntohs(ip.tot_len), UF_QUOTE_BYTES);
		if (answer->mtu < UF_IPV4_MIN_MTU)
			return false;
	} else {
		if (bpf_skb_load_bytes(skb, answer->l3_offset, &ipv6, sizeof(ipv6)))
			return false;
		__builtin_memcpy(&answer->sender, &ipv6.saddr, sizeof(answer->sender));
		__builtin_memcpy(&answer->destination, &ipv6.daddr, sizeof(answer->destination));
		answer->quote_bytes =
			uf_quote_bytes(sizeof(ipv6) + bpf_ntohs(ipv6.payload_len), UF_QUOTE6_BYTES);
		if (answer->mtu < UF_IPV6_MIN_MTU)
			return false;
	}
	return answer->header_bytes + sizeof(struct udphdr) <= answer->quote_bytes &&
	       !uf_is_no_host(&answer->sender) && !uf_is_link_local(&answer->sender);
}

/* Has the answer sent to the sender, as the FIB says; TC_ACT_SHOT if it knows no way. */
static __always_inline int uf_send_answer(struct __sk_buff *skb, struct uf_quote *quote)
{
	const struct uf_answer *answer = &quote->answer;
	const bool is_ipv4 = uf_is_mapped_ipv4(&answer->sender);
	struct bpf_fib_lookup *way = &quote->way;
	struct uf_next_hop hop = {};
	long found;

	__builtin_memset(way, 0, sizeof(*way));
	way->family = is_ipv4 ? UF_AF_INET : UF_AF_INET6;
	way->l4_protocol = is_ipv4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	way->ifindex = uf_ip_interface(skb);
	if (is_ipv4) {
		way->ipv4_src = answer->destination.words[3];
		way->ipv4_dst = answer->sender.words[3];
	} else {
		__builtin_memcpy(way->ipv6_src, &answer->destination, sizeof(way->ipv6_src));
		__builtin_memcpy(way->ipv6_dst, &answer->sender, sizeof(way->ipv6_dst));
	}
	found = bpf_fib_lookup(skb, way, sizeof(*way), 0);
	if ((found != BPF_FIB_LKUP_RET_SUCCESS && found != BPF_FIB_LKUP_RET_NO_NEIGH) ||
	    uf_prepare_link_header(skb, answer->l3_offset))
		return TC_ACT_SHOT;
	uf_set_hop(&hop, way);
	/* struct uf_passed_note: where the answer leaves. */
	skb->cb[4] = hop.ifindex;
	return uf_redirect(&hop, false);
}

/* Makes a packet an answer to its sender, and sends it: as uf_answer_too_big. */
static __noinline int uf_answer(struct __sk_buff *skb, __u32 offsets, __u32 mtu, bool by_stack)
{
	struct uf_quote *quote = uf_new_quote();
	struct uf_icmp_peer peer = {};
	struct uf_answer *answer;
	long error;

	if (!quote)
		return TC_ACT_SHOT;
	answer = &quote->answer;
	answer->l3_offset = offsets & 0xffff;
	answer->header_bytes = (offsets >> 16) - answer->l3_offset;
	answer->mtu = mtu;
	/*
	 * Of its own address the kernel learns a path MTU only if it is less than that of the
	 * interface which has the address: rt6_insert_exception in net/ipv6/route.c.
	 */
	if (mtu > UF_IPV6_MIN_MTU)
		answer->mtu -= uf_is_by_loopback(skb);
	if (!uf_describe_answer(skb, answer) ||
	    bpf_skb_load_bytes(skb, offsets >> 16, &peer.port, sizeof(peer.port)))
		return TC_ACT_SHOT;
	peer.address = answer->sender;
	if (!uf_may_answer(&peer) || uf_sum_quote(skb, quote))
		return TC_ACT_SHOT;
	error = skb->protocol == bpf_htons(ETH_P_IP) ? uf_write_icmp4(skb, answer)
						     : uf_write_icmp6(skb, answer);
	if (error)
		return TC_ACT_SHOT;
	uf_take_mark_off(skb);
	return by_stack ? bpf_redirect(skb->ifindex, BPF_F_INGRESS) : uf_send_answer(skb, quote);
}

/* Where IP begins, and where UDP, in one number: a function has five parameters. */
static __always_inline __u32 uf_join_offsets(const struct uf_datagram *datagram)
{
	return datagram->l4_offset << 16 | datagram->l3_offset;
}

/*
 * Answers a packet that is too big for "mtu", and notes for the listener whether that was possible:
 * TC_ACT_REDIRECT, or TC_ACT_SHOT if there is no answer. In both cases nothing is left of the
 * packet. Not static, so that the verifier looks at it once, for any numbers.
 *
 * By the stack, the answer comes in by the interface at which the packet is.
 */
__noinline int uf_answer_too_big(struct __sk_buff *skb, __u32 offsets, __u32 mtu, __u32 slot,
				 __u32 by_stack)
{
	struct uf_path_mtu *account = uf_path_mtu_of(slot);
	int action;

	if (!account)
		return TC_ACT_SHOT;
	action = uf_answer(skb, offsets, mtu, by_stack);
	if (action == TC_ACT_REDIRECT)
		account->answers++;
	else
		account->answers_withheld++;
	return action;
}

#endif /* UDP_FANOUT_ICMP_H */
