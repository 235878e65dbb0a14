/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * skb->tc_index: what the program tells itself of a packet that it sends round to a hook of the
 * same interface.
 *
 * A packet has one mark: the copy of a turned packet is a copy. uf_redirect_to_peer takes off
 * whatever is left, since another network namespace follows. Nothing but the program sets tc_index
 * before the hook at ingress. No other file names the field (bpf/compile holds that), so the list
 * below is whole.
 */
#ifndef UDP_FANOUT_MARK_H
#define UDP_FANOUT_MARK_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "udp_fanout.h"

/*
 * A program takes over from one of another version while packets are on their way round: the
 * numbers stay as they are.
 */
enum uf_mark {
	UF_MARK_NONE = 0,
	/*
	 * A mirror's copy of a datagram. Set by uf_mirror, and taken off by it once the copy is
	 * round.
	 */
	UF_MARK_MIRRORED = 0x7564,
	/* Turned round at dummy0's egress. Set by uf_turn; it stays on. */
	UF_MARK_TURNED = 0x7565,
	/*
	 * Plus n, from 0, less than UF_MAX_LISTENERS_IN_SET: a fragment's copy for choice n. Set by
	 * uf_send_fragment_copies; it stays on.
	 */
	UF_MARK_FRAGMENT = 0x7566, /* "uf" */
	/*
	 * Plus n, from 1, less than UF_MAX_COPIES: a datagram's copy for receiver n. Set by
	 * uf_send_copies, taken off by uf_copy_to_all.
	 */
	UF_MARK_COPY = 0x7580,
};

_Static_assert(UF_MARK_FRAGMENT + UF_MAX_LISTENERS_IN_SET <= UF_MARK_COPY,
	       "no mark means two things");
_Static_assert(UF_MARK_TURNED == UF_MARK_MIRRORED + 1, "uf_may_be_turned compares once");

static __always_inline __u32 uf_mark_of(const struct __sk_buff *skb)
{
	return skb->tc_index;
}

static __always_inline void uf_set_mark(struct __sk_buff *skb, __u32 mark)
{
	skb->tc_index = mark;
}

/* What meets the packet further on must not take it for one that has come round. */
static __always_inline void uf_take_mark_off(struct __sk_buff *skb)
{
	skb->tc_index = UF_MARK_NONE;
}

static __always_inline bool uf_is_mirrored(const struct __sk_buff *skb)
{
	return uf_mark_of(skb) == UF_MARK_MIRRORED;
}

/* Whether the packet has come by a dummy interface, or may be a copy of one that has. */
static __always_inline bool uf_may_be_turned(const struct __sk_buff *skb)
{
	return uf_mark_of(skb) - UF_MARK_MIRRORED <= 1;
}

/* Which receiver a datagram's copy is for, from 1; 0 if the packet is no copy. */
static __always_inline __u32 uf_copy_number(const struct __sk_buff *skb)
{
	__u32 number = uf_mark_of(skb) - UF_MARK_COPY;

	return number < UF_MAX_COPIES ? number : 0;
}

/*
 * Which choice a fragment's copy is for; UF_MAX_LISTENERS_IN_SET or more if the packet is no copy.
 */
static __always_inline __u32 uf_fragment_copy_number(const struct __sk_buff *skb)
{
	return uf_mark_of(skb) - UF_MARK_FRAGMENT;
}

#endif /* UDP_FANOUT_MARK_H */
