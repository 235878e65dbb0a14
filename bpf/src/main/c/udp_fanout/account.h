/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* STATS and DROPS: what was received, forwarded and not forwarded, and why. */
#ifndef UDP_FANOUT_ACCOUNT_H
#define UDP_FANOUT_ACCOUNT_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "udp_fanout.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__type(value, struct uf_stats);
} STATS SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__type(value, struct uf_drops);
} DROPS SEC(".maps");

/* Datagrams and bytes by endpoint; element 0 stands for those that are not counted, and is not
 * used. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, UF_MAX_ENDPOINT_COUNTERS);
	__type(key, __u32);
	__type(value, struct uf_endpoint_stats);
} ENDPOINT_STATS SEC(".maps");

/* For the daemon alone: see struct uf_endpoint_counter_key. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, UF_MAX_ENDPOINT_COUNTERS);
	__type(key, struct uf_endpoint_counter_key);
	__type(value, __u32);
} ENDPOINT_IDS SEC(".maps");

/* A listener's account, or NULL. */
static __always_inline struct uf_stats *uf_stats_of(__u32 slot)
{
	return bpf_map_lookup_elem(&STATS, &slot);
}

/*
 * Counts once a datagram, when its fate is known, so that received = forwarded + dropped holds at
 * every moment. "bytes" is skb->len before any edit: the redirect changes the link-layer header.
 */
static __always_inline void uf_account_forwarded(struct uf_stats *stats,
						 const struct uf_datagram *datagram, __u32 bytes)
{
	stats->pkts_received += datagram->packets;
	stats->bytes_received += bytes;
	stats->pkts_forwarded += datagram->packets;
	stats->bytes_forwarded += bytes;
}

/* "bytes" as in uf_account_forwarded. */
static __always_inline void uf_account_endpoint(__u32 counter, const struct uf_datagram *datagram,
						__u32 bytes)
{
	struct uf_endpoint_stats *stats;

	if (!counter)
		return;
	stats = bpf_map_lookup_elem(&ENDPOINT_STATS, &counter);
	if (!stats)
		return;
	stats->pkts_forwarded += datagram->packets;
	stats->bytes_forwarded += bytes;
}

static __always_inline void uf_account_dropped(__u32 slot, const struct uf_datagram *datagram,
					       __u32 bytes, enum uf_drop_reason reason)
{
	struct uf_stats *stats = uf_stats_of(slot);
	struct uf_drops *drops = bpf_map_lookup_elem(&DROPS, &slot);

	if (!stats || !drops)
		return;
	stats->pkts_received += datagram->packets;
	stats->bytes_received += bytes;
	stats->pkts_dropped += datagram->packets;
	if (reason < UF_DROP_REASONS)
		drops->pkts[reason] += datagram->packets;
}

/* Fragments that were sent on before it was known whose they are. */
static __always_inline void uf_account_early(__u32 slot, __u32 packets, __u64 bytes)
{
	struct uf_stats *stats = uf_stats_of(slot);

	if (!stats)
		return;
	stats->pkts_received += packets;
	stats->bytes_received += bytes;
	stats->pkts_forwarded += packets;
	stats->bytes_forwarded += bytes;
}

#endif /* UDP_FANOUT_ACCOUNT_H */
