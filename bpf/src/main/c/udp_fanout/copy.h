/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A datagram for every receiver: copies go round to the same hook, each with its number, and there
 * take the whole way of a datagram of their own. So each has its checksum, its next hop and its
 * fate, whatever becomes of the others.
 */
#ifndef UDP_FANOUT_COPY_H
#define UDP_FANOUT_COPY_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "account.h"
#include "balance.h"
#include "copied.h"
#include "copy_note.h"
#include "datagram.h"
#include "endpoint_table.h"
#include "mark.h"
#include "path_mtu.h"
#include "target.h"
#include "udp_fanout.h"
#include "verdict.h"

/*
 * Sends all copies but the first round. Not static, so that the verifier looks at the loop once,
 * and not again for each state that it is called in: on 6.1 that came to more than the million
 * instructions which it looks at.
 */
__noinline int uf_send_copies(struct __sk_buff *skb, __u32 slot, __u32 packets, __u32 bytes)
{
	const struct uf_datagram datagram = { .packets = packets };
	const struct uf_endpoint_table_header *header;
	__u32 first = 0;
	__u32 count;
	const __u32 paid = uf_paid_of_copy(skb, false);
	void *table;
	__u32 i;

	table = bpf_map_lookup_elem(&ENDPOINTS, &slot);
	header = table ? bpf_map_lookup_elem(table, &first) : NULL;
	if (!header)
		return 0;
	count = header->count;
	uf_note_copied();
	uf_sign(skb);
	for (i = 1; i < UF_MAX_COPIES; i++) {
		if (i >= count)
			break;
		uf_note_copy(skb, slot, packets, uf_counter_at(slot, i + 1));
		uf_set_mark(skb, UF_MARK_COPY + paid + i);
		/*
		 * No memory for a copy, or this CPU's queue is full: softnet_data's, which
		 * net.core.netdev_max_backlog bounds.
		 */
		if (bpf_clone_redirect(skb, skb->ifindex, BPF_F_INGRESS))
			uf_account_dropped(slot, &datagram, bytes, UF_DROP_COPY_FAILED);
	}
	uf_take_note_off(skb);
	return 0;
}

/*
 * Finds the receiver that this copy is for, after the others have been sent round: UF_CONTINUE;
 * UF_CONSUME for a copy that would go to the datagram's own sender; or a drop if there is none.
 */
static __noinline enum uf_verdict uf_copy_to_all(struct __sk_buff *skb,
						 const struct uf_datagram *datagram,
						 struct uf_target *target, __u32 bytes)
{
	const struct uf_endpoint *endpoint;
	__u32 copy;

	if (!skb || !datagram || !target)
		return uf_drop(UF_DROP_NO_ENDPOINTS);
	copy = uf_copy_number(skb);
	if (!copy)
		uf_send_copies(skb, target->slot, datagram->packets, bytes);
	uf_take_mark_off(skb);
	/* What comes round has lost the sign that the stack may cut it (skb_scrub_packet). */
	if (copy)
		target->flags &= ~UF_LISTENER_REASSEMBLED;
	endpoint = uf_endpoint_at(target->slot, 0, copy + 1);
	/* So the datagram itself goes to a receiver that is not its sender. */
	if (endpoint && uf_was_reassembled(datagram, target) && endpoint->other &&
	    uf_is_from(endpoint, datagram))
		endpoint = uf_endpoint_at(target->slot, 0, endpoint->other + 1);
	if (!endpoint)
		return uf_drop(UF_DROP_NO_ENDPOINTS);
	/* If the first endpoint has no other beside it, nobody gets the datagram. */
	if (uf_is_from(endpoint, datagram))
		return copy || endpoint->other ? UF_CONSUME : uf_drop(UF_DROP_HAIRPIN);
	uf_set_target(target, target->slot, endpoint);
	return UF_CONTINUE;
}

#endif /* UDP_FANOUT_COPY_H */
