/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which datagrams a listener takes: sources and rates. Java's layouts are generated from it, as
 * from udp_fanout.h.
 */
#ifndef UDP_FANOUT_ADMISSION_H
#define UDP_FANOUT_ADMISSION_H

#include <linux/bpf.h>
#include <linux/types.h>

/* Twice the prefixes of all listeners, as a new set is in the map before the old one goes. */
#define UF_MAX_ALLOWED_SOURCES 16384

/* A prefix of sources that a listener takes: a key of a longest-prefix-match trie. */
struct uf_allowed_source {
	__u32 prefix_bits; /* of what follows: 32 for the slot, 96 for IPv4, the prefix's own */
	__u32 slot;
	__u8 address[16];
};

/*
 * Sources to which one route with several next hops leads: a key of a longest-prefix-match trie. A
 * prefix in it to which one next hop leads is there as well, with a value of zeros.
 */
struct uf_source_prefix {
	__u32 prefix_bits; /* 0 to 32 */
	__u8 address[4]; /* IPv4, network byte order */
};

#define UF_MAX_SOURCE_PREFIXES 4096
#define UF_MAX_NEXT_HOPS 16

/* The interfaces by which such a route leads, each by the number of its group if it has one. */
struct uf_next_hops {
	__u32 interfaces[UF_MAX_NEXT_HOPS]; /* then zeros */
};

/*
 * How much a listener may take; the daemon writes it. CPUs draw tokens in batches, each into a
 * share of its own, so that they seldom meet at the lock; what all shares and the bucket can hold
 * together is the burst that was asked for.
 */
struct uf_limit {
	__u64 pkts_per_second; /* at least 1 */
	__u64 bucket_pkts; /* the most that the bucket holds */
	__u64 fill_ns; /* in how long it fills */
	__u32 batch_pkts; /* the most that a CPU draws in advance */
	__u32 generation; /* another one: the shares of before do not count any more */
};

/* What is left for a listener; the program's alone. All zero: full. */
struct uf_bucket {
	struct bpf_spin_lock lock;
	__u32 reserved; /* 0 */
	__s64 pkts; /* less than 0: taken in advance */
	__u64 filled_ns; /* CLOCK_MONOTONIC */
};

/* What one CPU has drawn for a listener. */
struct uf_share {
	__s64 pkts;
	__u32 generation; /* of struct uf_limit */
	__u32 reserved; /* 0 */
};

#endif /* UDP_FANOUT_ADMISSION_H */
