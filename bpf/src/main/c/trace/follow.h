/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which packets are followed, and what is told of them. */
#ifndef UDP_FANOUT_TRACE_FOLLOW_H
#define UDP_FANOUT_TRACE_FOLLOW_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "trace/event.h"
#include "trace/kernel.h"
#include "trace/packet.h"

const volatile struct uf_trace_settings SETTINGS SEC(".rodata.settings");

/* Nobody but the process that has loaded the object reads it. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} EVENTS SEC(".maps");

struct uf_followed {
	__u64 payload[2]; /* how it begins: of a test datagram, the tag */
	__u32 sequence;
	__u32 is_queued; /* a socket has it: what has its sk_buff next is another packet */
};

/* Packets by the address of their sk_buff: what drops a packet tells no more than that. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u64);
	__type(value, struct uf_followed);
} FOLLOWED SEC(".maps");

/* Of lo, in each network namespace: net/core/dev.c, LOOPBACK_IFINDEX. */
#define UF_LOOPBACK_IFINDEX 1

struct uf_totals {
	__u64 lost; /* events without room */
	__u64 live; /* real datagrams that are followed so far */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct uf_totals);
} TOTALS SEC(".maps");

static __always_inline struct uf_totals *uf_totals(void)
{
	__u32 first = 0;

	return bpf_map_lookup_elem(&TOTALS, &first);
}

static __always_inline void uf_tell(struct uf_trace_event *event, struct sk_buff *skb, __u32 kind)
{
	struct uf_totals *totals = uf_totals();

	event->time_ns = bpf_ktime_get_ns();
	event->skb = (__u64)skb;
	event->kind = kind;
	event->bytes = BPF_CORE_READ(skb, len);
	bpf_get_current_comm(event->task, sizeof(event->task));
	if (totals)
		event->lost = totals->lost;
	if (bpf_ringbuf_output(&EVENTS, event, sizeof(*event), 0) && totals)
		__sync_fetch_and_add(&totals->lost, 1);
}

/*
 * Whether a real datagram that comes in is one of those to follow, and a number for it: a random
 * one, since what an atomic addition returns can be had from 5.12 on. CPUs race for the last place.
 */
static __always_inline bool uf_take_live(const struct uf_trace_event *event, __u32 *sequence)
{
	struct uf_totals *totals = uf_totals();

	if (!totals || totals->live >= SETTINGS.live_count ||
	    event->destination_port != SETTINGS.port)
		return false;
	for (int i = 0; i < 16; i++)
		if (event->destination[i] != SETTINGS.address[i])
			return false;
	if (bpf_get_prandom_u32() % SETTINGS.live_every)
		return false;
	__sync_fetch_and_add(&totals->live, 1);
	*sequence = bpf_get_prandom_u32();
	return true;
}

/*
 * Whether it is the packet that is followed. A sk_buff is used again for other packets, and kernels
 * do not tell each end, so the address alone is not believed.
 */
static __always_inline bool uf_is_same(const struct uf_followed *followed, const void *payload)
{
	__u64 begin[2];

	return payload && !bpf_probe_read_kernel(begin, sizeof(begin), payload) &&
	       begin[0] == followed->payload[0] && begin[1] == followed->payload[1];
}

/* Whether the packet has just come in by the interface from which datagrams are followed. */
static __always_inline bool uf_is_at_entry(struct sk_buff *skb)
{
	return BPF_CORE_READ(skb, dev, ifindex) == (int)SETTINGS.ifindex &&
	       BPF_CORE_READ(skb, dev, nd_net.net, ns.inum) == SETTINGS.netns;
}

/* Tells that the packet has become an ICMP message, if it has. */
static __always_inline void uf_tell_answer(struct sk_buff *skb, const void *l3,
					   const struct uf_followed *followed,
					   struct uf_trace_event *event)
{
	if (followed->is_queued || !uf_read_icmp(l3, event))
		return;
	event->sequence = followed->sequence;
	uf_read_device(BPF_CORE_READ(skb, dev), event);
	uf_tell(event, skb, UF_TRACE_ANSWERED);
}

/*
 * Whether the packet, whose headers begin at l3, is followed, or is to be from here on. A test
 * datagram is known by its payload, also as a copy, or after its way through a process.
 */
static __always_inline struct uf_followed *uf_recognise(struct sk_buff *skb, const void *l3,
							struct uf_trace_event *event, bool comes_in)
{
	__u64 key = (__u64)skb;
	const void *payload = uf_read_headers(l3, event);
	struct uf_followed *known = bpf_map_lookup_elem(&FOLLOWED, &key);
	struct uf_followed found = {};
	bool is_to_follow;

	comes_in = comes_in && uf_is_at_entry(skb);
	if (known && uf_is_same(known, payload) && !(comes_in && SETTINGS.live_every))
		return known;
	if (known) {
		uf_tell_answer(skb, l3, known, event);
		bpf_map_delete_elem(&FOLLOWED, &key);
	}
	if (SETTINGS.live_every)
		is_to_follow = payload && comes_in && uf_take_live(event, &found.sequence);
	else
		is_to_follow = uf_read_tag(payload, SETTINGS.run, &found.sequence);
	if (!is_to_follow || bpf_probe_read_kernel(found.payload, sizeof(found.payload), payload))
		return NULL;
	bpf_map_update_elem(&FOLLOWED, &key, &found, BPF_ANY);
	return bpf_map_lookup_elem(&FOLLOWED, &key);
}

/* Tells where a packet is, if it is followed. device may be NULL: it is the packet's then. */
static __always_inline int uf_see(struct sk_buff *skb, const void *l3, struct net_device *device,
				  struct uf_trace_event *event, __u32 kind)
{
	struct uf_followed *followed = uf_recognise(skb, l3, event, kind == UF_TRACE_RECEIVED);

	if (!followed)
		return 0;
	event->sequence = followed->sequence;
	uf_read_device(device ? device : BPF_CORE_READ(skb, dev), event);
	uf_tell(event, skb, kind);
	return 0;
}

/*
 * Tells that the newest packet of a UDP socket waits there, if it is followed: what is put straight
 * into a pod comes by no interface's hook that tells, and some kernels do not tell its end either.
 */
static __always_inline int uf_see_queued(struct sock *sk, struct uf_trace_event *event)
{
	struct sk_buff *skb = BPF_CORE_READ(sk, sk_receive_queue.prev);
	__u64 key = (__u64)skb;
	struct uf_followed *followed = bpf_map_lookup_elem(&FOLLOWED, &key);

	if (!followed || !uf_is_same(followed, uf_read_headers(uf_l3(skb), event)))
		return 0;
	followed->is_queued = 1;
	event->sequence = followed->sequence;
	event->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	uf_tell(event, skb, UF_TRACE_QUEUED);
	return 0;
}

/*
 * Tells the end of a test datagram that dies before any interface tells of it: what a process sends
 * on is a packet of its own, which the firewall may drop at its way out. What came in is known
 * already, or is a copy for somebody who listens; what uf_trace_inject is given is lo's.
 */
static __always_inline int uf_end_unseen(struct sk_buff *skb, struct uf_trace_event *event)
{
	if (SETTINGS.live_every || BPF_CORE_READ(skb, skb_iif) ||
	    BPF_CORE_READ(skb, dev, ifindex) == UF_LOOPBACK_IFINDEX ||
	    !uf_read_tag(uf_read_headers(uf_l3(skb), event), SETTINGS.run, &event->sequence))
		return 0;
	uf_read_device(BPF_CORE_READ(skb, dev), event);
	uf_tell(event, skb, UF_TRACE_FREED);
	return 0;
}

/* Tells the end of a packet, if it is followed. */
static __always_inline int uf_end(struct sk_buff *skb, struct uf_trace_event *event, __u32 kind)
{
	__u64 key = (__u64)skb;
	struct uf_followed *followed = bpf_map_lookup_elem(&FOLLOWED, &key);

	if (!followed)
		return kind == UF_TRACE_FREED ? uf_end_unseen(skb, event) : 0;
	if (uf_is_same(followed, uf_read_headers(uf_l3(skb), event))) {
		uf_read_device(BPF_CORE_READ(skb, dev), event);
		event->sequence = followed->sequence;
		uf_tell(event, skb, kind);
	} else if (kind == UF_TRACE_FREED) {
		/* The answer, in place of the datagram: what becomes of that is another question.
		 */
		uf_tell_answer(skb, uf_l3(skb), followed, event);
	}
	bpf_map_delete_elem(&FOLLOWED, &key);
	return 0;
}

#endif /* UDP_FANOUT_TRACE_FOLLOW_H */
