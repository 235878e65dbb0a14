/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What "udp-fanout drops" and its probe in the kernel share; as trace/event.h. */
#ifndef UDP_FANOUT_TRACE_DROP_EVENT_H
#define UDP_FANOUT_TRACE_DROP_EVENT_H

#include <linux/types.h>

/* Set before the object is loaded. */
struct uf_drops_settings {
	__u32 netns; /* the inode of the network namespace whose drops are told */
	__u32 per_second; /* how many are told in a second */
};

/* Of all CPUs together. */
struct uf_drops_window {
	__u64 second; /* of CLOCK_MONOTONIC */
	__u64 told; /* in that second, and those that had no room in it */
	__u64 seen; /* packets since the start */
	__u64 written; /* of these, those that are events */
};

struct uf_drop_event {
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u64 seen; /* packets that were dropped since the start, this one included */
	__u32 reason; /* enum uf_drop_reason */
	__u32 slot; /* the listener's */
	__u32 counter; /* of the endpoint in ENDPOINT_IDS; 0: none was chosen, or it is not counted
			*/
	__u32 packets; /* more than 1 of a GSO super-packet */
	__u32 bytes; /* skb->len: without the link-layer header at an ingress hook; of what goes on
			as an answer, those of IP */
	__be16 source_port; /* 0 of a fragment without ports */
	__be16 destination_port;
	__u32 family; /* 4 or 6 */
	__u8 source[16]; /* IPv4 as IPv4-mapped IPv6 */
	__u8 destination[16];
	char device[16]; /* empty: see ifindex */
	__u32 ifindex; /* where it came in, of what goes on elsewhere; else 0 */
};

#endif /* UDP_FANOUT_TRACE_DROP_EVENT_H */
