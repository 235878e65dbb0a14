/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the program counts, per CPU, and for whom. Java's layouts are generated from it, as from
 * udp_fanout.h.
 */
#ifndef UDP_FANOUT_COUNTERS_H
#define UDP_FANOUT_COUNTERS_H

#include <linux/types.h>

#include "drop_reason.h"

/*
 * What one listener has done, per CPU. Operators read these names in "bpftool map dump".
 * pkts_received = pkts_forwarded + pkts_dropped. A GSO super-packet counts as its segments.
 * A fragment counts as a packet. Bytes are skb->len: the frame with its link-layer header, as the
 * hook sees it.
 */
struct uf_stats {
	__u64 pkts_received;
	__u64 pkts_forwarded;
	__u64 pkts_dropped;
	__u64 bytes_received;
	__u64 bytes_forwarded;
};

/* Datagrams not forwarded, by reason, per CPU; the sum is uf_stats.pkts_dropped. */
struct uf_drops {
	__u64 pkts[UF_DROP_REASONS];
};

#define UF_MAX_ENDPOINT_COUNTERS 16384

/*
 * What one endpoint was sent for a listener, per CPU: counted as uf_stats. 16 bytes, so that the
 * two stand in one cache line as a rule.
 */
struct uf_endpoint_stats {
	__u64 pkts_forwarded;
	__u64 bytes_forwarded;
};

/* Which element of ENDPOINT_STATS is whose: the daemon's memory, like uf_listener_name. */
struct uf_endpoint_counter_key {
	__u32 slot; /* of the listener */
	__be16 port;
	__u16 family; /* 4 or 6 */
	__u8 address[16];
};

/*
 * How long the program took from the match to the redirect, of one datagram in UF_SAMPLE_EVERY of a
 * listener and CPU. Bucket i counts what took less than UF_LATENCY_FIRST_NS << i nanoseconds and
 * fits no bucket before it; the last counts all that took longer.
 */
#define UF_SAMPLE_EVERY 1024
#define UF_LATENCY_BUCKETS 12
#define UF_LATENCY_FIRST_NS 100

struct uf_latency {
	__u64 sum_ns;
	__u64 buckets[UF_LATENCY_BUCKETS];
};

/*
 * Fragments that came before the one with the ports, per CPU, of all listeners together: whose they
 * are is not known yet, and never will be if that one does not come.
 */
struct uf_early_fragments {
	__u64 pkts_received;
	__u64 pkts_sent; /* to endpoints: one for each listener at the address */
	__u64 pkts_refused; /* received, and sent to no endpoint: beyond what is done for such */
};

/*
 * What a listener's endpoints have answered, per CPU. A reply that was not forwarded is counted by
 * its reason, UF_DROP_*.
 */
struct uf_replies {
	__u64 flows_created;
	__u64 flows_evicted; /* for another one: their client had not come back */
	__u64 flows_without_room; /* not created: the table is full of flows that are in use */
	__u64 flows_expected_elsewhere; /* not created: their answers are somebody else's */
	__u64 pkts_forwarded;
	__u64 bytes_forwarded;
	__u64 pkts_dropped[UF_DROP_REASONS];
};

/*
 * What became of packets of one listener that did not fit a way, per CPU. What was sent on is among
 * uf_stats.pkts_forwarded or uf_replies.pkts_forwarded, what was not is among the drops by
 * UF_DROP_TOO_BIG.
 */
struct uf_path_mtu {
	__u64 pkts_by_stack; /* to an endpoint by the stack, which cuts what is to be cut */
	__u64 replies_by_stack; /* the same, from an endpoint to the client */
	__u64 answers; /* ICMP "fragmentation needed" and ICMPv6 "packet too big" to senders */
	__u64 answers_withheld; /* due, and not sent: too many, or there is no way to the sender */
};

/* ICMP errors that quote datagrams as endpoints got them, of all listeners together, per CPU. */
struct uf_icmp_errors {
	__u64 pkts_translated; /* went on to the client, with its own datagram quoted */
	__u64 pkts_failed; /* the kernel could not edit or send them */
};

#endif /* UDP_FANOUT_COUNTERS_H */
