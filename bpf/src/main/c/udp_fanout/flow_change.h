/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* FLOW_CHANGES: whether what was known of flows still holds. */
#ifndef UDP_FANOUT_FLOW_CHANGE_H
#define UDP_FANOUT_FLOW_CHANGE_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

/*
 * Element 0: another number after each change of an entry of FLOWS or FLOW_ENDPOINTS that may be in
 * use. The program adds one, the daemon writes a number drawn at random. What is added to a flow,
 * or goes because it has been idle, is no change.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} FLOW_CHANGES SEC(".maps");

static __always_inline __u64 uf_flow_changes(void)
{
	const volatile __u64 *changes;
	__u32 only = 0;

	changes = bpf_map_lookup_elem(&FLOW_CHANGES, &only);
	return changes ? *changes : 0;
}

/* To be called after the change. */
static __always_inline void uf_tell_of_flow_change(void)
{
	__u64 *changes;
	__u32 only = 0;

	changes = bpf_map_lookup_elem(&FLOW_CHANGES, &only);
	if (changes)
		__sync_fetch_and_add(changes, 1);
}

#endif /* UDP_FANOUT_FLOW_CHANGE_H */
