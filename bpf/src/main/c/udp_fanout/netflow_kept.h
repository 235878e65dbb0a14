/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * TEMPLATES: what exporters have sent for all receivers, so that the daemon can give it to one that
 * joins before that one gets data (KeptTemplates.java).
 */
#ifndef UDP_FANOUT_NETFLOW_KEPT_H
#define UDP_FANOUT_NETFLOW_KEPT_H

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "netflow_templates.h"
#include "netflow_work.h"
#include "udp_fanout.h"

/*
 * Full, it refuses what is new, until the daemon has taken what is there: one that forgets would
 * forget what the daemon has not seen. It takes memory only for what it holds.
 */
struct uf_templates_table {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(struct uf_templates_key));
	__uint(value_size, sizeof(struct uf_templates));
};

/* The one table, or none where no listener has payload: netflow. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct uf_templates_table);
} TEMPLATES SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__type(value, struct uf_netflow_stats);
} NETFLOW_STATS SEC(".maps");

static __always_inline struct uf_netflow_stats *uf_netflow_stats(__u32 slot)
{
	return bpf_map_lookup_elem(&NETFLOW_STATS, &slot);
}

/* Of messages with one first template, and of those with options data under one id. */
#define UF_TEMPLATES_APART 16
#define UF_OPTIONS_DATA_APART 1024

/*
 * What tells messages apart whose first set, at the 16-bit field "first", has the same id. One that
 * is sent again has the same: of templates it is all, of options data how the first record begins,
 * since figures may stand behind that.
 */
static __always_inline __u32 uf_hash_of_kept(struct uf_netflow_work *work, __u32 first)
{
	__u32 record = first / 2 + 1;
	__u32 hash = (work->words[record] * 0x9e3779b1u) ^ work->words[record + 1];
	__u32 i;

	if (work->kept.set >= UF_FIRST_TEMPLATE_ID)
		return hash * 0x9e3779b1u >> 22;
	hash = 0;
	for (i = 0; i < UF_MAX_TEMPLATES_BYTES / 4; i++)
		hash = (hash ^ work->words[record + i]) * 0x9e3779b1u;
	return (__u32)bpf_ntohs(work->fields[first + 2]) << 16 | hash >> 28;
}

/*
 * Keeps the message for all receivers that uf_walk_netflow has left in NETFLOW_WORK, in place of
 * the one before it that begins with the same template. One that is too long is not kept. Not
 * static, so that the verifier looks at it once.
 */
__noinline int uf_keep_templates(__u32 slot)
{
	struct uf_netflow_stats *stats = uf_netflow_stats(slot);
	struct uf_netflow_work *work = uf_netflow_work();
	struct uf_netflow_share *share;
	__u32 only = 0;
	void *table;
	__u32 first; /* set, in 16-bit fields of the message */
	__u32 bytes;

	table = bpf_map_lookup_elem(&TEMPLATES, &only);
	if (!work || !table || !stats)
		return 0;
	bytes = work->shared_bytes;
	if (bytes <= UF_NETFLOW_V9_HEADER_BYTES || bytes > UF_MAX_TEMPLATES_BYTES)
		return 0;
	first = work->version == UF_NETFLOW_V9 ? UF_NETFLOW_V9_HEADER_BYTES / 2
					       : UF_IPFIX_HEADER_BYTES / 2;
	work->fields[1] = bpf_htons(work->version == UF_NETFLOW_V9 ? work->shared_records : bytes);
	__builtin_memcpy(work->kept.address, work->exporter.address, sizeof(work->kept.address));
	work->kept.domain = work->exporter.domain;
	work->kept.port = work->exporter.port;
	work->kept.slot = slot;
	work->kept.set = bpf_ntohs(work->fields[first]);
	work->kept.hash = uf_hash_of_kept(work, first);
	share = uf_netflow_share(&work->exporter);
	if (!share)
		return 0;
	if (!bpf_map_lookup_elem(table, &work->kept)) {
		if (share->messages >= UF_MAX_SHARE) {
			stats->not_kept++;
			return 0;
		}
		share->messages++;
	}
	work->kept_seen_ns = bpf_ktime_get_ns();
	work->kept_bytes = bytes;
	if (bpf_map_update_elem(table, &work->kept, &work->kept_seen_ns, BPF_ANY))
		stats->not_kept++;
	return 1;
}

#endif /* UDP_FANOUT_NETFLOW_KEPT_H */
