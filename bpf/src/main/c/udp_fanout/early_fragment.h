/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How much is done for fragments that come before the one with the ports.
 *
 * Such a fragment is copied for each listener at its address, and given an entry in FRAGMENTS,
 * before anything shows that there is a datagram to it. A sender who never sends the ports would
 * have us send his packets on several times over, and push the entries of others out. So there is a
 * budget: of each source, and, since sources can be forged, of all together. What is beyond it is
 * not copied.
 */
#ifndef UDP_FANOUT_EARLY_FRAGMENT_H
#define UDP_FANOUT_EARLY_FRAGMENT_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "udp_fanout.h"

#define UF_EARLY_BURST_NS 1000000000ull /* so much of a budget can be used at once */
/*
 * What a copy costs of the source's budget, and of everyone's: 512 and 4,096 of them a second on
 * each CPU. The largest datagram, backwards in pieces of 1,500 bytes to 8 listeners, needs 352.
 */
#define UF_EARLY_COST_NS (UF_EARLY_BURST_NS / 512)
#define UF_EARLY_COST_OF_ALL_NS (UF_EARLY_BURST_NS / 4096)

#define UF_EARLY_SOURCE_BITS 8
#define UF_EARLY_SOURCES (1 << UF_EARLY_SOURCE_BITS)

/*
 * Until when what was spent is made up for, CLOCK_MONOTONIC in ns: of all sources, element 0; of
 * the sources that share a bucket, the others.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1 + UF_EARLY_SOURCES);
	__type(key, __u32);
	__type(value, __u64);
} EARLY_BUDGETS SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct uf_early_fragments);
} EARLY_FRAGMENTS SEC(".maps");

static __always_inline __u32 uf_early_bucket_of(const union uf_address *source)
{
	const __u32 mixed =
		source->words[0] ^ source->words[1] ^ source->words[2] ^ source->words[3];

	return 1 + (mixed * UF_FILTER_SPREAD >> (32 - UF_EARLY_SOURCE_BITS));
}

/*
 * Whether a fragment that comes before the ports may be sent on so many times; if so, that is spent
 * and counted, if not, the fragment is counted as refused. Not static, so that the verifier looks
 * at it once.
 */
__noinline int uf_spend_on_early_fragment(__u32 bucket, __u32 copies)
{
	struct uf_early_fragments *counters;
	const __u64 now_ns = bpf_ktime_get_ns();
	__u64 until_ns, all_until_ns;
	__u64 *of_source, *of_all;
	__u32 only = 0;

	counters = bpf_map_lookup_elem(&EARLY_FRAGMENTS, &only);
	of_source = bpf_map_lookup_elem(&EARLY_BUDGETS, &bucket);
	of_all = bpf_map_lookup_elem(&EARLY_BUDGETS, &only);
	if (!counters || !of_source || !of_all)
		return false;
	until_ns = *of_source > now_ns ? *of_source : now_ns;
	all_until_ns = *of_all > now_ns ? *of_all : now_ns;
	until_ns += copies * UF_EARLY_COST_NS;
	all_until_ns += copies * UF_EARLY_COST_OF_ALL_NS;
	counters->pkts_received++;
	if (!copies || until_ns > now_ns + UF_EARLY_BURST_NS ||
	    all_until_ns > now_ns + UF_EARLY_BURST_NS) {
		counters->pkts_refused++;
		return false;
	}
	*of_source = until_ns;
	*of_all = all_until_ns;
	counters->pkts_sent += copies;
	return true;
}

#endif /* UDP_FANOUT_EARLY_FRAGMENT_H */
