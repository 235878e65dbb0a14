/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What "udp-fanout trace" and its probes in the kernel share. Nothing of it is pinned, and both
 * sides are of one build, so it has no layout version. TraceEvent and TraceSettings in Java have
 * the same offsets; TraceLayoutTest compares them with this object's BTF.
 */
#ifndef UDP_FANOUT_TRACE_EVENT_H
#define UDP_FANOUT_TRACE_EVENT_H

#include <linux/types.h>

/* The payload of a test datagram begins with this. Numbers are in the machine's byte order. */
struct uf_trace_tag {
	__u64 magic; /* UF_TRACE_MAGIC */
	__u32 run; /* a random number for each run: two runs do not see each other's datagrams */
	__u32 sequence; /* from 0 */
};

/* The bytes "udpftrce" on a little-endian machine. */
#define UF_TRACE_MAGIC 0x6563727466706475ull

/* Set before the object is loaded. */
struct uf_trace_settings {
	__u32 run;
	__u32 ifindex; /* the interface by which datagrams come in */
	__u32 netns; /* the inode of its network namespace */
	__u32 live_every; /* 0: test datagrams; else one real datagram in so many is followed */
	__u32 live_count; /* how many real ones are followed at most */
	__be16 port; /* of real datagrams that are followed: their destination */
	__u16 unused;
	__u8 address[16]; /* IPv4 as IPv4-mapped IPv6 */
};

/* Where a datagram was seen. */
enum uf_trace_kind {
	UF_TRACE_RECEIVED = 1, /* an interface has given it to the stack */
	UF_TRACE_SENT = 2, /* an interface's driver has it */
	UF_TRACE_OUR_DROP = 3, /* udp-fanout has dropped it */
	UF_TRACE_FREED = 4, /* the kernel has dropped it */
	UF_TRACE_CONSUMED = 5, /* it has served its purpose: read, or sent */
	UF_TRACE_ANSWERED = 6, /* it has become the ICMP error that goes to its sender */
	UF_TRACE_QUEUED = 7, /* it waits in a socket for the process to read it */
};

struct uf_trace_event {
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u64 skb; /* the kernel's address of the packet: a copy has another one */
	__u64 location; /* UF_TRACE_FREED: the address of the code */
	__u32 kind; /* enum uf_trace_kind */
	__u32 sequence; /* of a real datagram: a random number */
	__u32 netns; /* the inode of the interface's network namespace, or of the socket's */
	__u32 ifindex;
	__s32 result; /* enum skb_drop_reason, enum uf_drop_reason, or ICMP type << 8 | code */
	__u32 number; /* of UF_TRACE_OUR_DROP: the listener's slot */
	__u32 bytes; /* skb->len */
	__be16 source_port;
	__be16 destination_port;
	__u8 family; /* 4 or 6; 0: the headers could not be read, the addresses are unset */
	__u8 hops; /* TTL or hop limit */
	__u8 protocol; /* IPPROTO_* of the last header that was read */
	__u8 fragment; /* 1: it is the first of several */
	__u8 source[16]; /* IPv4 as IPv4-mapped IPv6 */
	__u8 destination[16];
	char device[16];
	char task[16]; /* the thread that ran when it happened */
	__u32 lost; /* events that had no room before this one */
};

#endif /* UDP_FANOUT_TRACE_EVENT_H */
