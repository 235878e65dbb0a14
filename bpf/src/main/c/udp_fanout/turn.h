/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * At dummy0's egress: what is a listener's is turned round, so that it comes in at dummy0's
 * ingress.
 */
#ifndef UDP_FANOUT_TURN_H
#define UDP_FANOUT_TURN_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "fragment.h"
#include "known_listener.h"
#include "listener.h"
#include "mark.h"
#include "parse.h"

static __always_inline int uf_turn(struct __sk_buff *skb)
{
	uf_mark_turned(skb);
	uf_sign(skb);
	return bpf_redirect(skb->ifindex, BPF_F_INGRESS);
}

/* Whether a datagram is a listener's, by what is kept of this tick once the daemon has filled it.
 */
static __always_inline bool uf_is_to_turn(struct __sk_buff *skb, const struct uf_datagram *datagram)
{
	const struct uf_listener_ports *ports = uf_listener_ports();

	if (!ports || !ports->generation)
		return uf_listener_of(skb, datagram, true);
	return uf_is_listened_to(ports, datagram->destination_port) &&
	       uf_known_listener_of(skb, datagram, ports, true);
}

/* What the hook is to return for a packet. */
static __always_inline int uf_run_turn(struct __sk_buff *skb)
{
	struct uf_datagram datagram;

	if (!uf_parse(skb, ETH_HLEN, &datagram))
		return TC_ACT_UNSPEC;
	if (datagram.part == UF_LATER_FRAGMENT)
		return uf_may_be_ours(skb, &datagram) ? uf_turn(skb) : TC_ACT_UNSPEC;
	if (uf_is_to_turn(skb, &datagram))
		return uf_turn(skb);
	if (datagram.part == UF_FIRST_FRAGMENT)
		uf_leave_fragments(skb, &datagram);
	return TC_ACT_UNSPEC;
}

#endif /* UDP_FANOUT_TURN_H */
