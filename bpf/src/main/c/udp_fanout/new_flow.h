/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Puts flows into FLOWS: where there is room, or can be made. */
#ifndef UDP_FANOUT_NEW_FLOW_H
#define UDP_FANOUT_NEW_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>

#include <bpf/bpf_helpers.h>

#include "clock.h"
#include "conntrack.h"
#include "datagram.h"
#include "flow.h"
#include "flow_change.h"
#include "local.h"
#include "target.h"
#include "udp_fanout.h"

/* Some of the flows in the table, from which one that can go is drawn. The keys of requests. */
#define UF_FLOW_SAMPLES 16384 /* a power of two */
#define UF_FLOW_DRAWS 8
/* So long a flow stays whose client has sent nothing more: an answer may be on its way. */
#define UF_FLOW_GRACE_NS 2000000000ull

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, UF_FLOW_SAMPLES);
	__type(key, __u32);
	__type(value, struct uf_flow_key);
} FLOW_SAMPLES SEC(".maps");

/*
 * Takes a flow out of a full table whose client has asked once and not again: after a moment it has
 * its answer, and most never come back. One whose client keeps sending stays until it is idle. Its
 * place in FLOW_SAMPLES, or a negative number if none was found. Not static, so that the verifier
 * looks at the loop once.
 */
__noinline int uf_make_room(struct __sk_buff *skb)
{
	const __u64 now_ns = bpf_ktime_get_ns();
	const struct uf_flow_key *sample;
	struct uf_replies *replies;
	union uf_address endpoint;
	struct uf_flow_key key;
	const struct uf_flow *flow;
	void *table;
	__be16 port;
	__u32 index;
	__u32 i;

	table = uf_flow_table();
	if (!skb || !table)
		return -1;
	for (i = 0; i < UF_FLOW_DRAWS; i++) {
		index = bpf_get_prandom_u32() & (UF_FLOW_SAMPLES - 1);
		sample = bpf_map_lookup_elem(&FLOW_SAMPLES, &index);
		if (!sample)
			continue;
		key = *sample;
		flow = bpf_map_lookup_elem(table, &key);
		if (!flow || uf_has_come_again(flow) ||
		    (__s64)(now_ns - flow->seen_ns) < (__s64)UF_FLOW_GRACE_NS)
			continue;
		replies = uf_replies_of(flow->slot);
		if (replies)
			replies->flows_evicted++;
		endpoint.halves[0] = ((const __u64 *)flow->address)[0];
		endpoint.halves[1] = ((const __u64 *)flow->address)[1];
		port = flow->port;
		bpf_map_delete_elem(table, &key);
		/* From here on that of the replies. */
		__builtin_memcpy(key.server, &endpoint, sizeof(key.server));
		key.server_port = port;
		key.owner = UF_FLOW_OF_REPLIES;
		bpf_map_delete_elem(table, &key);
		uf_tell_of_flow_change();
		return index;
	}
	return -1;
}

/* Puts a new flow's requests into the table, if there is room, or can be made; false if not. */
static __always_inline bool uf_put_new_flow(struct __sk_buff *skb, void *table,
					    const struct uf_flow_key *key,
					    const struct uf_flow *wanted)
{
	__u32 index = bpf_get_prandom_u32() & (UF_FLOW_SAMPLES - 1);
	int freed;

	if (bpf_map_update_elem(table, key, wanted, BPF_ANY)) {
		freed = uf_make_room(skb);
		if (freed < 0 || bpf_map_update_elem(table, key, wanted, BPF_ANY))
			return false;
		index = freed;
	}
	bpf_map_update_elem(&FLOW_SAMPLES, &index, key, BPF_ANY);
	return true;
}

/* The device by which replies to a datagram go back to the stack; 0: they go by the next hop. */
static __always_inline __u32 uf_reply_ifindex(const struct __sk_buff *skb,
					      const struct uf_datagram *datagram, __u32 flags)
{
	return datagram->l3_offset &&
			       (flags & UF_LISTENER_REPLIES_BY_STACK || uf_is_by_loopback(skb))
		       ? skb->ifindex
		       : 0;
}

/* What is noted for the replies to a datagram: where it came to, and how replies get back there. */
static __always_inline void uf_describe_way_back(struct __sk_buff *skb,
						 const struct uf_datagram *datagram,
						 const struct uf_target *target,
						 struct uf_flow *back)
{
	__builtin_memcpy(back->address, &datagram->destination, sizeof(back->address));
	back->port = datagram->destination_port;
	back->slot = target->slot;
	/*
	 * The frame has come to this device's own address: there it is a frame for this host. A
	 * process of this node gets replies by the loopback interface, too: by no other may they
	 * come from the node's own address.
	 */
	if (uf_reply_ifindex(skb, datagram, target->flags) &&
	    !bpf_skb_load_bytes(skb, offsetof(struct ethhdr, h_dest), back->hardware_address,
				ETH_ALEN))
		back->ifindex = skb->ifindex;
}

static __always_inline bool uf_is_same_way_back(const struct uf_flow *one,
						const struct uf_flow *other)
{
	return one->port == other->port && one->slot == other->slot &&
	       one->ifindex == other->ifindex && uf_same_address(one->address, other->address);
}

/*
 * The same as uf_keep_flow, of a flow whose requests are known to go to the target; false, and
 * nothing is done, if its replies do not come back to where the datagram was sent.
 */
static __noinline bool uf_keep_known_flow(struct __sk_buff *skb, const struct uf_datagram *datagram,
					  const struct uf_target *target, struct uf_flow *requests)
{
	struct uf_flow_key key;
	struct uf_flow *back;
	__u64 now_ns;
	void *table;

	if (!datagram || !target || !requests)
		return false;
	table = uf_flow_table();
	if (!table)
		return false;
	__builtin_memcpy(key.client, &datagram->source, sizeof(key.client));
	__builtin_memcpy(key.server, &target->address, sizeof(key.server));
	key.client_port = datagram->source_port;
	key.server_port = target->port;
	key.owner = UF_FLOW_OF_REPLIES;
	back = bpf_map_lookup_elem(table, &key);
	if (!back || back->port != datagram->destination_port || back->slot != target->slot ||
	    back->ifindex != uf_reply_ifindex(skb, datagram, target->flags) ||
	    !uf_same_address(back->address, datagram->destination.bytes))
		return false;
	now_ns = uf_coarse_now_ns();
	uf_touch_requests(requests, now_ns);
	uf_touch_flow(back, now_ns);
	return true;
}

/*
 * Notes that a datagram of a listener with replies goes to the target: that its flow's next ones go
 * there too, and where the replies go. Where two flows would have one key for their replies, the
 * one that was heard of last has them: a client's socket that asks one endpoint by two addresses.
 * But what the endpoint answers to questions past all listeners is not taken over.
 */
static __noinline int uf_keep_flow(struct __sk_buff *skb, const struct uf_datagram *datagram,
				   const struct uf_target *target)
{
	struct uf_replies *replies;
	struct uf_flow_key key;
	struct uf_flow wanted = {};
	struct uf_flow *flow;
	void *table;

	if (!datagram || !target)
		return -1;
	table = uf_flow_table();
	if (!table)
		return -1;
	wanted.seen_ns = uf_coarse_now_ns();
	wanted.port = target->port;
	wanted.slot = target->slot;
	__builtin_memcpy(wanted.address, &target->address, sizeof(wanted.address));
	uf_set_request_key(&key, target->slot, datagram);
	replies = uf_replies_of(wanted.slot);
	flow = bpf_map_lookup_elem(table, &key);
	if (flow && flow->port == wanted.port && uf_same_address(flow->address, wanted.address) &&
	    !uf_is_idle(flow, wanted.seen_ns)) {
		uf_touch_requests(flow, wanted.seen_ns);
	} else if (uf_are_answers_expected_elsewhere(skb, datagram, target)) {
		if (replies)
			replies->flows_expected_elsewhere++;
		return 0;
	} else if (flow) {
		bpf_map_update_elem(table, &key, &wanted, BPF_ANY);
		uf_tell_of_flow_change();
	} else if (uf_put_new_flow(skb, table, &key, &wanted)) {
		if (replies)
			replies->flows_created++;
	} else {
		if (replies)
			replies->flows_without_room++;
		return 0;
	}

	__builtin_memcpy(key.server, &target->address, sizeof(key.server));
	key.server_port = target->port;
	key.owner = UF_FLOW_OF_REPLIES;
	uf_describe_way_back(skb, datagram, target, &wanted);
	flow = bpf_map_lookup_elem(table, &key);
	if (flow && uf_is_same_way_back(flow, &wanted)) {
		uf_touch_flow(flow, wanted.seen_ns);
		return 0;
	}
	if (bpf_map_update_elem(table, &key, &wanted, BPF_ANY) && uf_make_room(skb) >= 0)
		bpf_map_update_elem(table, &key, &wanted, BPF_ANY);
	if (flow)
		uf_tell_of_flow_change();
	return 0;
}

#endif /* UDP_FANOUT_NEW_FLOW_H */
