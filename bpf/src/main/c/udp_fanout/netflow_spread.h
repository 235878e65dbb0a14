/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The receiver of an exporter's datagram: data in turn, templates to all.
 *
 * A message with templates goes to the receiver whose turn it is, as it is. For each of the others
 * a copy goes round to the same hook, as copy.h makes them, and there is cut to what is for all.
 */
#ifndef UDP_FANOUT_NETFLOW_SPREAD_H
#define UDP_FANOUT_NETFLOW_SPREAD_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "account.h"
#include "balance.h"
#include "copied.h"
#include "datagram.h"
#include "endpoint_table.h"
#include "mark.h"
#include "netflow.h"
#include "netflow_hold.h"
#include "netflow_kept.h"
#include "target.h"
#include "udp_fanout.h"

/* A copy that could not be cut. A flag, so that it goes where the flags go; not the daemon's. */
#define UF_TARGET_UNCUT 0x40000000u

/* What is in a datagram: uf_walk_netflow. */
static __always_inline int uf_netflow_kind(struct __sk_buff *skb,
					   const struct uf_datagram *datagram, __u32 how)
{
	struct uf_netflow_work *work = uf_netflow_work();

	/* A super-packet has several messages. */
	if (!work || datagram->packets != 1)
		return UF_NETFLOW_UNREAD;
	uf_begin_netflow(work, &datagram->source, datagram->source_port);
	return uf_walk_netflow(skb, datagram->l4_offset + sizeof(struct udphdr),
			       bpf_ntohs(datagram->udp_bytes) - sizeof(struct udphdr), how);
}

/*
 * Sends a copy round for each position but one; how many could not be sent. Not static, so that the
 * verifier looks at the loop once.
 */
__noinline int uf_send_to_others(struct __sk_buff *skb, __u32 slot, __u32 count, __u32 except,
				 __u32 bytes)
{
	const struct uf_datagram datagram = { .packets = 1 };
	const __u32 paid = uf_paid_of_copy(skb, false);
	const __u32 before = uf_mark_of(skb);
	/* In the map: of a number that it knows, the verifier would follow each value. */
	struct uf_netflow_work *work = uf_netflow_work();
	__u32 i;

	if (!work)
		return 0;
	work->failed = 0;
	uf_note_copied();
	uf_sign(skb);
	for (i = 1; i <= UF_MAX_COPIES; i++) {
		if (i > count)
			break;
		/* Without a comparison, by which the verifier would know "except". */
		if (uf_equal(i, except))
			continue;
		uf_note_copy(skb, slot, 1, uf_counter_at(slot, i));
		uf_set_mark(skb, UF_MARK_SHARED + paid + i);
		if (bpf_clone_redirect(skb, skb->ifindex, BPF_F_INGRESS)) {
			uf_account_dropped(slot, &datagram, bytes, UF_DROP_COPY_FAILED);
			work->failed++;
		}
	}
	uf_take_note_off(skb);
	uf_set_mark(skb, before + paid);
	return work->failed;
}

/* In place of a position: a copy that could not be cut. */
#define UF_POSITION_UNCUT (-1)

/* The position of a copy that has come round, as uf_netflow_position. */
static __always_inline int uf_shared_position(struct __sk_buff *skb,
					      const struct uf_datagram *datagram, __u32 slot,
					      __u32 number)
{
	const struct uf_endpoint *endpoint;

	uf_take_mark_off(skb);
	uf_release(uf_hold_of(&datagram->source, datagram->source_port, slot), 1);
	if (uf_netflow_kind(skb, datagram, 0) != UF_NETFLOW_SHARED)
		return UF_POSITION_UNCUT;
	endpoint = uf_endpoint_at(slot, 0, number);
	return endpoint && !uf_is_from(endpoint, datagram) ? number : 0;
}

static __always_inline void uf_count_malformed(__u32 slot)
{
	struct uf_netflow_stats *stats = uf_netflow_stats(slot);

	if (stats)
		stats->malformed++;
}

/* Counts what has gone to so many others; of a message without data, what goes to the one, too. */
static __always_inline void uf_count_shared(__u32 slot, int kind, __u32 others)
{
	struct uf_netflow_stats *stats = uf_netflow_stats(slot);

	if (!stats)
		return;
	if (kind & UF_NETFLOW_DATA)
		stats->cut += others;
	else
		stats->copied += others + 1;
}

/* Has the others get what is for all; "held" as uf_held_position says. */
static __always_inline void uf_share(struct __sk_buff *skb, __u32 slot, int kind,
				     struct uf_hold *hold, __u32 held, __u32 position)
{
	const struct uf_endpoint_table_header *header = (const void *)uf_endpoint_at(slot, 0, 0);
	__u32 count = header ? header->count : 0;
	int failed;

	if (count > UF_MAX_COPIES)
		count = UF_MAX_COPIES;
	if (count < 2 || !hold) {
		uf_count_shared(slot, kind, 0);
		return;
	}
	uf_hold_for(hold, held, slot, position, count - 1);
	failed = uf_send_to_others(skb, slot, count, position, skb->len);
	if (failed > 0)
		uf_release(hold, failed);
	uf_count_shared(slot, kind, count - 1 - failed);
}

/*
 * Where in the listener's table, from 1, the receiver is of the whole datagram whose headers are in
 * NETFLOW_WORK: 0 if there is none, or UF_POSITION_UNCUT. Not static, so that the verifier looks at
 * it once.
 */
__noinline int uf_netflow_position(struct __sk_buff *skb, __u32 slot)
{
	struct uf_netflow_work *work = uf_netflow_work();
	const struct uf_endpoint *endpoint = NULL;
	const struct uf_datagram *datagram;
	struct uf_hold *hold;
	__u32 position;
	__u32 held;
	int kind;

	if (!work)
		return 0;
	datagram = &work->cut;
	position = uf_shared_copy_number(skb);
	if (position)
		return uf_shared_position(skb, datagram, slot, position);
	kind = uf_netflow_kind(skb, datagram, 0);
	if (kind & UF_NETFLOW_SHARED) {
		kind = uf_netflow_kind(skb, datagram, UF_COLLECT | UF_LEARN);
		uf_keep_templates(slot);
	} else if (kind & UF_NETFLOW_MALFORMED) {
		uf_count_malformed(slot);
	}
	hold = uf_hold_of(&datagram->source, datagram->source_port, slot);
	held = uf_held_position(hold, slot);
	position = held;
	if (held)
		endpoint = uf_endpoint_at(slot, 0, position);
	if (!endpoint || uf_is_from(endpoint, datagram))
		endpoint = uf_pick_endpoint(skb, slot, 0, datagram, &position);
	if (!endpoint)
		return 0;
	if (kind & UF_NETFLOW_SHARED)
		uf_share(skb, slot, kind, hold, held, position);
	return position;
}

/* The receiver of a whole datagram of an exporter: as uf_choose_target. */
static __noinline bool uf_choose_for_netflow(struct __sk_buff *skb,
					     const struct uf_datagram *datagram,
					     struct uf_target *target)
{
	struct uf_netflow_work *work = uf_netflow_work();
	const struct uf_endpoint *endpoint;
	int position;

	if (!datagram || !target || !work)
		return false;
	work->cut = *datagram;
	position = uf_netflow_position(skb, target->slot);
	endpoint = position > 0 ? uf_endpoint_at(target->slot, 0, position) : NULL;
	if (endpoint) {
		uf_set_target(target, target->slot, endpoint);
		return true;
	}
	if (position == UF_POSITION_UNCUT)
		target->flags |= UF_TARGET_UNCUT;
	return false;
}

#endif /* UDP_FANOUT_NETFLOW_SPREAD_H */
