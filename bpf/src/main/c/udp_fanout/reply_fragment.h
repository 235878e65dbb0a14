/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* REPLY_FRAGMENTS: keeps the fragments of a reply together. */
#ifndef UDP_FANOUT_REPLY_FRAGMENT_H
#define UDP_FANOUT_REPLY_FRAGMENT_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "fragment_key.h"
#include "udp_fanout.h"

/* Replies that come in fragments and are remembered at a time. */
#define UF_MAX_FRAGMENTED_REPLIES 1024

struct uf_reply_fragment {
	__u64 begun_ns; /* CLOCK_MONOTONIC */
	__u64 by_stack; /* 1: the first did not fit, and what is cut goes through the stack */
	struct uf_flow way_back;
};

/*
 * Where the fragments of a reply go, from the one with the ports on; one that comes before it is
 * not known for a reply.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, UF_MAX_FRAGMENTED_REPLIES);
	__type(key, struct uf_fragment_key);
	__type(value, struct uf_reply_fragment);
} REPLY_FRAGMENTS SEC(".maps");

/* What is known of a fragment's datagram; NULL if it is no reply, or its ports have not come. */
static __always_inline struct uf_reply_fragment *
uf_reply_fragment_of(const struct __sk_buff *skb, const struct uf_datagram *datagram)
{
	struct uf_reply_fragment *entry;
	struct uf_fragment_key key;

	uf_set_fragment_key(skb, datagram, &key);
	entry = bpf_map_lookup_elem(&REPLY_FRAGMENTS, &key);
	return entry && bpf_ktime_get_ns() - entry->begun_ns < UF_FRAGMENT_LIFETIME_NS ? entry
										       : NULL;
}

/* The way back of a fragment without ports; NULL as above. */
static __always_inline const struct uf_flow *
uf_way_back_of_fragment(const struct __sk_buff *skb, const struct uf_datagram *datagram)
{
	struct uf_reply_fragment *entry = uf_reply_fragment_of(skb, datagram);

	return entry ? &entry->way_back : NULL;
}

static __noinline int uf_expect_reply_fragments(const struct __sk_buff *skb,
						const struct uf_datagram *datagram,
						const struct uf_flow *back, __u64 now_ns)
{
	struct uf_reply_fragment created = { .begun_ns = now_ns };
	struct uf_fragment_key key;

	if (!datagram || !back)
		return -1;
	created.way_back = *back;
	uf_set_fragment_key(skb, datagram, &key);
	return bpf_map_update_elem(&REPLY_FRAGMENTS, &key, &created, BPF_ANY);
}

#endif /* UDP_FANOUT_REPLY_FRAGMENT_H */
