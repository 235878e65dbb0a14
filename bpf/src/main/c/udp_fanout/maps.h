/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef UDP_FANOUT_MAPS_H
#define UDP_FANOUT_MAPS_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "udp_fanout.h"

/* Who listens where. The daemon writes, the program reads. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, UF_MAX_LISTENER_KEYS);
	__type(key, struct uf_listener_key);
	__type(value, struct uf_listener);
} LISTENERS SEC(".maps");

/* Who listens at an address, the port left out (0 in the key). The daemon writes, the program reads. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, UF_MAX_LISTENER_KEYS);
	__type(key, struct uf_listener_key);
	__type(value, struct uf_listener_set);
} LISTENER_SETS SEC(".maps");

/* Where the fragments of a datagram go. Full, it forgets the datagram that was not seen for longest. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, UF_MAX_FRAGMENTED);
	__type(key, struct uf_fragment_key);
	__type(value, struct uf_fragment_entry);
} FRAGMENTS SEC(".maps");

/* Where an entry of FRAGMENTS is put together. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct uf_fragment_entry);
} NEW_FRAGMENT SEC(".maps");

/* This node's own unicast addresses: what a wildcard listener may match. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, UF_MAX_LOCAL_ADDRESSES);
	__type(key, union uf_address);
	__type(value, __u32);
} LOCAL_ADDRESSES SEC(".maps");

/* One filter, over all of LOCAL_ADDRESSES. The daemon sets a bit before its address is added, and clears it after. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct uf_address_filter);
} LOCAL_FILTER SEC(".maps");

/*
 * One endpoint table a listener. A table is filled while nobody sees it, then put into ENDPOINTS in
 * one step; the kernel waits for the programs that still use the old one before the system call
 * returns (maybe_wait_bpf_programs in kernel/bpf/syscall.c). BPF_F_INNER_MAP lets tables differ in
 * length; it came with Linux 5.10.
 */
struct uf_endpoint_table {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_INNER_MAP);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size,
	       sizeof(struct uf_endpoint)); /* clang leaves __type() forward-declared here */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__array(values, struct uf_endpoint_table);
} ENDPOINTS SEC(".maps");

/* Where each CPU's round robin stands, a listener an element. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__type(value, struct uf_cursor);
} CURSORS SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__type(value, struct uf_stats);
} STATS SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__type(value, struct uf_drops);
} DROPS SEC(".maps");

/* Datagrams by endpoint; element 0 stands for those that are not counted, and is not used. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, UF_MAX_ENDPOINT_COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} ENDPOINT_PACKETS SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct uf_latency);
} LATENCY SEC(".maps");

/* For the daemon alone: see struct uf_endpoint_counter_key. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, UF_MAX_ENDPOINT_COUNTERS);
	__type(key, struct uf_endpoint_counter_key);
	__type(value, __u32);
} ENDPOINT_IDS SEC(".maps");

/* For the daemon alone: see struct uf_listener_name. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__type(value, struct uf_listener_name);
} LISTENER_NAMES SEC(".maps");

#endif /* UDP_FANOUT_MAPS_H */
