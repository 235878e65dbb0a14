/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ROUTES: the FIB's answers of this tick.
 *
 * A lookup is the dearest thing that the program does, and a sender's datagrams ask the same
 * questions over and over. An answer is used again for the very same question only, in the same
 * tick of the kernel's clock (1 to 10 ms, CONFIG_HZ): so policy routing, whatever it looks at,
 * holds, and a change of the routes holds from the next tick on.
 */
#ifndef UDP_FANOUT_ROUTE_H
#define UDP_FANOUT_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#define UF_ROUTE_BITS 8
/*
 * Of struct bpf_fib_lookup, as 8-byte words: protocol, ports, tot_len; interface, TOS; source;
 * destination.
 */
#define UF_QUESTION_WORDS 6
#define UF_SPREAD 0x9e3779b97f4a7c15ull /* 2^64 divided by the golden ratio */

struct uf_next_hop {
	__u32 ifindex;
	struct bpf_redir_neigh neighbour;
};

struct uf_route {
	__u64 question[UF_QUESTION_WORDS];
	__u64 tick; /* 0: no answer */
	__u32 ip_bytes; /* a packet so large was not too large */
	struct uf_next_hop hop;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1 << UF_ROUTE_BITS);
	__type(key, __u32);
	__type(value, struct uf_route);
} ROUTES SEC(".maps");

/* As it is put together, and as the kernel is asked it. */
union uf_question {
	__u64 words[sizeof(struct bpf_fib_lookup) / sizeof(__u64)];
	struct bpf_fib_lookup fib;
};

_Static_assert(sizeof(union uf_question) == 8 * sizeof(__u64), "uf_ask writes all of it");
_Static_assert(offsetof(struct bpf_fib_lookup, sport) == 2 &&
		       offsetof(struct bpf_fib_lookup, tot_len) == 6 &&
		       offsetof(struct bpf_fib_lookup, ifindex) == 8 &&
		       offsetof(struct bpf_fib_lookup, tos) == 12 &&
		       offsetof(struct bpf_fib_lookup, ipv4_src) == 16,
	       "uf_ask puts the words together");
_Static_assert(offsetof(struct bpf_fib_lookup, dmac) >= UF_QUESTION_WORDS * 8 &&
		       offsetof(struct bpf_fib_lookup, ipv6_dst) + 16 == UF_QUESTION_WORDS * 8,
	       "the question ends with the destination");

/* Where the answer to a question is kept on this CPU, if it is. The question's size is still 0. */
static __always_inline struct uf_route *uf_route_of(const union uf_question *question)
{
	const __u64 *words = question->words;
	__u64 mixed = (words[0] ^ words[2] ^ words[3]) * UF_SPREAD ^ words[4] ^ words[5];
	__u32 index = mixed * UF_SPREAD >> (64 - UF_ROUTE_BITS);

	return bpf_map_lookup_elem(&ROUTES, &index);
}

static __always_inline bool uf_is_fresh(const struct uf_route *route,
					const union uf_question *question, __u32 ip_bytes)
{
	const __u64 *words = question->words;

	return route->tick == bpf_jiffies64() && ip_bytes <= route->ip_bytes &&
	       !((route->question[0] ^ words[0]) | (route->question[1] ^ words[1]) |
		 (route->question[2] ^ words[2]) | (route->question[3] ^ words[3]) |
		 (route->question[4] ^ words[4]) | (route->question[5] ^ words[5]));
}

/* Notes the question, before the kernel writes its answer over it. */
static __always_inline void uf_begin_route(struct uf_route *route,
					   const union uf_question *question)
{
	route->tick = 0;
	__builtin_memcpy(route->question, question->words, sizeof(route->question));
}

static __always_inline void uf_keep_route(struct uf_route *route, const struct uf_next_hop *hop,
					  __u32 ip_bytes)
{
	route->hop = *hop;
	route->ip_bytes = ip_bytes;
	route->tick = bpf_jiffies64();
}

#endif /* UDP_FANOUT_ROUTE_H */
