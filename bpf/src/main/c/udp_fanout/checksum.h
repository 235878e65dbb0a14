/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The Internet checksum, kept up to date without reading what it covers: RFC 1624. */
#ifndef UDP_FANOUT_CHECKSUM_H
#define UDP_FANOUT_CHECKSUM_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/in.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "datagram.h"

/*
 * Adds a change of 16 bits, at an even place, to a sum of changes: what was goes out, what is comes
 * in.
 */
static __always_inline __u64 uf_change16(__u64 sum, __u16 before, __u16 after)
{
	return sum + (__u16)~before + after;
}

static __always_inline __u64 uf_change32(__u64 sum, __u32 before, __u32 after)
{
	return sum + (__u32)~before + after;
}

/* The one's complement sum in 16 bits: 2^16 counts as 1. */
static __always_inline __u16 uf_fold(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* RFC 1624, equation 3: HC' = ~(~HC + ~m + m'). */
static __always_inline __u16 uf_update_checksum(__u16 checksum, __u64 change)
{
	return ~uf_fold(change + (__u16)~checksum);
}

/*
 * The change that a new destination address makes. What makes an IPv4 address a mapped one adds
 * nothing, mod 2^16 - 1.
 */
static __always_inline __u64 uf_address_change(const union uf_address *before,
					       const union uf_address *after)
{
	__u64 sum = 0;

	sum = uf_change32(sum, before->words[0], after->words[0]);
	sum = uf_change32(sum, before->words[1], after->words[1]);
	sum = uf_change32(sum, before->words[2], after->words[2]);
	return uf_change32(sum, before->words[3], after->words[3]);
}

static __always_inline __u64 uf_address_sum(const union uf_address *address)
{
	return (__u64)address->words[0] + address->words[1] + address->words[2] + address->words[3];
}

/*
 * Whether the checksum may be one that the device is to complete (CHECKSUM_PARTIAL), which a
 * program is not told. Its field then holds the sum of the pseudo header and nothing else
 * (Documentation/networking/checksum-offloads.rst); a finished checksum is the same by accident,
 * once in 65,536 datagrams, and is then treated with the same care.
 */
static __always_inline bool uf_may_be_unfinished(const struct __sk_buff *skb,
						 const struct uf_datagram *datagram)
{
	__u64 sum = uf_address_sum(&datagram->source) + uf_address_sum(&datagram->destination) +
		    datagram->udp_bytes + bpf_htons(IPPROTO_UDP);

	return skb->gso_size || uf_fold(sum) == datagram->udp_checksum;
}

#endif /* UDP_FANOUT_CHECKSUM_H */
