/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Endpoints that are said to have no socket at their port. It is no more than said, since everybody
 * can send such an error: the daemon asks the endpoint itself before it does anything.
 */
#ifndef UDP_FANOUT_UNREACHABLE_H
#define UDP_FANOUT_UNREACHABLE_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "icmp_error.h"
#include "origin.h"
#include "udp_fanout.h"

/*
 * When an ICMP error first said so, by the clock of bpf_ktime_get_ns(). The daemon takes all of
 * them out twice a second; while it is full, others are said again.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, UF_MAX_UNREACHABLE);
	__type(key, struct uf_origin_key);
	__type(value, __u64);
} UNREACHABLE SEC(".maps");

static __always_inline void uf_note_unreachable(const struct uf_icmp_error *error)
{
	__u64 now;

	if (!error->is_port_unreachable || !uf_is_endpoint(&error->endpoint))
		return;
	now = bpf_ktime_get_ns();
	bpf_map_update_elem(&UNREACHABLE, &error->endpoint, &now, BPF_NOEXIST);
}

#endif /* UDP_FANOUT_UNREACHABLE_H */
