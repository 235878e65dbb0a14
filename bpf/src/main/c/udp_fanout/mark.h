/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * skb->tc_index: what the program tells itself of a packet that it sends round to a hook of the
 * same interface.
 *
 * A packet has one mark: the copy of a turned packet is a copy. uf_redirect_to_peer takes off
 * whatever is left, since another network namespace follows. No other file names the field
 * (bpf/compile holds that), so the list below is whole.
 *
 * Anybody can set tc_index in a namespace of his own: a filter's classid is written there, and a
 * veth leaves it as it is. So a mark is ours only with a signature: a number that nobody but the
 * programs knows, in skb->cb, where no filter without BPF can write. What the IP stack does to a
 * packet overwrites it, and what goes round to a hook of the same interface does not meet the
 * stack. uf_disown_foreign_mark looks at it, before anything goes by a mark.
 */
#ifndef UDP_FANOUT_MARK_H
#define UDP_FANOUT_MARK_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "copy_note.h"
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
	 * Plus n, from 1, less than UF_MAX_ORIGINS_OF_ENDPOINT: an ICMP error's copy for an
	 * endpoint's origin that n others come before. Set and taken off by uf_run_icmp.
	 */
	UF_MARK_ORIGIN = 0x7570,
	/*
	 * Plus n, from 1, less than UF_MAX_COPIES: a datagram's copy for receiver n. Set by
	 * uf_send_copies, taken off by uf_copy_to_all.
	 */
	UF_MARK_COPY = 0x7580,
	/*
	 * Plus n, from 1 to UF_MAX_COPIES: what is for all receivers in an exporter's message, for
	 * the one at position n. Set by uf_send_to_others, taken off by uf_shared_position.
	 */
	UF_MARK_SHARED = 0x75bf,
	/*
	 * A copy without our signature. It is no datagram of a listener: were it taken for one, a
	 * copy whose signature somebody has overwritten would be copied again.
	 */
	UF_MARK_FORGED = 0x757f,
	/*
	 * Plus any of the others: the stack has taken the hop off which the program would take off.
	 * Set by uf_turn, and by who makes copies of such a packet; taken off by uf_spend_hop.
	 */
	UF_MARK_PAID = 0x0200,
};

#define UF_MARK_FAMILY 0x7500 /* the upper byte of each, but for UF_MARK_PAID */

/* What signs marks: element 0. The daemon sets it once, so that it outlives daemons and programs.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} MARK_SIGNATURE SEC(".maps");

_Static_assert(UF_MARK_FRAGMENT + UF_MAX_LISTENERS_IN_SET <= UF_MARK_ORIGIN + 1 &&
		       UF_MARK_ORIGIN + UF_MAX_ORIGINS_OF_ENDPOINT <= UF_MARK_FORGED,
	       "no mark means two things");
_Static_assert(UF_MARK_COPY + UF_MAX_COPIES <= UF_MARK_SHARED + 1 &&
		       UF_MARK_SHARED + UF_MAX_COPIES <= (UF_MARK_FAMILY | 0xff),
	       "no mark means two things");
_Static_assert(UF_MARK_TURNED == UF_MARK_MIRRORED + 1, "uf_may_be_turned compares once");

/* To be called before a packet, or a copy of it, goes round with a mark. */
static __always_inline void uf_sign(struct __sk_buff *skb)
{
	__u32 only = 0;
	const __u64 *signature = bpf_map_lookup_elem(&MARK_SIGNATURE, &only);

	if (!signature)
		return;
	skb->cb[3] = *signature;
	skb->cb[4] = *signature >> 32;
}

static __always_inline bool uf_is_signed(const struct __sk_buff *skb)
{
	__u32 only = 0;
	const __u64 *signature = bpf_map_lookup_elem(&MARK_SIGNATURE, &only);

	return signature && skb->cb[3] == (__u32)*signature &&
	       skb->cb[4] == (__u32)(*signature >> 32);
}

/* Without UF_MARK_PAID. */
static __always_inline __u32 uf_mark_of(const struct __sk_buff *skb)
{
	return skb->tc_index & ~UF_MARK_PAID;
}

/* 1 if two numbers are equal, else 0: without a branch, which the verifier would follow. */
static __always_inline __u32 uf_equal(__u64 one, __u64 other)
{
	__u64 difference = one ^ other;

	asm volatile("" : "+r"(difference));
	return (difference - 1) >> 63;
}

/*
 * By how much the program lowers the TTL or hop limit of a packet: by 1, as any router, but by 0
 * where the stack, which has sent the packet out by a dummy interface, has done so before.
 *
 * Not twice for one packet, or one that comes round for ever would never grow old: where an
 * endpoint's address is routed to the dummy interface, no stack is on its way round. At ingress a
 * packet says by UF_MARK_PAID that it has just come from the stack; at egress by having no mark of
 * ours. uf_spend_hop takes the one off and leaves the other.
 */
static __always_inline __u32 uf_hops(const struct __sk_buff *skb, bool at_egress)
{
	const __u32 family = skb->tc_index & 0xff00;

	return at_egress ? uf_equal(family, UF_MARK_FAMILY)
			 : 1 - uf_equal(family, UF_MARK_FAMILY | UF_MARK_PAID);
}

/* UF_MARK_PAID for a copy of a packet that has it, or is to be treated as if; else 0. */
static __always_inline __u32 uf_paid_of_copy(const struct __sk_buff *skb, bool at_egress)
{
	return UF_MARK_PAID * (1 - uf_hops(skb, at_egress));
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

/* Turned round for the first time, or once more: only for the first time it has paid. */
static __always_inline void uf_mark_turned(struct __sk_buff *skb)
{
	const __u32 family = uf_mark_of(skb) & 0xff00;

	skb->tc_index = UF_MARK_TURNED + UF_MARK_PAID * (1 - uf_equal(family, UF_MARK_FAMILY));
}

/* To be called for a packet whose TTL is sent on as it is. */
static __always_inline void uf_spend_hop(struct __sk_buff *skb)
{
	skb->tc_index = UF_MARK_TURNED;
}

/*
 * Takes off what looks like a mark of ours and is not. At egress it is known by one whether the
 * stack has taken the hop off, and without a signature the packet is not to be spared that.
 */
static __always_inline void uf_disown_foreign_mark(struct __sk_buff *skb, bool at_egress)
{
	const __u32 mark = uf_mark_of(skb);

	if ((mark & 0xff00) != UF_MARK_FAMILY)
		return;
	uf_take_note_off(skb);
	if (uf_is_signed(skb))
		return;
	if (at_egress)
		skb->tc_index = UF_MARK_TURNED;
	else
		skb->tc_index = mark == UF_MARK_TURNED ? UF_MARK_NONE : UF_MARK_FORGED;
}

static __always_inline bool uf_is_forged(const struct __sk_buff *skb)
{
	return uf_mark_of(skb) == UF_MARK_FORGED;
}

/* Whether the packet has come round to a hook of the same interface, or leaves by it once more. */
static __always_inline bool uf_has_come_round(const struct __sk_buff *skb)
{
	return (uf_mark_of(skb) & 0xff00) == UF_MARK_FAMILY;
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

/* Which position of the table what is for all receivers goes to, from 1; 0 if that is not so. */
static __always_inline __u32 uf_shared_copy_number(const struct __sk_buff *skb)
{
	__u32 number = uf_mark_of(skb) - UF_MARK_SHARED;

	return number <= UF_MAX_COPIES ? number : 0;
}

/* How many origins come before the one that an ICMP error's copy is for; 0 if it is no copy. */
static __always_inline __u32 uf_origins_before(const struct __sk_buff *skb)
{
	__u32 number = uf_mark_of(skb) - UF_MARK_ORIGIN;

	return number < UF_MAX_ORIGINS_OF_ENDPOINT && uf_is_signed(skb) ? number : 0;
}

/*
 * Which choice a fragment's copy is for; UF_MAX_LISTENERS_IN_SET or more if the packet is no copy.
 */
static __always_inline __u32 uf_fragment_copy_number(const struct __sk_buff *skb)
{
	return uf_mark_of(skb) - UF_MARK_FRAGMENT;
}

#endif /* UDP_FANOUT_MARK_H */
