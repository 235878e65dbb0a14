/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Says on copies whose they are, for those who watch drops: the kernel may have no room for one,
 * and frees it before the program sees it again (struct uf_copy_note).
 */
#ifndef UDP_FANOUT_COPY_NOTE_H
#define UDP_FANOUT_COPY_NOTE_H

#include <linux/bpf.h>

#include "drop_note.h"
#include "udp_fanout.h"

/* Two numbers as two neighbours of 16 bits have them. */
static __always_inline __u32 uf_halves(__u16 first, __u16 second)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return first | (__u32)second << 16;
#else
	return second | (__u32)first << 16;
#endif
}

/*
 * To be called before a copy is made.
 *
 * slot: whose drop it is if there is no room
 * counter: of the endpoint that the copy is for; 0 if it is not chosen yet
 */
static __always_inline void uf_note_copy(struct __sk_buff *skb, __u32 slot, __u32 packets,
					 __u32 counter)
{
	skb->cb[0] = UF_COPY_NOTE_MAGIC;
	skb->cb[1] = uf_halves(slot, packets);
	skb->cb[2] = counter;
}

/* Behind the last copy, and from a copy that has come round: what frees it now says why itself. */
static __always_inline void uf_take_note_off(struct __sk_buff *skb)
{
	skb->cb[0] = 0;
}

#endif /* UDP_FANOUT_COPY_NOTE_H */
