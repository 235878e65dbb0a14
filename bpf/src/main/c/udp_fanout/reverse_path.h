/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whether a datagram may come from its source by the interface that it came in by.
 *
 * The IP stack asks that where net.ipv4.conf.*.rp_filter says so, and what the program takes does
 * not get there: RFC 3704, and __fib_validate_source in net/ipv4/fib_frontend.c. It is IPv4's
 * alone; for IPv6 the kernel has no such setting.
 */
#ifndef UDP_FANOUT_REVERSE_PATH_H
#define UDP_FANOUT_REVERSE_PATH_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "local.h"
#include "next_hop.h"
#include "udp_fanout.h"

#define UF_LISTENER_REVERSE_PATH (UF_LISTENER_REVERSE_PATH_LOOSE | UF_LISTENER_REVERSE_PATH_STRICT)
#define UF_REVERSE_PATH_BITS 12 /* a tick's senders, and some more */

/* What was asked, and the answer, which is kept for a tick of the clock: see route.h. */
struct uf_reverse_path {
	__u64 ends; /* source and destination */
	__u64 place; /* interface, TOS and how it is judged */
	__u64 tick; /* 0: nothing was asked */
	__u64 is_wrong;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1 << UF_REVERSE_PATH_BITS);
	__type(key, __u32);
	__type(value, struct uf_reverse_path);
} REVERSE_PATHS SEC(".maps");

/*
 * Interfaces that stand for one another: a port, and the bridge or bond on which the IP stack sees
 * what comes in by it. The daemon numbers the groups by one interface in each; who is in none
 * stands for itself. Asked only where the FIB has named another interface.
 */
#define UF_MAX_REVERSE_PATH_INTERFACES 4096

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, UF_MAX_REVERSE_PATH_INTERFACES);
	__type(key, __u32);
	__type(value, __u32);
} REVERSE_PATH_GROUPS SEC(".maps");

/*
 * The routes with several next hops: a source is right at any of them (fib_info_nh_uses_dev in
 * net/ipv4/fib_semantics.c), and the FIB names one. Asked only where it has named another.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 2 * UF_MAX_SOURCE_PREFIXES);
	__type(key, struct uf_source_prefix);
	__type(value, struct uf_next_hops);
} REVERSE_PATH_ROUTES SEC(".maps");

static __always_inline __u32 uf_reverse_path_group(__u32 ifindex)
{
	const __u32 *group = bpf_map_lookup_elem(&REVERSE_PATH_GROUPS, &ifindex);

	return group ? *group : ifindex;
}

/*
 * Whether what comes from "source" (network byte order) by one interface comes right where the way
 * back leads by the other one.
 */
static __always_inline bool uf_stand_for_one_another(__u32 source, __u32 one, __u32 other)
{
	const __u32 mine = uf_reverse_path_group(one);
	const __u32 others = uf_reverse_path_group(other);
	struct uf_source_prefix key = { .prefix_bits = 32 };
	const struct uf_next_hops *hops;
	bool has_others = false;
	bool has_mine = false;
	__u32 i;

	if (mine == others)
		return true;
	__builtin_memcpy(key.address, &source, sizeof(key.address));
	hops = bpf_map_lookup_elem(&REVERSE_PATH_ROUTES, &key);
	if (!hops)
		return false;
/* Unrolled, it would take more stack than Linux 5.10 has. */
#pragma clang loop unroll(disable)
	for (i = 0; i < UF_MAX_NEXT_HOPS; i++) {
		has_mine |= hops->interfaces[i] == mine;
		has_others |= hops->interfaces[i] == others;
	}
	return has_mine && has_others;
}

/* Asks the FIB for the way back, as __fib_validate_source does, from the interface "from". */
static __always_inline long uf_ask_way_back(struct __sk_buff *skb, __u64 ends, __u32 tos,
					    __u32 from, __u32 *ifindex)
{
	struct bpf_fib_lookup fib = {
		.family = UF_AF_INET,
		.tos = tos,
		.ifindex = from,
	};
	long answer;

	fib.ipv4_dst = uf_first(ends);
	fib.ipv4_src = uf_second(ends);
	answer = bpf_fib_lookup(skb, &fib, sizeof(fib), 0);
	*ifindex = fib.ifindex;
	return answer;
}

/*
 * "ends" is the source and the destination, as uf_join puts them together. What cannot be told from
 * an answer of bpf_fib_lookup is taken for right.
 */
static __always_inline bool uf_is_wrong_way_back(struct __sk_buff *skb, __u64 ends, __u32 tos,
						 __u32 flags)
{
	__u32 ifindex = 0;
	long answer;

	answer = uf_ask_way_back(skb, ends, tos, UF_LOOPBACK_IFINDEX, &ifindex);
	if (answer == BPF_FIB_LKUP_RET_FWD_DISABLED)
		answer = uf_ask_way_back(skb, ends, tos, skb->ifindex, &ifindex);
	switch (answer) {
	case BPF_FIB_LKUP_RET_BLACKHOLE:
	case BPF_FIB_LKUP_RET_UNREACHABLE:
	case BPF_FIB_LKUP_RET_PROHIBIT:
	case BPF_FIB_LKUP_RET_NOT_FWDED: /* there is none, or the source is no host elsewhere */
		return true;
	case BPF_FIB_LKUP_RET_SUCCESS:
	case BPF_FIB_LKUP_RET_NO_NEIGH:
	case BPF_FIB_LKUP_RET_FRAG_NEEDED:
		return flags & UF_LISTENER_REVERSE_PATH_STRICT && ifindex != skb->ifindex &&
		       !uf_stand_for_one_another(uf_first(ends), skb->ifindex, ifindex);
	default:
		return false;
	}
}

/*
 * The same, asked once a tick. Not static, so that the verifier looks at it once.
 */
__noinline int uf_leads_back_elsewhere(struct __sk_buff *skb, __u64 ends, __u32 tos, __u32 flags)
{
	const __u64 place = uf_join(skb->ifindex, tos | (flags & UF_LISTENER_REVERSE_PATH) << 8);
	const __u32 index = ends * UF_SPREAD >> (64 - UF_REVERSE_PATH_BITS);
	struct uf_reverse_path *path = bpf_map_lookup_elem(&REVERSE_PATHS, &index);

	if (!path)
		return false;
	if (path->tick != bpf_jiffies64() || path->ends != ends || path->place != place) {
		path->is_wrong = uf_is_wrong_way_back(skb, ends, tos, flags);
		path->ends = ends;
		path->place = place;
		path->tick = bpf_jiffies64();
	}
	return path->is_wrong;
}

/* Whether the interface's own rp_filter, which "flags" of a listener say, would refuse it. */
static __always_inline bool uf_came_the_wrong_way(struct __sk_buff *skb,
						  const struct uf_datagram *datagram, __u32 flags)
{
	if (datagram->family != 4)
		return false;
	return uf_leads_back_elsewhere(
		skb, uf_join(datagram->source.words[3], datagram->destination.words[3]),
		datagram->tos, flags);
}

#endif /* UDP_FANOUT_REVERSE_PATH_H */
