/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The short way of an exporter's data, which are most of what it sends: see plain.h.
 */
#ifndef UDP_FANOUT_NETFLOW_PLAIN_H
#define UDP_FANOUT_NETFLOW_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "netflow_hold.h"
#include "netflow_templates.h"
#include "netflow_work.h"
#include "udp_fanout.h"

/* A message with more sets goes the long way. */
#define UF_MAX_PLAIN_SETS 8

/* The first words of a message: the longer header, and the first set's. */
#define UF_NETFLOW_FIRST_WORDS (UF_NETFLOW_V9_HEADER_BYTES / 4 + 1)

/*
 * Whether a set's data are for one receiver. "offset" is the message's, behind headers as
 * uf_read_plain takes them. Only ids that some exporter has used for options cost a look-up.
 */
static __always_inline bool uf_is_for_one(struct __sk_buff *skb, __u32 offset, __u16 id,
					  __u32 domain)
{
	const struct uf_options_ids *ids = uf_options_ids();
	struct uf_netflow_work *work;
	long error;

	if (!ids || id < UF_FIRST_TEMPLATE_ID)
		return false;
	if (!ids->is_used[uf_index_of(id)])
		return true;
	work = uf_netflow_work();
	if (!work)
		return false;
	work->exporter.domain = domain;
	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		__builtin_memset(work->exporter.address, 0, 10);
		work->exporter.address[10] = 0xff;
		work->exporter.address[11] = 0xff;
		error = bpf_skb_load_bytes(skb,
					   offset - sizeof(struct udphdr) - sizeof(struct iphdr) +
						   offsetof(struct iphdr, saddr),
					   work->exporter.address + 12, 4);
	} else {
		error = bpf_skb_load_bytes(skb,
					   offset - sizeof(struct udphdr) - sizeof(struct ipv6hdr) +
						   offsetof(struct ipv6hdr, saddr),
					   work->exporter.address, 16);
	}
	if (error || bpf_skb_load_bytes(
			     skb, offset - sizeof(struct udphdr) + offsetof(struct udphdr, source),
			     &work->exporter.port, sizeof(work->exporter.port)))
		return false;
	return !uf_options_template_of(work, id);
}

/*
 * Whether the message of so many bytes that begins at "offset" of the packet has nothing but data
 * for one receiver, or is none of NetFlow v9 or IPFIX, and its exporter's templates are not on
 * their way (uf_hold_index). What is not certain goes the long way. Not static, so that the
 * verifier looks at it once.
 */
__noinline int uf_has_plain_data(struct __sk_buff *skb, __u32 offset, __u32 bytes, __u32 hold_index)
{
	const struct uf_hold *hold = bpf_map_lookup_elem(&HOLDS, &hold_index);
	__be32 words[UF_NETFLOW_FIRST_WORDS];
	__u32 domain;
	__u32 set;
	__u32 at;
	__u32 i;

	if (!hold || hold->copies || bytes < sizeof(words) ||
	    bpf_skb_load_bytes(skb, offset, words, sizeof(words)))
		return false;
	switch (bpf_ntohl(words[0]) >> 16) {
	case UF_NETFLOW_V9:
		at = UF_NETFLOW_V9_HEADER_BYTES;
		domain = words[4];
		set = words[5];
		break;
	case UF_NETFLOW_IPFIX:
		if ((bpf_ntohl(words[0]) & 0xffff) != bytes)
			return false;
		at = UF_IPFIX_HEADER_BYTES;
		domain = words[3];
		set = words[4];
		break;
	default:
		return true;
	}
	for (i = 0; i < UF_MAX_PLAIN_SETS; i++) {
		const __u32 set_bytes = bpf_ntohl(set) & 0xffff;

		if (set_bytes < sizeof(set) || set_bytes > bytes - at ||
		    !uf_is_for_one(skb, offset, bpf_ntohl(set) >> 16, domain))
			return false;
		at += set_bytes;
		if (at >= bytes)
			return true;
		if (at + sizeof(set) > bytes ||
		    bpf_skb_load_bytes(skb, offset + at, &set, sizeof(set)))
			return false;
	}
	return false;
}

#endif /* UDP_FANOUT_NETFLOW_PLAIN_H */
