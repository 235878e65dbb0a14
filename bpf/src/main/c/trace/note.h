/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reads what udp-fanout has written on a packet that it drops. */
#ifndef UDP_FANOUT_TRACE_NOTE_H
#define UDP_FANOUT_TRACE_NOTE_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "drop_note.h"
#include "drop_reason.h"
#include "trace/kernel.h"

/* Reads what stands in __sk_buff.cb. */
static __always_inline bool uf_read_cb(struct sk_buff *skb, void *note, __u32 bytes)
{
	const void *at = (const void *)skb + bpf_core_field_offset(skb->cb) +
			 bpf_core_field_offset(struct qdisc_skb_cb, data);

	return !bpf_probe_read_kernel(note, bytes, at);
}

/* Whether a packet that is freed is a drop of udp-fanout's. */
static __always_inline bool uf_read_note(struct sk_buff *skb, struct uf_drop_note *note)
{
	return uf_read_cb(skb, note, sizeof(*note)) && note->magic == UF_DROP_NOTE_MAGIC;
}

/* Whether a packet that is freed is a copy for which the kernel had no room. */
static __always_inline bool uf_read_copy_note(struct sk_buff *skb, struct uf_drop_note *note)
{
	struct uf_copy_note copy;

	if (!uf_read_cb(skb, &copy, sizeof(copy)) || copy.magic != UF_COPY_NOTE_MAGIC)
		return false;
	note->reason = UF_DROP_COPY_FAILED;
	note->slot = copy.slot;
	note->counter = copy.counter;
	note->packets = copy.packets;
	return true;
}

/* Whether a packet is a drop of udp-fanout's that goes on here, at this interface. */
static __always_inline bool uf_read_passed_note(struct sk_buff *skb, struct uf_drop_note *note)
{
	struct uf_passed_note passed;

	if (!uf_read_cb(skb, &passed, sizeof(passed)) || passed.magic != UF_PASSED_NOTE_MAGIC ||
	    passed.ifindex != (__u32)BPF_CORE_READ(skb, dev, ifindex))
		return false;
	note->reason = passed.reason;
	note->slot = passed.slot;
	note->counter = passed.counter;
	note->packets = passed.packets;
	return true;
}

/* Whether it has the note of a packet that the stack answers since its TTL is over. */
static __always_inline bool uf_read_expired_note(struct sk_buff *skb, struct uf_drop_note *note)
{
	const __u32 priority = BPF_CORE_READ(skb, priority);

	if ((priority & ~UF_EXPIRED_SLOT) != UF_EXPIRED_NOTE)
		return false;
	note->reason = UF_DROP_TTL_EXPIRED;
	note->slot = priority & UF_EXPIRED_SLOT;
	note->counter = 0;
	note->packets = 1;
	return true;
}

#endif /* UDP_FANOUT_TRACE_NOTE_H */
