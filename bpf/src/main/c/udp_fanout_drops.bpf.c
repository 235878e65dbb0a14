// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The probe of "udp-fanout drops": reads the note that udp-fanout leaves on a packet which it
 * drops. It is there only while somebody watches, held by a descriptor of that process. However
 * many datagrams are dropped, it tells a bounded number a second, and counts the others.
 */
#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "drop_note.h"
#include "drop_reason.h"
#include "trace/drop_event.h"
#include "trace/event.h"
#include "trace/kernel.h"
#include "trace/note.h"
#include "trace/packet.h"

/* Reading the kernel's memory is for GPL-compatible programs. */
char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile struct uf_drops_settings SETTINGS SEC(".rodata.settings") = { .per_second = 1 };

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 18);
} EVENTS SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct uf_drops_window);
} WINDOW SEC(".maps");

/*
 * Whether this second has room for one more. CPUs race for the last places, so that it may be a few
 * more; the ring's size is the hard bound.
 */
static __always_inline bool uf_has_room(struct uf_drops_window *window, __u64 now_ns)
{
	const __u64 second = now_ns / 1000000000ull;

	if (window->second != second) {
		window->second = second;
		window->told = 0;
	}
	__sync_fetch_and_add(&window->told, 1);
	return window->told <= SETTINGS.per_second;
}

/* The namespace of the interface that the packet was dropped on: 0 if it cannot be read. */
static __always_inline __u32 uf_netns_of(struct sk_buff *skb)
{
	return BPF_CORE_READ(skb, dev, nd_net.net, ns.inum);
}

/* What is told of a packet beside its note. */
struct uf_told {
	const void *l3; /* where it begins */
	__u32 bytes;
	__u32 ifindex; /* where it came in, if that is not where it is now; else 0 */
};

/* Tells of a packet. */
static __always_inline int uf_tell(struct sk_buff *skb, const struct uf_drop_note *note,
				   const struct uf_told *told)
{
	struct uf_drops_window *window;
	struct uf_trace_event packet = {};
	struct uf_drop_event event = {};
	__u32 first = 0;

	uf_read_headers(told->l3, &packet);
	/* Others may have a priority that looks like our note. */
	if (note->reason == UF_DROP_TTL_EXPIRED && packet.hops > 1)
		return 0;
	window = bpf_map_lookup_elem(&WINDOW, &first);
	if (!window)
		return 0;
	__sync_fetch_and_add(&window->seen, 1);
	event.time_ns = bpf_ktime_get_ns();
	if (!uf_has_room(window, event.time_ns))
		return 0;
	if (!told->ifindex)
		uf_read_device(BPF_CORE_READ(skb, dev), &packet);
	event.ifindex = told->ifindex;
	event.reason = note->reason;
	event.slot = note->slot;
	event.counter = note->counter;
	event.packets = note->packets;
	event.bytes = told->bytes;
	event.source_port = packet.source_port;
	event.destination_port = packet.destination_port;
	event.family = packet.family;
	__builtin_memcpy(event.source, packet.source, sizeof(event.source));
	__builtin_memcpy(event.destination, packet.destination, sizeof(event.destination));
	__builtin_memcpy(event.device, packet.device, sizeof(event.device));
	event.seen = window->seen;
	if (!bpf_ringbuf_output(&EVENTS, &event, sizeof(event), 0))
		__sync_fetch_and_add(&window->written, 1);
	return 0;
}

/* net/core/skbuff.c */
SEC("raw_tp/kfree_skb")
int uf_drops_free(struct bpf_raw_tracepoint_args *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx->args[0];
	struct uf_drop_note note;
	struct uf_told told;

	if ((!uf_read_note(skb, &note) && !uf_read_copy_note(skb, &note) &&
	     !uf_read_expired_note(skb, &note)) ||
	    uf_netns_of(skb) != SETTINGS.netns)
		return 0;
	told.l3 = uf_quoted(uf_l3(skb));
	told.bytes = BPF_CORE_READ(skb, len);
	told.ifindex = 0;
	return uf_tell(skb, &note, &told);
}

/* What is dropped and goes on: as the ICMP answer to its sender, or to the stack for that. */
static __always_inline int uf_tell_passed(struct sk_buff *skb)
{
	const __u32 came_in = BPF_CORE_READ(skb, skb_iif);
	struct uf_drop_note note;
	struct uf_told told;

	if (!uf_read_passed_note(skb, &note) || uf_netns_of(skb) != SETTINGS.netns)
		return 0;
	told.l3 = uf_quoted(uf_l3(skb));
	told.bytes = uf_read_ip_bytes(told.l3);
	told.ifindex = came_in == (__u32)BPF_CORE_READ(skb, dev, ifindex) ? 0 : came_in;
	return uf_tell(skb, &note, &told);
}

/* net/core/dev.c: __dev_queue_xmit */
SEC("raw_tp/net_dev_queue")
int uf_drops_queue(struct bpf_raw_tracepoint_args *ctx)
{
	return uf_tell_passed((struct sk_buff *)ctx->args[0]);
}

/* net/core/dev.c: netif_rx_internal */
SEC("raw_tp/netif_rx")
int uf_drops_receive(struct bpf_raw_tracepoint_args *ctx)
{
	return uf_tell_passed((struct sk_buff *)ctx->args[0]);
}
