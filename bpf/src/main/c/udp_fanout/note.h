/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Leaves the reason of a drop on the packet, for those who watch. */
#ifndef UDP_FANOUT_NOTE_H
#define UDP_FANOUT_NOTE_H

#include <linux/bpf.h>

#include "copy_note.h"
#include "datagram.h"
#include "drop_note.h"
#include "target.h"
#include "udp_fanout.h"

/* Only where TC_ACT_SHOT follows: struct uf_drop_note. */
static __always_inline void uf_note_drop(struct __sk_buff *skb, const struct uf_datagram *datagram,
					 const struct uf_target *target, enum uf_drop_reason reason)
{
	skb->cb[0] = UF_DROP_NOTE_MAGIC;
	skb->cb[1] = reason;
	skb->cb[2] = target->slot;
	skb->cb[3] = target->counter;
	skb->cb[4] = datagram->packets;
}

/*
 * The same on a packet that the stack answers and then frees, since its TTL is over: the stack
 * writes over cb, but leaves the priority as it is (ip_forward in net/ipv4, ip6_forward).
 */
static __always_inline void uf_note_expired(struct __sk_buff *skb, const struct uf_target *target)
{
	skb->priority = UF_EXPIRED_NOTE | (target->slot & UF_EXPIRED_SLOT);
}

/*
 * On a packet that goes on as something else: struct uf_passed_note. The interface is where it
 * comes in again; uf_answer_too_big puts another in.
 */
static __always_inline void uf_note_passed(struct __sk_buff *skb,
					   const struct uf_datagram *datagram,
					   const struct uf_target *target,
					   enum uf_drop_reason reason)
{
	skb->cb[0] = UF_PASSED_NOTE_MAGIC;
	skb->cb[1] = uf_halves(reason, datagram->packets);
	skb->cb[2] = target->slot;
	skb->cb[3] = target->counter;
	skb->cb[4] = skb->ifindex;
}

#endif /* UDP_FANOUT_NOTE_H */
