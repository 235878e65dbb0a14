/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ICMP errors about datagrams that we have readdressed: a router with a smaller MTU, an endpoint
 * without a socket. They quote the endpoint, of which the client knows nothing. So what is quoted
 * gets the destination back that the client has sent to.
 *
 * Two ways lead on, as for replies. By the stack, where the stack has changed the destination
 * before: its connection tracking finds the flow by what is quoted, and translates further. It is
 * to see the error only now, as one that comes in at the dummy interface: of what a bridge hands up
 * it may have seen the quote as it was (the sysctl bridge-nf-call-iptables). By the next hop
 * otherwise: the stack tracks no such flow, and kube-proxy drops what belongs to none.
 *
 * Either way the error comes from the address that the client has sent to, as connection tracking
 * has it too: the endpoint's own may be one that the client's network takes for a forgery, as the
 * reverse path filter of the dummy interface does.
 *
 * What is quoted does not tell which of several addresses the client has sent to, a Service's VIP
 * or its ClusterIP. Then it gets the error once for each, at most UF_MAX_ORIGINS_OF_ENDPOINT times:
 * a stack has no use for an error about an address that it has sent nothing to. The copies come in
 * once more, one after the other.
 *
 * Nothing else is multiplied and nothing is made: who forges an error gets no further than without
 * us.
 */
#ifndef UDP_FANOUT_ICMP_BACK_H
#define UDP_FANOUT_ICMP_BACK_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "bridge_port.h"
#include "checksum.h"
#include "datagram.h"
#include "icmp_error.h"
#include "mark.h"
#include "next_hop.h"
#include "origin.h"
#include "own_socket.h"
#include "udp_fanout.h"
#include "unreachable.h"

/* Of all listeners together. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct uf_icmp_errors);
} ICMP_ERRORS SEC(".maps");

/* From the TTL to the source: struct iphdr. */
struct uf_ipv4_sender {
	__u8 ttl;
	__u8 protocol;
	__u16 checksum;
	__be32 source;
};

/* From the hop limit to the source: struct ipv6hdr. */
struct uf_ipv6_sender {
	__u8 hop_limit;
	union uf_address source __attribute__((packed));
} __attribute__((packed));

static __always_inline long uf_put(struct __sk_buff *skb, __u32 offset, const void *bytes,
				   __u32 length)
{
	return bpf_skb_store_bytes(skb, offset, bytes, length, BPF_F_RECOMPUTE_CSUM);
}

/*
 * Gives what is quoted its destination back, and adds what that changes to "sum", for the error's
 * checksum, which covers it. Its TTL and its checksums' being right or wrong stay as they are.
 */
static __always_inline long uf_translate_quote(struct __sk_buff *skb,
					       const struct uf_icmp_error *error,
					       const struct uf_origin *origin, __u64 *sum)
{
	const bool is_ipv4 = error->family == 4;
	const __u32 address_offset =
		is_ipv4 ? offsetof(struct iphdr, daddr) : offsetof(struct ipv6hdr, daddr);
	struct udphdr udp = error->udp;
	union uf_address before;
	union uf_address after;
	__u64 address;
	__u16 checksum;

	__builtin_memcpy(&before, error->endpoint.address, sizeof(before));
	__builtin_memcpy(&after, origin->address, sizeof(after));
	address = uf_address_change(&before, &after);
	*sum += address;
	if (is_ipv4) {
		checksum = uf_update_checksum(error->quoted_ip_checksum, address);
		*sum = uf_change16(*sum, error->quoted_ip_checksum, checksum);
		if (uf_put(skb, error->quote_offset + offsetof(struct iphdr, check), &checksum,
			   sizeof(checksum)) ||
		    uf_put(skb, error->quote_offset + address_offset, &after.words[3],
			   sizeof(after.words[3])))
			return -1;
	} else if (uf_put(skb, error->quote_offset + address_offset, &after, sizeof(after))) {
		return -1;
	}
	udp.dest = origin->port;
	if (udp.check) {
		udp.check = uf_update_checksum(udp.check,
					       uf_change16(address, error->udp.dest, udp.dest));
		/* RFC 768: zero says that there is none. */
		if (!udp.check)
			udp.check = 0xffff;
	}
	*sum = uf_change16(*sum, error->udp.dest, udp.dest);
	*sum = uf_change16(*sum, error->udp.check, udp.check);
	return uf_put(skb, error->udp_offset, &udp, sizeof(udp));
}

/*
 * Has the error come from where the client has sent to, "hops" nearer to its end. Adds what that
 * changes to "sum": ICMPv6's checksum covers the source.
 */
static __always_inline long uf_change_reporter(struct __sk_buff *skb,
					       const struct uf_icmp_error *error,
					       const struct uf_origin *origin, __u8 hops,
					       __u64 *sum)
{
	const __u8 left = error->hops_left - hops;
	struct uf_ipv4_sender ipv4;
	struct uf_ipv6_sender ipv6;
	union uf_address after;
	__u64 change;

	__builtin_memcpy(&after, origin->address, sizeof(after));
	change = uf_address_change(&error->source, &after);
	if (error->family == 6) {
		*sum += change;
		ipv6.hop_limit = left;
		ipv6.source = after;
		return uf_put(skb, error->l3_offset + offsetof(struct ipv6hdr, hop_limit), &ipv6,
			      sizeof(ipv6));
	}
	change = uf_change16(change, bpf_htons((__u16)error->hops_left << 8),
			     bpf_htons((__u16)left << 8));
	ipv4.ttl = left;
	ipv4.protocol = IPPROTO_ICMP;
	ipv4.checksum = uf_update_checksum(error->ip_checksum, change);
	ipv4.source = after.words[3];
	return uf_put(skb, error->l3_offset + offsetof(struct iphdr, ttl), &ipv4, sizeof(ipv4));
}

/* Has the stack receive the error where its datagram had come from. */
static __always_inline int uf_error_to_stack(struct __sk_buff *skb, const struct uf_origin *origin)
{
	struct ethhdr link = { .h_proto = skb->protocol };

	__builtin_memcpy(link.h_dest, origin->hardware_address, sizeof(link.h_dest));
	__builtin_memcpy(link.h_source, origin->hardware_address, sizeof(link.h_source));
	if (bpf_skb_store_bytes(skb, 0, &link, sizeof(link), 0))
		return TC_ACT_SHOT;
	return bpf_redirect(origin->ifindex, BPF_F_INGRESS);
}

/* Whether there is a way to the client, which is filled in then. */
static __always_inline bool uf_find_client(struct __sk_buff *skb, const struct uf_icmp_error *error,
					   const struct uf_origin *origin, struct uf_next_hop *hop)
{
	const bool is_ipv4 = error->family == 4;
	struct bpf_fib_lookup fib = {
		.family = is_ipv4 ? UF_AF_INET : UF_AF_INET6,
		.l4_protocol = is_ipv4 ? IPPROTO_ICMP : IPPROTO_ICMPV6,
		.ifindex = uf_ip_interface(skb),
	};
	long answer;

	if (is_ipv4) {
		fib.tos = error->tos;
		__builtin_memcpy(&fib.ipv4_src, origin->address + 12, sizeof(fib.ipv4_src));
		fib.ipv4_dst = error->client.words[3];
	} else {
		__builtin_memcpy(fib.ipv6_src, origin->address, sizeof(fib.ipv6_src));
		__builtin_memcpy(fib.ipv6_dst, &error->client, sizeof(fib.ipv6_dst));
	}
	answer = bpf_fib_lookup(skb, &fib, sizeof(fib), 0);
	if (answer != BPF_FIB_LKUP_RET_SUCCESS && answer != BPF_FIB_LKUP_RET_NO_NEIGH)
		return false;
	hop->ifindex = fib.ifindex;
	hop->neighbour.nh_family = fib.family;
	if (fib.family == UF_AF_INET6)
		__builtin_memcpy(hop->neighbour.ipv6_nh, fib.ipv6_dst, sizeof(fib.ipv6_dst));
	else
		hop->neighbour.ipv4_nh = fib.ipv4_dst;
	return true;
}

/* Edits the error; a negative errno if the kernel could not. */
static __always_inline long uf_edit_error(struct __sk_buff *skb, const struct uf_icmp_error *error,
					  const struct uf_origin *origin)
{
	/* The stack forwards it, so it takes the hop off. */
	const __u8 hops = origin->ifindex ? 0 : 1;
	__u16 checksum;
	__u64 sum = 0;

	if (uf_translate_quote(skb, error, origin, &sum) ||
	    uf_change_reporter(skb, error, origin, hops, &sum))
		return -1;
	checksum = uf_update_checksum(error->checksum, sum);
	return uf_put(skb, error->icmp_offset + offsetof(struct uf_icmp_header, checksum),
		      &checksum, sizeof(checksum)) ||
	       uf_prepare_link_header(skb, error->l3_offset);
}

/*
 * Where a client has sent a datagram that went to an endpoint; false if nobody of ours has
 * readdressed it, or if nobody is to be told. "is_last" says whether no other answer follows.
 */
static __always_inline bool uf_find_origin(const struct uf_icmp_error *error, __u32 before,
					   struct uf_origin *origin, bool *is_last)
{
	*is_last = true;
	if (uf_origin_of_flow(&error->client, error->udp.source, &error->endpoint, origin))
		return true;
	if (!uf_origin_after(&error->endpoint, before, origin))
		return false;
	*is_last = !uf_has_origin_after(&error->endpoint, before + 1);
	return true;
}

/* Has a copy come in once more, for the origin that so many others come before. */
static __always_inline void uf_send_round(struct __sk_buff *skb, __u32 before)
{
	uf_sign(skb);
	uf_set_mark(skb, UF_MARK_ORIGIN + before);
	/* Without the copy the client learns of the others by the next error. */
	bpf_clone_redirect(skb, skb->ifindex, BPF_F_INGRESS);
	uf_take_mark_off(skb);
}

/* What the hook is to return for a packet that may be an error about a datagram of ours. */
static __always_inline int uf_run_icmp(struct __sk_buff *skb, __u32 l3_offset)
{
	const __u32 before = uf_origins_before(skb);
	/* A copy is for one origin, and nobody else's. */
	const int unchanged = before ? TC_ACT_SHOT : TC_ACT_UNSPEC;
	struct uf_icmp_error error = {};
	struct uf_next_hop hop = {};
	struct uf_icmp_errors *account;
	int action = TC_ACT_SHOT;
	struct uf_origin origin;
	const __u32 only = 0;
	bool is_last;

	if (!uf_parse_icmp_error(skb, l3_offset, &error))
		return unchanged;
	uf_note_unreachable(&error);
	if (!uf_find_origin(&error, before, &origin, &is_last) || uf_is_of_own_socket(skb, &error))
		return unchanged;
	/* Without a way, or at its last hop, it is the stack's to deal with, as it came. */
	if (error.hops_left <= 1 ||
	    (!origin.ifindex && !uf_find_client(skb, &error, &origin, &hop)))
		return unchanged;
	if (before)
		uf_take_mark_off(skb);
	if (!is_last)
		uf_send_round(skb, before + 1);
	if (!uf_edit_error(skb, &error, &origin))
		action =
			origin.ifindex ? uf_error_to_stack(skb, &origin) : uf_redirect(&hop, false);
	account = bpf_map_lookup_elem(&ICMP_ERRORS, &only);
	if (account && action == TC_ACT_REDIRECT)
		account->pkts_translated++;
	else if (account)
		account->pkts_failed++;
	return action;
}

#endif /* UDP_FANOUT_ICMP_BACK_H */
