/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ICMP_CREDITS and ICMP_CPU_CREDIT: how often senders are answered.
 *
 * RFC 1812 section 4.3.2.8 and RFC 4443 section 2.4 (f) demand a limit, and RFC 1191 that the
 * sender is told. The kernel bounds other answers by net.ipv4.icmp_ratelimit (one a second and
 * peer, six at once) and icmp_msgs_per_sec (1,000 a second, 50 at once), and leaves these without a
 * limit (icmpv4_mask_allow in net/ipv4/icmp.c, icmpv6_mask_allow in net/ipv6/icmp.c). Here the same
 * numbers hold; but a peer is an address and a port, since behind one address of a NAT there may be
 * many hosts, and each of them has to learn.
 *
 * No locks: two CPUs that meet at one peer may send one answer more.
 */
#ifndef UDP_FANOUT_ICMP_CREDIT_H
#define UDP_FANOUT_ICMP_CREDIT_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"

#define UF_MAX_ICMP_PEERS 8192
#define UF_ICMP_PEER_NS 1000000000ull /* an answer costs so much */
#define UF_ICMP_PEER_BURST_NS (6 * UF_ICMP_PEER_NS)
#define UF_ICMP_CPU_NS 1000000ull
#define UF_ICMP_CPU_BURST_NS (50 * UF_ICMP_CPU_NS)

struct uf_icmp_peer {
	union uf_address address;
	__be16 port;
	__u16 reserved[3]; /* 0 */
};

/* Time is money. All zero: all that can be saved. */
struct uf_icmp_credit {
	__u64 since_ns; /* CLOCK_MONOTONIC: up to then it is accounted for */
	__u64 saved_ns;
};

/* Full, it forgets the peer that was not answered for longest. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, UF_MAX_ICMP_PEERS);
	__type(key, struct uf_icmp_peer);
	__type(value, struct uf_icmp_credit);
} ICMP_CREDITS SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct uf_icmp_credit);
} ICMP_CPU_CREDIT SEC(".maps");

_Static_assert(sizeof(struct uf_icmp_peer) == 24, "a hash key must have no padding");

/* Takes the price of an answer; false if not so much has been saved. As inet_peer_xrlim_allow. */
static __always_inline bool uf_spend(struct uf_icmp_credit *credit, __u64 now_ns, __u64 price_ns,
				     __u64 most_ns)
{
	__u64 saved_ns = credit->saved_ns + (now_ns - credit->since_ns);

	/* Another CPU's clock may have been read later, and be ahead: then nothing was saved. */
	if ((__s64)(now_ns - credit->since_ns) < 0)
		saved_ns = credit->saved_ns;
	if (saved_ns > most_ns)
		saved_ns = most_ns;
	credit->since_ns = now_ns;
	if (saved_ns < price_ns) {
		credit->saved_ns = saved_ns;
		return false;
	}
	credit->saved_ns = saved_ns - price_ns;
	return true;
}

static __always_inline bool uf_spend_of_cpu(__u64 now_ns)
{
	struct uf_icmp_credit *credit;
	__u32 only = 0;

	credit = bpf_map_lookup_elem(&ICMP_CPU_CREDIT, &only);
	return credit && uf_spend(credit, now_ns, UF_ICMP_CPU_NS, UF_ICMP_CPU_BURST_NS);
}

/*
 * Whether a sender may be answered now. One that has had its share takes nothing from the others';
 * and who comes by ever new addresses does not fill the map faster than the CPU answers.
 */
static __noinline bool uf_may_answer(const struct uf_icmp_peer *peer)
{
	const struct uf_icmp_credit first = {
		.since_ns = bpf_ktime_get_ns(),
		.saved_ns = UF_ICMP_PEER_BURST_NS - UF_ICMP_PEER_NS,
	};
	struct uf_icmp_credit *credit;

	if (!peer)
		return false;
	credit = bpf_map_lookup_elem(&ICMP_CREDITS, peer);
	if (credit)
		return uf_spend(credit, first.since_ns, UF_ICMP_PEER_NS, UF_ICMP_PEER_BURST_NS) &&
		       uf_spend_of_cpu(first.since_ns);
	return uf_spend_of_cpu(first.since_ns) &&
	       !bpf_map_update_elem(&ICMP_CREDITS, peer, &first, BPF_ANY);
}

#endif /* UDP_FANOUT_ICMP_CREDIT_H */
