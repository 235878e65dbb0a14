/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The target of a datagram that may go on: by its fragments, by its flow, or by the listener's
 * policy.
 */
#ifndef UDP_FANOUT_CHOOSE_H
#define UDP_FANOUT_CHOOSE_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "balance.h"
#include "datagram.h"
#include "endpoint_table.h"
#include "flow.h"
#include "fragment.h"
#include "netflow_spread.h"
#include "new_flow.h"
#include "target.h"
#include "udp_fanout.h"
#include "verdict.h"

/* What is known of a datagram's flow. */
enum uf_flow_state {
	UF_FLOW_UNKNOWN, /* there is none, or its endpoint is none any more */
	UF_FLOW_CHANGED, /* it has the target, but its replies go another way so far */
	UF_FLOW_KEPT,
};

/* The target of a datagram whose flow is known. Its stack is its own. */
static __noinline int uf_follow_flow(struct __sk_buff *skb, const struct uf_datagram *datagram,
				     struct uf_target *target)
{
	const struct uf_endpoint *endpoint;
	struct uf_flow *requests;

	if (!datagram || !target)
		return UF_FLOW_UNKNOWN;
	requests = uf_requests_of(target->slot, datagram);
	if (!requests)
		return UF_FLOW_UNKNOWN;
	endpoint =
		uf_flow_endpoint(target->slot, datagram->family, requests->address, requests->port);
	if (!endpoint)
		return UF_FLOW_UNKNOWN;
	uf_set_target(target, target->slot, endpoint);
	return uf_keep_known_flow(skb, datagram, target, requests) ? UF_FLOW_KEPT : UF_FLOW_CHANGED;
}

/*
 * The target of a whole datagram of a listener whose endpoints answer: where its flow goes, and the
 * answer finds its way back.
 */
static __noinline bool uf_choose_target_of_flow(struct __sk_buff *skb,
						const struct uf_datagram *datagram,
						struct uf_target *target)
{
	const int flow = uf_follow_flow(skb, datagram, target);
	const struct uf_endpoint *endpoint;
	__u32 position;

	if (flow == UF_FLOW_KEPT)
		return true;
	if (flow == UF_FLOW_UNKNOWN) {
		endpoint = uf_pick_endpoint(skb, target->slot, target->flags, datagram, &position);
		if (!endpoint)
			return false;
		uf_set_target(target, target->slot, endpoint);
	}
	uf_keep_flow(skb, datagram, target);
	return true;
}

/*
 * Why a datagram has no target: a copy that could not be cut; without any endpoint; or without one
 * but the sender.
 */
static __noinline enum uf_verdict uf_no_target(__u32 slot, __u32 flags)
{
	if (flags & UF_TARGET_UNCUT)
		return uf_drop(UF_DROP_COPY_FAILED);
	return uf_drop(uf_has_endpoints(slot, flags) ? UF_DROP_HAIRPIN : UF_DROP_NO_ENDPOINTS);
}

/* Finds the target of a whole datagram, or of its first fragment; false if there is no endpoint. */
static __always_inline bool uf_choose_target(struct __sk_buff *skb,
					     const struct uf_datagram *datagram,
					     struct uf_target *target)
{
	const struct uf_endpoint *endpoint;
	__u32 position;

	if (datagram->part != UF_WHOLE) {
		if (!uf_begin_fragments(skb, datagram, target))
			return false;
		if (target->flags & UF_LISTENER_REPLIES)
			uf_keep_flow(skb, datagram, target);
		return true;
	}
	/* Each copy has its own: uf_copy_to_all. */
	if (target->flags & UF_LISTENER_REPLICATE)
		return true;
	if (target->flags & UF_LISTENER_NETFLOW)
		return uf_choose_for_netflow(skb, datagram, target);
	if (target->flags & UF_LISTENER_REPLIES)
		return uf_choose_target_of_flow(skb, datagram, target);
	endpoint = uf_pick_endpoint(skb, target->slot, target->flags, datagram, &position);
	if (!endpoint)
		return false;
	uf_set_target(target, target->slot, endpoint);
	return true;
}

#endif /* UDP_FANOUT_CHOOSE_H */
