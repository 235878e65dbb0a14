// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Gives a program under BPF_PROG_TEST_RUN a new packet in each repetition: the kernel does not put
 * the packet back, and would repeat the same client's for ever. udp_fanout_drive writes the headers
 * of the next packet over those that the program has left, and calls the program with it.
 *
 * The other programs are what the program is compared with.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_helpers.h>

#define MAX_PACKETS 65536
/* IPv6 and UDP; of IPv4 the first bytes of the payload as well. */
#define HEADER_BYTES 48
#define HEADER_WORDS (HEADER_BYTES / 8)
#define IPV4_HEADER_BYTES 20

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct headers {
	__u64 words[HEADER_WORDS];
};

/* Which packets take turns: the elements of HEADERS from the first on. */
struct range {
	__u32 first;
	__u32 count;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_PACKETS);
	__type(key, __u32);
	__type(value, struct headers);
} HEADERS SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct range);
} RANGE SEC(".maps");

/* Whose turn it is on this CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} TURN SEC(".maps");

/* The program that is driven: element 0. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} DRIVEN SEC(".maps");

SEC("tc")
int udp_fanout_drive(struct __sk_buff *skb)
{
	const struct headers *headers;
	const struct range *range;
	__u32 only = 0;
	__u32 index;
	__u32 *turn;
	__u64 *packet;

	range = bpf_map_lookup_elem(&RANGE, &only);
	turn = bpf_map_lookup_elem(&TURN, &only);
	if (!range || !turn)
		return TC_ACT_SHOT;
	index = *turn < range->count ? *turn : 0;
	*turn = index + 1;
	index += range->first;
	headers = bpf_map_lookup_elem(&HEADERS, &index);
	packet = (void *)(long)skb->data + ETH_HLEN;
	if (!headers || (void *)(packet + HEADER_WORDS) > (void *)(long)skb->data_end)
		return TC_ACT_SHOT;
#pragma unroll
	for (int i = 0; i < HEADER_WORDS; i++)
		packet[i] = headers->words[i];
	skb->mark = 0;
	bpf_tail_call(skb, &DRIVEN, 0);
	return TC_ACT_SHOT;
}

/* What it costs to run a program at all. */
SEC("tc")
int udp_fanout_none(struct __sk_buff *skb)
{
	(void)skb;
	return TC_ACT_UNSPEC;
}

/*
 * The floor: less than one store and a redirect to the neighbour cannot be done for a packet that
 * gets another destination. Sent nowhere: a test run does not carry the redirect out.
 */
SEC("tc")
int udp_fanout_floor(struct __sk_buff *skb)
{
	const char header[IPV4_HEADER_BYTES] = { 0x45 };

	bpf_skb_store_bytes(skb, ETH_HLEN, header, sizeof(header), 0);
	return bpf_redirect_neigh(skb->ifindex, NULL, 0, 0);
}
