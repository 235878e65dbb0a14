// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Somebody else's program on our hook: counts what it sees, and ends the chain as many agents do.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} SEEN SEC(".maps");

static __always_inline void count(void)
{
	__u32 key = 0;
	__u64 *seen = bpf_map_lookup_elem(&SEEN, &key);

	if (seen)
		__sync_fetch_and_add(seen, 1);
}

SEC("tc")
int neighbour(struct __sk_buff *skb)
{
	(void)skb;
	count();
	return TC_ACT_OK;
}

/* Another one, which drops all that it sees. */
SEC("tc")
int dropper(struct __sk_buff *skb)
{
	(void)skb;
	return TC_ACT_SHOT;
}

/* Before TC, and before the kernel has an skb: one that lets everything pass. */
SEC("xdp")
int xdp_passer(struct xdp_md *frame)
{
	(void)frame;
	count();
	return XDP_PASS;
}

/* And one that drops everything. */
SEC("xdp")
int xdp_dropper(struct xdp_md *frame)
{
	(void)frame;
	count();
	return XDP_DROP;
}
