/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Makes a copy of a message one that has nothing but what is for all receivers: its data are the
 * one receiver's that gets the message itself.
 */
#ifndef UDP_FANOUT_NETFLOW_CUT_H
#define UDP_FANOUT_NETFLOW_CUT_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "checksum.h"
#include "datagram.h"
#include "netflow.h"
#include "netflow_work.h"

#define UF_CHECKSUM_CHUNK_BYTES 512 /* the most of bpf_csum_diff: MAX_BPF_STACK */

/*
 * Reads the headers of a copy, without extension headers, into NETFLOW_WORK; false if that is not
 * possible. Not static, so that its stack is its own.
 */
__noinline int uf_read_for_cut(struct __sk_buff *skb, __u32 l3_offset)
{
	struct uf_netflow_work *work = uf_netflow_work();
	struct uf_datagram *datagram;
	struct ipv6hdr ipv6;
	struct udphdr udp;
	struct iphdr ip;

	if (!work)
		return false;
	datagram = &work->cut;
	datagram->l3_offset = l3_offset;
	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		if (bpf_skb_load_bytes(skb, l3_offset, &ip, sizeof(ip)))
			return false;
		datagram->family = 4;
		datagram->l4_offset = l3_offset + 4u * ip.ihl;
		uf_map_ipv4(&datagram->source, ip.saddr);
		uf_map_ipv4(&datagram->destination, ip.daddr);
	} else {
		if (bpf_skb_load_bytes(skb, l3_offset, &ipv6, sizeof(ipv6)) ||
		    ipv6.nexthdr != IPPROTO_UDP)
			return false;
		datagram->family = 6;
		datagram->l4_offset = l3_offset + sizeof(ipv6);
		__builtin_memcpy(&datagram->source, &ipv6.saddr, sizeof(datagram->source));
		__builtin_memcpy(&datagram->destination, &ipv6.daddr,
				 sizeof(datagram->destination));
	}
	if (bpf_skb_load_bytes(skb, datagram->l4_offset, &udp, sizeof(udp)))
		return false;
	datagram->source_port = udp.source;
	datagram->destination_port = udp.dest;
	datagram->udp_bytes = udp.len;
	datagram->udp_checksum = udp.check;
	return true;
}

/* The sum of the message for all receivers; behind it are zeros. */
static __always_inline __u64 uf_shared_sum(struct uf_netflow_work *work)
{
	__u64 sum = 0;
	__u32 i;

	for (i = 0; i < UF_MAX_SHARED_BYTES / UF_CHECKSUM_CHUNK_BYTES; i++)
		sum += (__u32)bpf_csum_diff(
			NULL, 0, work->words + i * (UF_CHECKSUM_CHUNK_BYTES / sizeof(__u32)),
			UF_CHECKSUM_CHUNK_BYTES, 0);
	return sum;
}

/* The length in the IP header. */
static __always_inline long uf_cut_ip(struct __sk_buff *skb, const struct uf_datagram *datagram,
				      __be16 udp_bytes)
{
	const __u32 l3_offset = datagram->l3_offset;
	__be16 before;
	__be16 after;

	if (datagram->family == 6)
		return bpf_skb_store_bytes(skb, l3_offset + offsetof(struct ipv6hdr, payload_len),
					   &udp_bytes, sizeof(udp_bytes), BPF_F_RECOMPUTE_CSUM);
	if (bpf_skb_load_bytes(skb, l3_offset + offsetof(struct iphdr, tot_len), &before,
			       sizeof(before)))
		return -1;
	after = bpf_htons(datagram->l4_offset - l3_offset + bpf_ntohs(udp_bytes));
	return bpf_l3_csum_replace(skb, l3_offset + offsetof(struct iphdr, check), before, after,
				   sizeof(after)) ||
	       bpf_skb_store_bytes(skb, l3_offset + offsetof(struct iphdr, tot_len), &after,
				   sizeof(after), 0);
}

/*
 * The UDP header, with the checksum of what is left. Where the device may have to complete it, the
 * kernel's helper knows whether it has to: uf_edit_unfinished_udp.
 */
static __always_inline long uf_cut_udp(struct __sk_buff *skb, const struct uf_datagram *datagram,
				       __be16 udp_bytes, __u64 message_sum)
{
	const __u32 checksum = datagram->l4_offset + offsetof(struct udphdr, check);
	struct udphdr udp = {
		.source = datagram->source_port,
		.dest = datagram->destination_port,
		.len = udp_bytes,
	};
	__u64 sum = message_sum + uf_address_sum(&datagram->source) +
		    uf_address_sum(&datagram->destination) + bpf_htons(IPPROTO_UDP) + udp.source +
		    udp.dest + 2ull * udp_bytes;
	__u16 pseudo_change = uf_fold(uf_change16(0, datagram->udp_bytes, udp_bytes));
	long error;

	if (!datagram->udp_checksum || !uf_may_be_unfinished(skb, datagram)) {
		if (datagram->udp_checksum) {
			udp.check = ~uf_fold(sum);
			if (!udp.check)
				udp.check = 0xffff;
		}
		return bpf_skb_store_bytes(skb, datagram->l4_offset, &udp, sizeof(udp),
					   BPF_F_RECOMPUTE_CSUM);
	}
	/* What is finished after all becomes ~sum by the two steps together. */
	error = bpf_l4_csum_replace(skb, checksum, 0, pseudo_change,
				    BPF_F_PSEUDO_HDR | BPF_F_MARK_MANGLED_0);
	if (error)
		return error;
	error = bpf_l4_csum_replace(
		skb, checksum, 0,
		uf_fold(uf_fold(sum) + (__u64)datagram->udp_checksum + (__u16)~pseudo_change),
		BPF_F_MARK_MANGLED_0);
	if (error)
		return error;
	return bpf_skb_store_bytes(skb, datagram->l4_offset + offsetof(struct udphdr, len),
				   &udp_bytes, sizeof(udp_bytes), 0);
}

/*
 * Cuts a copy that has come round to what is for all receivers: 0, or -1 if that was not possible.
 * A message without data stays as it is. Not static, so that the verifier looks at it once.
 */
__noinline int uf_cut_to_shared(struct __sk_buff *skb, __u32 l3_offset)
{
	struct uf_netflow_work *work = uf_netflow_work();
	struct uf_datagram *datagram;
	__be16 udp_bytes;
	__u32 offset;
	__u32 bytes;
	int kind;

	if (!work || !uf_read_for_cut(skb, l3_offset))
		return -1;
	datagram = &work->cut;
	offset = datagram->l4_offset + sizeof(struct udphdr);
	uf_begin_netflow(work, &datagram->source, datagram->source_port);
	kind = uf_walk_netflow(skb, offset, bpf_ntohs(datagram->udp_bytes) - sizeof(struct udphdr),
			       UF_COLLECT);
	if (kind == UF_NETFLOW_SHARED)
		return 0;
	bytes = work->shared_bytes;
	if (kind != (UF_NETFLOW_SHARED | UF_NETFLOW_DATA) || bytes < UF_IPFIX_HEADER_BYTES ||
	    bytes > UF_MAX_SHARED_BYTES)
		return -1;
	work->fields[1] = bpf_htons(work->version == UF_NETFLOW_V9 ? work->shared_records : bytes);
	udp_bytes = bpf_htons(bytes + sizeof(struct udphdr));
	if (bpf_skb_store_bytes(skb, offset, work->message, bytes, BPF_F_RECOMPUTE_CSUM) ||
	    bpf_skb_change_tail(skb, offset + bytes, 0) || uf_cut_ip(skb, datagram, udp_bytes) ||
	    uf_cut_udp(skb, datagram, udp_bytes, uf_shared_sum(work)))
		return -1;
	return 0;
}

#endif /* UDP_FANOUT_NETFLOW_CUT_H */
