/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The name of a StatsD payload's first metric. */
#ifndef UDP_FANOUT_METRIC_NAME_H
#define UDP_FANOUT_METRIC_NAME_H

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "hash.h"
#include "udp_fanout.h"

#define UF_NAME_WORDS (UF_MAX_NAME_BYTES / 8)
#define UF_IN_EACH_BYTE 0x0101010101010101ull

/* Where the beginning of a payload is looked at: Linux 5.10 has no stack for it. */
struct uf_name_window {
	union {
		__u64 words[UF_NAME_WORDS + 1];
		char bytes[UF_MAX_NAME_BYTES + 8]; /* and one that ends what is there */
	};
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct uf_name_window);
} NAME_WINDOW SEC(".maps");

/*
 * The highest bit of the first byte, from the lowest on, that is "wanted"; of bytes above that one,
 * bits may be set, too. Source: Hacker's Delight, section 6-1.
 */
static __always_inline __u64 uf_bytes_that_are(__u64 word, char wanted)
{
	const __u64 others = word ^ UF_IN_EACH_BYTE * wanted;

	return (others - UF_IN_EACH_BYTE) & ~others & UF_IN_EACH_BYTE << 7;
}

/*
 * What the name of the first metric leads to: its hash, with the lowest bit set, or 0 if there is
 * none. As uf_payload_hash, whose range it takes.
 */
__noinline __u64 uf_metric_hash(struct __sk_buff *skb, __u64 range)
{
	const __u32 begin = range;
	const __u32 end = range >> 32;
	struct uf_name_window *window;
	__u64 hash = UF_HASH_SEED;
	__u32 first = 0;
	__u32 last;
	__u32 i;

	window = bpf_map_lookup_elem(&NAME_WINDOW, &first);
	if (!window || begin >= end)
		return 0;
	last = end - begin < UF_MAX_NAME_BYTES ? end - begin - 1 : UF_MAX_NAME_BYTES - 1;
	last &= UF_MAX_NAME_BYTES - 1;
	/* So that the verifier sees the bounds, the compiler must not look through it. */
	asm volatile("" : "+r"(last));
	if (bpf_skb_load_bytes(skb, begin, window->bytes, last + 1))
		return 0;
	/* The payload ends as a line does; what another packet has left there is behind. */
	window->bytes[last + 1] = '\n';
	for (i = 0; i < UF_NAME_WORDS; i++) {
		const __u64 word = bpf_be64_to_cpu(window->words[i]);
		const __u64 turned = __builtin_bswap64(word);
		const __u64 colons = uf_bytes_that_are(turned, ':');
		const __u64 ends = colons | uf_bytes_that_are(turned, '\n');
		const __u64 found = ends & -ends;
		const __u64 name = (found >> 7) - 1;

		if (!found) {
			hash = uf_mix(hash ^ word);
			continue;
		}
		if (!(found & colons) || (!i && !name))
			return 0;
		if (name)
			hash = uf_mix(hash ^ __builtin_bswap64(turned & name));
		return hash | 1;
	}
	return hash | 1;
}

#endif /* UDP_FANOUT_METRIC_NAME_H */
