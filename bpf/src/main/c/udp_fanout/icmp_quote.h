/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* ICMP_QUOTE: what an answer says of the packet that it answers, and its sum. */
#ifndef UDP_FANOUT_ICMP_QUOTE_H
#define UDP_FANOUT_ICMP_QUOTE_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "datagram.h"

#define UF_IPV4_MIN_MTU 68 /* RFC 791 */
#define UF_IPV6_MIN_MTU 1280 /* RFC 8200 section 5 */

/* Of the whole answer: RFC 1812 section 4.3.2.3, RFC 4443 section 2.4 (c). */
#define UF_ICMP_BYTES 576
#define UF_ICMP6_BYTES UF_IPV6_MIN_MTU

/* What the headers of the two have: linux/icmp.h and linux/icmpv6.h need a C library. */
struct uf_icmp4 {
	__u8 type;
	__u8 code;
	__u16 checksum;
	__be16 unused; /* 0 */
	__be16 mtu;
};

struct uf_icmp6 {
	__u8 type;
	__u8 code;
	__u16 checksum;
	__be32 mtu;
};

struct uf_icmp4_header {
	struct iphdr ip;
	struct uf_icmp4 icmp;
};

struct uf_icmp6_header {
	struct ipv6hdr ip;
	struct uf_icmp6 icmp;
};

#define UF_QUOTE_BYTES (UF_ICMP_BYTES - sizeof(struct uf_icmp4_header))
#define UF_QUOTE6_BYTES (UF_ICMP6_BYTES - sizeof(struct uf_icmp6_header))

/* How much bpf_csum_diff sums up in one call: MAX_BPF_STACK of linux/filter.h. */
#define UF_SUM_BYTES 512

/* What is to be answered, and how. */
struct uf_answer {
	union uf_address sender;
	union uf_address destination; /* where the sender has sent to */
	__u32 l3_offset;
	__u32 header_bytes; /* of IP, with options or extension headers: where UDP begins */
	__u32 mtu;
	__u32 quote_bytes;
	__u64 sum; /* of what is quoted */
	__be16 identification;
};

/* What is worked with: too large for the stack. */
struct uf_quote {
	struct uf_answer answer;
	struct bpf_fib_lookup way;
	__u8 bytes[UF_QUOTE6_BYTES]; /* what is quoted */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct uf_quote);
} ICMP_QUOTE SEC(".maps");

static __always_inline struct uf_quote *uf_new_quote(void)
{
	__u32 only = 0;

	return bpf_map_lookup_elem(&ICMP_QUOTE, &only);
}

_Static_assert(sizeof(struct uf_icmp4_header) == 28 && sizeof(struct uf_icmp6_header) == 48,
	       "no padding");
_Static_assert(UF_QUOTE6_BYTES > 2 * UF_SUM_BYTES && UF_QUOTE6_BYTES <= 3 * UF_SUM_BYTES,
	       "summed up in three calls");

/*
 * Whether the UDP checksum is one that the device is to complete. The helper knows, and leaves it
 * alone then: inet_proto_csum_replace4 in net/core/utils.c.
 */
static __always_inline bool uf_is_unfinished(struct __sk_buff *skb, __u32 offset, __u16 before)
{
	__u16 after = before;

	if (bpf_l4_csum_replace(skb, offset, 0, bpf_htons(1), sizeof(__u16)) ||
	    bpf_skb_load_bytes(skb, offset, &after, sizeof(after)))
		return false;
	if (after == before)
		return true;
	bpf_skb_store_bytes(skb, offset, &before, sizeof(before), 0);
	return false;
}

/* The sum of the next UF_SUM_BYTES of a quote, or of what there is: a multiple of 4. */
static __always_inline __u32 uf_sum_of(struct uf_quote *quote, __u64 from, __u64 bytes)
{
	__u64 piece = bytes - from;

	if (bytes <= from)
		return 0;
	if (piece > UF_SUM_BYTES)
		piece = UF_SUM_BYTES;
	asm volatile("" : "+r"(piece));
	if (piece > UF_QUOTE6_BYTES - from)
		return 0;
	return bpf_csum_diff(NULL, 0, (void *)(quote->bytes + from), piece, 0);
}

/*
 * Sums up what is quoted as it will be when it arrives. A checksum that the device is to complete
 * makes the sum over all that it covers, to the end of the packet, the complement of what stands in
 * its place before, whatever lies there: so only the headers in front of it are summed up.
 */
static __always_inline long uf_sum_quote(struct __sk_buff *skb, struct uf_quote *quote)
{
	struct uf_answer *answer = &quote->answer;
	const __u32 offset =
		answer->l3_offset + answer->header_bytes + offsetof(struct udphdr, check);
	__u64 bytes = answer->quote_bytes;
	__u16 checksum = 0;

	if (bpf_skb_load_bytes(skb, offset, &checksum, sizeof(checksum)))
		return -1;
	answer->sum = 0;
	if (uf_is_unfinished(skb, offset, checksum)) {
		bytes = answer->header_bytes;
		answer->sum = (__u16)~checksum;
	}
	/* The verifier is to know the very number that is compared. */
	asm volatile("" : "+r"(bytes));
	if (bytes < sizeof(struct iphdr) || bytes > sizeof(quote->bytes) ||
	    bpf_skb_load_bytes(skb, answer->l3_offset, quote->bytes, bytes))
		return -1;
	answer->sum += uf_sum_of(quote, 0, bytes);
	answer->sum += uf_sum_of(quote, UF_SUM_BYTES, bytes);
	answer->sum += uf_sum_of(quote, 2 * UF_SUM_BYTES, bytes);
	return 0;
}

#endif /* UDP_FANOUT_ICMP_QUOTE_H */
