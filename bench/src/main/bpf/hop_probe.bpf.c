// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Notes when the datagrams of a latency run pass: at the NIC's ingress, dummy0's egress and
 * ingress, and the pod's ingress. Changes no packet and no verdict: the programs behind it run as
 * if it were not there.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>

#include <bpf/bpf_helpers.h>

#define MAX_DATAGRAMS 65536
#define HOPS 4
/* IPv4 without options, as the bench sends it. */
#define PAYLOAD_AT (ETH_HLEN + sizeof(struct iphdr) + sizeof(struct udphdr))

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* What begins a payload: see TimedPayload in Java. */
struct stamp {
	__u64 run;
	__u64 sequence;
};

/* Whose datagrams count: element 0. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} RUN SEC(".maps");

/* Element sequence * HOPS + hop: CLOCK_MONOTONIC, nanoseconds. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_DATAGRAMS * HOPS);
	__type(key, __u32);
	__type(value, __u64);
} PASSED SEC(".maps");

static __always_inline int note(struct __sk_buff *skb, __u32 hop)
{
	__u64 now_ns = bpf_ktime_get_ns();
	struct stamp stamp;
	__u32 key = 0;
	__u64 *value;

	value = bpf_map_lookup_elem(&RUN, &key);
	if (!value || bpf_skb_load_bytes(skb, PAYLOAD_AT, &stamp, sizeof(stamp)))
		return TC_ACT_UNSPEC;
	if (stamp.run != *value || stamp.sequence >= MAX_DATAGRAMS)
		return TC_ACT_UNSPEC;
	key = stamp.sequence * HOPS + hop;
	value = bpf_map_lookup_elem(&PASSED, &key);
	if (value)
		*value = now_ns;
	return TC_ACT_UNSPEC;
}

SEC("tc")
int hop_nic(struct __sk_buff *skb)
{
	return note(skb, 0);
}

SEC("tc")
int hop_out(struct __sk_buff *skb)
{
	return note(skb, 1);
}

SEC("tc")
int hop_in(struct __sk_buff *skb)
{
	return note(skb, 2);
}

SEC("tc")
int hop_pod(struct __sk_buff *skb)
{
	return note(skb, 3);
}
