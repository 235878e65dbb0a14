/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the kernel program and the daemon agree on: limits, map keys and values, drop reasons.
 *
 * Java's layouts are generated from this header by jextract (bindings/generate), so this file,
 * with those that it includes and drop_reason.h, is the only place where a shared structure is
 * described. Change it, then run bindings/generate.
 *
 * Addresses are 16 bytes, in network byte order; IPv4 is v4-mapped (::ffff:a.b.c.d, RFC 4291
 * section 2.5.5.2). Ports are in network byte order. Every other number is in the byte order of
 * the host. There is no implicit padding: each structure is as long as the sum of its members.
 */
#ifndef UDP_FANOUT_H
#define UDP_FANOUT_H

#include <linux/bpf.h>
#include <linux/types.h>

#include "admission.h"
#include "counters.h"
#include "interface_groups.h"
#include "kept_templates.h"
#include "listener_ports.h"
#include "origins.h"
#include "program_settings.h"

/*
 * Raised whenever the meaning or the layout of a map changes. The counters (LISTENER_NAMES, STATS,
 * DROPS, LATENCY, ENDPOINT_STATS, ENDPOINT_IDS) are carried over from another version's layout,
 * each if its size is the same: one that comes to mean something else in the same size needs
 * another name. Those of layout 5 by endpoint were ENDPOINT_PACKETS, without bytes, and begin anew.
 */
#define UF_LAYOUT_VERSION 9

/*
 * The most slots. Each costs about 540 bytes a CPU, so the daemon makes the maps that have an
 * element a slot with UF_LISTENERS_OF_FILE elements where that is enough.
 */
#define UF_MAX_LISTENERS 4096
#define UF_LISTENERS_OF_FILE 256
/* In place of a slot: nobody's. No map has an element so large. */
#define UF_NO_SLOT UF_MAX_LISTENERS
#define UF_MAX_ENDPOINTS 65536
#define UF_MAX_COPIES 64
/* Keys of LISTENERS: a listener may stand on several interfaces, and a pass entry takes one too. */
#define UF_MAX_LISTENER_KEYS 16384
#define UF_LISTENER_KEYS_OF_FILE 4096
#define UF_MAX_LOCAL_ADDRESSES 4096

/*
 * Tells most addresses that are not in LOCAL_ADDRESSES from those that are, without a look-up: bit
 * number (w * UF_FILTER_SPREAD mod 2^32) / 2^(32 - UF_FILTER_BITS) is set for each that is, w being
 * the exclusive or of the address's four words as they lie in memory. A bit that is set may be
 * another address's.
 */
#define UF_FILTER_BITS 14
#define UF_FILTER_SPREAD 0x9e3779b1u /* 2^32 divided by the golden ratio, made odd */

struct uf_address_filter {
	__u64 bits[(1 << UF_FILTER_BITS) / 64]; /* bit n is bit n % 64 of element n / 64 */
};

/* Where a listener waits: one interface, one address (or the wildcard), one port. */
struct uf_listener_key {
	__u32 ifindex; /* of whose hook the datagram is seen on; or a group: UF_INTERFACE_GROUP */
	__be16 port; /* UDP destination port */
	__u16 family; /* 4 or 6: keeps the wildcards of the two families apart */
	__u8 address[16]; /* ::ffff:0.0.0.0 or :: is the wildcard */
};

/* The datagram is for this node's own receiver: leave it to the stack, never balance it again. */
#define UF_LISTENER_PASS 1u
/* The endpoint follows from the source address, by the listener's table in HASH_TABLES. */
#define UF_LISTENER_HASH_SOURCE 2u
/* The same, from source address and port. */
#define UF_LISTENER_HASH_SOURCE_PORT 4u
/* Only sources in ALLOWED_SOURCES are forwarded. */
#define UF_LISTENER_ALLOW 8u
/* Only as much as LIMITS says is forwarded. */
#define UF_LISTENER_RATE_LIMIT 16u
/* Every endpoint gets a copy, up to UF_MAX_COPIES. */
#define UF_LISTENER_REPLICATE 32u
/* Another set of endpoints gets a copy of some datagrams: MIRRORS says of how many, and which. */
#define UF_LISTENER_MIRROR 64u
/* What endpoints answer goes back to the client: FLOWS. */
#define UF_LISTENER_REPLIES 128u
/*
 * With UF_LISTENER_REPLIES, on a dummy interface: by the stack, which has changed the destination
 * before.
 */
#define UF_LISTENER_REPLIES_BY_STACK 256u
/* Fragments that may be cut go through the stack: all pieces of one datagram go one way. */
#define UF_LISTENER_FRAGMENTS_BY_STACK 512u
/* IPv4 sources to which no route leads are refused: rp_filter of the interface is 2. */
#define UF_LISTENER_REVERSE_PATH_LOOSE 1024u
/* So are those to which the route leads by another interface: rp_filter of the interface is 1. */
#define UF_LISTENER_REVERSE_PATH_STRICT 2048u
/*
 * On a dummy interface: what the program itself says to a sender goes by the stack, which has
 * changed the destination before, and knows to whom it was.
 */
#define UF_LISTENER_ANSWERS_BY_STACK 4096u
/* The stack sends on, which applies the IPsec policy that is for an endpoint. */
#define UF_LISTENER_BY_STACK 8192u
/* IPv6 larger than "mtu" was put together by the bridge's netfilter, so the stack may cut it. */
#define UF_LISTENER_REASSEMBLED 16384u
/* No rule and no route looks at the sender: the way to an endpoint is the same for all of them. */
#define UF_LISTENER_WAYS_BY_ENDPOINT 32768u
/* NetFlow v9, IPFIX: every endpoint gets the templates, up to UF_MAX_COPIES; one gets the data. */
#define UF_LISTENER_NETFLOW 65536u
/* With UF_LISTENER_HASH_SOURCE: bytes of the payload decide, where PAYLOAD_KEYS says so. */
#define UF_LISTENER_HASH_PAYLOAD 131072u
/* Once LEASE has run out, datagrams go to the next program and the stack, as without a listener. */
#define UF_LISTENER_LEASED 16777216u

struct uf_listener {
	__u32 slot; /* index into all maps that have an element a listener: 0..UF_MAX_LISTENERS-1 */
	__u32 flags; /* UF_LISTENER_* */
	__u32 mtu; /* bytes of an IP packet that fits the ways to all endpoints; 0: not known */
};

/*
 * The addresses that a listener on a dummy interface takes beside its own: those that are "network"
 * where "mask" has ones. IPv4 is v4-mapped, its mask too. All zero: none. Its key in LISTENERS is
 * that of the wildcard.
 */
struct uf_range {
	__u8 network[16];
	__u8 mask[16];
};

/* How many listeners at one address can get fragments that come before the one with the port. */
#define UF_MAX_LISTENERS_IN_SET 8 /* a power of two */

/* Nobody else gets datagrams for this address: it is a dummy interface's. */
#define UF_SET_EXCLUSIVE 1u
/* All listeners of the set are UF_LISTENER_LEASED, those that do not fit among them. */
#define UF_SET_LEASED 2u

/* The listeners at one address; its key has port 0. */
struct uf_listener_set {
	__u32 flags; /* UF_SET_* */
	__u32 count; /* slots in use; 0 if there are more than fit */
	__u32 slots[UF_MAX_LISTENERS_IN_SET];
	__u32 listener_flags[UF_MAX_LISTENERS_IN_SET]; /* UF_LISTENER_*, of each of slots */
};

#define UF_LISTENER_NAME_BYTES 64

/*
 * Which listener has which slot. The program does not read it: it is the daemon's memory, so that a
 * listener finds its counters again after a restart, wherever it stands in the configuration then.
 */
struct uf_listener_name {
	char name[UF_LISTENER_NAME_BYTES]; /* UTF-8, ends with a zero; empty: the slot is free */
};

/* One receiver. */
struct uf_endpoint {
	__u8 address[16];
	__be16 port;
	/*
	 * The next endpoint of the table that has another address, as its number from 0; its own
	 * number if there is none. It gets what this endpoint itself has sent.
	 */
	__u16 other;
	__u32 counter; /* index into ENDPOINT_STATS; 0: not counted */
	union {
		__u32 table_count; /* in an endpoint table, its length: whose round it belongs to */
		__u32 position; /* in FLOW_ENDPOINTS: where it stands in its table */
	};
	__u32 peer_ifindex; /* key of PEERS; 0: the datagram goes by the next hop */
};

/* Endpoints on this node, each behind a veth of its own. */
#define UF_MAX_PEERS 4096

/*
 * What the program has to know to put a packet into a pod: bpf_redirect_peer asks neither a route
 * nor a neighbour.
 */
struct uf_peer {
	__u32 mtu; /* of the veth: larger IP packets go by the next hop */
	__u8 destination[6]; /* the pod's hardware address */
	__u8 source[6]; /* that of the interface on this node by which the pod is reached */
};

/*
 * Element 0 of an endpoint table; the endpoints are elements 1..count. The table is one map,
 * filled before it is put in place, so no datagram ever sees a count that is not the table's own.
 * Same size as struct uf_endpoint, because a map's elements all have one size.
 */
struct uf_endpoint_table_header {
	__u32 count; /* endpoints in this table: 0..UF_MAX_ENDPOINTS */
	__u32 generation; /* raised by one with each replacement; for people who look at the map */
	__u32 reserved[6]; /* 0 */
};

/*
 * A table of HASH_TABLES: element 0 is the header; 1..UF_HASH_ROWS say of each bucket whose it is;
 * the endpoints come behind. Bucket b is number b % UF_HASH_ROW_BUCKETS of row 1 + b /
 * UF_HASH_ROW_BUCKETS, and holds n for element UF_HASH_ROWS + n. Without endpoints there is nothing
 * but the header.
 */
#define UF_HASH_BITS 18
#define UF_HASH_ROW_BUCKETS 16
#define UF_HASH_ROWS ((1 << UF_HASH_BITS) / UF_HASH_ROW_BUCKETS)
#define UF_MAX_HASH_ENDPOINTS 65535

struct uf_hash_row {
	__u16 endpoints[UF_HASH_ROW_BUCKETS]; /* each from 1 */
};

/*
 * What a key is hashed with, on every node alike. Each 8 bytes of the address (read as one
 * big-endian number), then the port if it counts, are taken by exclusive or into what there is so
 * far, which begins as UF_HASH_SEED, and mixed: x *= UF_HASH_FIRST; x ^= x >> 32; x *=
 * UF_HASH_SECOND; x ^= x >> 32. The bucket is the highest UF_HASH_BITS bits.
 */
#define UF_HASH_SEED 0x75647066616e6f75ull /* "udpfanou" */
#define UF_HASH_FIRST 0x9e3779b97f4a7c15ull
#define UF_HASH_SECOND 0xd6e8feb86659fd93ull

/*
 * In place of key_bytes: the name of the payload's first metric is hashed, with nothing else of
 * struct uf_payload_key, as numbers of 8 bytes, the last one filled up with zeros behind. A name is
 * what stands before the first colon of the first line, or the first UF_MAX_NAME_BYTES of a longer
 * one. A line without a colon, or with nothing before it, has no name: each in turn. Source:
 * StatsD's docs/metric_types.md.
 */
#define UF_KEY_METRIC_NAME 255
#define UF_MAX_NAME_BYTES 128 /* a power of two */

/*
 * Which bytes of the payload are hashed, with UF_LISTENER_HASH_PAYLOAD: as two numbers like the
 * halves of an address, filled up with zeros behind; after those of the source if it counts.
 */
struct uf_payload_key {
	__u64 expected; /* what stands at match_offset, the first byte highest, zeros behind */
	__u16 offset; /* from the start of the UDP payload */
	__u16 match_offset; /* likewise */
	__u8 key_bytes; /* 1..16, or UF_KEY_METRIC_NAME */
	__u8 match_bytes; /* 0..8; 0: every payload has the key that is long enough */
	__u8 with_source; /* 1: the source address counts, too */
	__u8 else_source; /* without the key: 1: the source address decides; 0: each in turn */
};

/* Where the round robin of one CPU stands. All zero: it has not begun. */
struct uf_cursor {
	__u32 turn; /* 0..count-1 */
	__u32 start; /* what is added to the turn: CPUs begin apart */
	__u32 count; /* of the table that the two belong to */
	__u32 reserved; /* 0 */
};

/* Endpoints of all listeners with replies together. */
#define UF_MAX_FLOW_ENDPOINTS 16384

/* In place of a slot: the entry is for what endpoints answer. */
#define UF_FLOW_OF_REPLIES 0xffffffffu

/*
 * One side of a flow: what a client's socket sends to one address and port, and what comes back
 * from an endpoint.
 */
struct uf_flow_key {
	__u8 client[16];
	__u8 server[16]; /* requests: as the client sent to it; replies: the endpoint */
	__be16 client_port;
	__be16 server_port;
	__u32 owner; /* of requests: the listener's slot; of replies: UF_FLOW_OF_REPLIES */
};

struct uf_flow {
	__u64 seen_ns; /* CLOCK_MONOTONIC, to about a second: when it was last used */
	/*
	 * What a packet of this side is given, requests as destination, replies as source: the
	 * endpoint; what the client sent to.
	 */
	__u8 address[16];
	__be16 port;
	__u8 hardware_address[6]; /* of ifindex, if there is one; requests: see flow.h */
	__u32 slot; /* of the listener */
	__u32 ifindex; /* of replies: where the stack is to receive them; 0: by the next hop */
};

/* Who gets copies of a listener's datagrams. All zero: nobody. */
struct uf_mirror {
	__u32 slot; /* of that set, whose table, cursor and counters are those of a listener */
	__u32 every; /* of how many datagrams, at each CPU, one is copied: at least 1 */
};

#endif /* UDP_FANOUT_H */
