/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* ALLOWED_SOURCES: whose datagrams a listener takes, where it does not take everyone's. */
#ifndef UDP_FANOUT_ALLOW_H
#define UDP_FANOUT_ALLOW_H

#include <stddef.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "udp_fanout.h"

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 2 * UF_MAX_ALLOWED_SOURCES);
	__type(key, struct uf_allowed_source);
	__type(value, __u32); /* 1 */
} ALLOWED_SOURCES SEC(".maps");

/*
 * Whether a listener takes datagrams of a source, whose halves these are. Not static, so that the
 * verifier looks at it once.
 */
__noinline int uf_is_allowed(__u32 slot, __u64 first_half, __u64 second_half)
{
	const union uf_address source = { .halves = { first_half, second_half } };
	struct uf_allowed_source key = {
		.prefix_bits = 8 * (sizeof(key.slot) + sizeof(key.address)),
		.slot = slot,
	};

	__builtin_memcpy(key.address, &source, sizeof(key.address));
	return bpf_map_lookup_elem(&ALLOWED_SOURCES, &key) != NULL;
}

#endif /* UDP_FANOUT_ALLOW_H */
