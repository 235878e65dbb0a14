/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* LATENCY: how long the program takes, measured for one datagram in many. */
#ifndef UDP_FANOUT_SAMPLE_H
#define UDP_FANOUT_SAMPLE_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "udp_fanout.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct uf_latency);
} LATENCY SEC(".maps");

/*
 * When this datagram's work began, in nanoseconds; 0 if it is not one of those that are measured.
 */
static __always_inline __u64 uf_sample_begin(const struct uf_stats *stats)
{
	return !(stats->pkts_received % UF_SAMPLE_EVERY) ? bpf_ktime_get_ns() : 0;
}

static __always_inline void uf_sample_end(__u64 began_ns)
{
	struct uf_latency *latency;
	__u32 key = 0;
	__u32 bucket;
	__u64 ns;

	if (!began_ns)
		return;
	latency = bpf_map_lookup_elem(&LATENCY, &key);
	if (!latency)
		return;
	ns = bpf_ktime_get_ns() - began_ns;
	latency->sum_ns += ns;
#pragma unroll
	for (bucket = 0; bucket < UF_LATENCY_BUCKETS - 1; bucket++) {
		if (ns < (__u64)UF_LATENCY_FIRST_NS << bucket) {
			latency->buckets[bucket]++;
			return;
		}
	}
	latency->buckets[UF_LATENCY_BUCKETS - 1]++;
}

#endif /* UDP_FANOUT_SAMPLE_H */
