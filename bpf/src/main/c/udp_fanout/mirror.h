/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A copy of one datagram in some for another set of endpoints, as copy.h makes them: it goes round
 * to the same hook, with a mark, and there takes the whole way of a datagram of its own, on the
 * account of that set. Whatever becomes of it, the datagram itself knows nothing of it.
 */
#ifndef UDP_FANOUT_MIRROR_H
#define UDP_FANOUT_MIRROR_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "account.h"
#include "copied.h"
#include "copy_note.h"
#include "datagram.h"
#include "mark.h"
#include "udp_fanout.h"

/* By the listener's slot. The daemon writes, the program reads. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__type(value, struct uf_mirror);
} MIRRORS SEC(".maps");

/*
 * How many datagrams of a listener each CPU has seen since the one of which it made the last copy.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__type(value, __u32);
} MIRROR_TURNS SEC(".maps");

static __always_inline __u64 uf_slot_and_flags(__u32 slot, __u32 flags)
{
	return (__u64)flags << 32 | slot;
}

/*
 * What is to become of a datagram, or of a copy that has come round, in struct uf_target: its slot,
 * and above it its flags. Not static, so that the verifier looks at it once, and takes what it
 * returns for any number: on what is decided here, the caller does not branch.
 *
 * A datagram stays what it is, and if it is its turn a copy is sent round. A copy becomes one of
 * the mirror's set, which has no rules of its own.
 */
__noinline __u64 uf_mirror(struct __sk_buff *skb, __u32 slot, __u32 flags, __u32 packets)
{
	const struct uf_mirror *mirror = bpf_map_lookup_elem(&MIRRORS, &slot);
	__u32 *turn = bpf_map_lookup_elem(&MIRROR_TURNS, &slot);
	const struct uf_datagram datagram = { .packets = packets };
	const __u32 paid = uf_paid_of_copy(skb, false);
	const __u32 before = uf_mark_of(skb);
	const __u32 bytes = skb->len;
	const bool has_mirror = mirror && turn && mirror->every;

	if (before == UF_MARK_MIRRORED) {
		uf_take_mark_off(skb);
		/* A copy that has nobody to go to any more is dropped without a trace. */
		return uf_slot_and_flags(has_mirror ? mirror->slot : UF_NO_SLOT,
					 flags & UF_LISTENER_BY_STACK);
	}
	if (has_mirror && ++*turn >= mirror->every) {
		*turn = 0;
		uf_note_copied();
		uf_set_mark(skb, UF_MARK_MIRRORED + paid);
		uf_sign(skb);
		uf_note_copy(skb, mirror->slot, packets, 0);
		if (bpf_clone_redirect(skb, skb->ifindex, BPF_F_INGRESS))
			uf_account_dropped(mirror->slot, &datagram, bytes, UF_DROP_COPY_FAILED);
		uf_take_note_off(skb);
		uf_set_mark(skb, before + paid);
	}
	return uf_slot_and_flags(slot, flags);
}

#endif /* UDP_FANOUT_MIRROR_H */
