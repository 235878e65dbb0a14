/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the program decides of a packet. */
#ifndef UDP_FANOUT_VERDICT_H
#define UDP_FANOUT_VERDICT_H

#include <stdbool.h>

#include "udp_fanout.h"

/*
 * Below 0 what is named here; from 0 on a drop, and the number is its reason (uf_drop). One word
 * for both, as the kernel has it in enum skb_drop_reason, whose first two values are no reasons
 * either. It is the program's own: what the kernel gets is a TC_ACT_*.
 */
enum uf_verdict {
	UF_DROP = 0, /* and all above: dropped, on the listener's account */
	UF_CONTINUE = -1, /* nothing speaks against the packet so far: the next judgement follows */
	UF_FORWARDED = -2, /* edited, and on its way */
	UF_LEAVE = -3, /* not ours: untouched and uncounted to who is next on the hook */
	UF_CONSUME = -4, /* a copy that has served its purpose: freed, uncounted */
};

/* The verdict on a packet that is dropped. */
static __always_inline enum uf_verdict uf_drop(enum uf_drop_reason reason)
{
	return (enum uf_verdict)reason;
}

static __always_inline bool uf_is_drop(enum uf_verdict verdict)
{
	return verdict >= UF_DROP;
}

/* Why, of a verdict that is a drop. */
static __always_inline enum uf_drop_reason uf_reason(enum uf_verdict verdict)
{
	return (enum uf_drop_reason)verdict;
}

#endif /* UDP_FANOUT_VERDICT_H */
