// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * udp-fanout: each datagram of a listener to the next endpoint.
 *
 * What is not ours leaves with TC_ACT_UNSPEC (TCX_NEXT): other people's programs run next.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_helpers.h>

#include "udp_fanout/datagram.h"
#include "udp_fanout/icmp_back.h"
#include "udp_fanout/parse.h"
#include "udp_fanout/plain.h"
#include "udp_fanout/reply.h"
#include "udp_fanout/run.h"
#include "udp_fanout/turn.h"

/* Two of the helpers are for GPL-compatible programs only: bpf_fib_lookup is one. */
char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Rewrites and redirects; at a NIC's or dummy0's ingress. */
SEC("tc")
int udp_fanout(struct __sk_buff *skb)
{
	int action = uf_run_plain(skb);

	return action == UF_NOT_PLAIN ? uf_run(skb, ETH_HLEN, false) : action;
}

/* The same on a device without link layer (tun, WireGuard, ipip). */
SEC("tc")
int udp_fanout_l3(struct __sk_buff *skb)
{
	int action = uf_run_plain_l3(skb);

	return action == UF_NOT_PLAIN ? uf_run(skb, 0, false) : action;
}

/* Rewrites and redirects at dummy0's egress, in place of udp_fanout_turn and udp_fanout. */
SEC("tc")
int udp_fanout_out(struct __sk_buff *skb)
{
	int action = uf_run_plain_out(skb);

	return action == UF_NOT_PLAIN ? uf_run(skb, ETH_HLEN, true) : action;
}

/* At dummy0's egress: sends a listener's datagrams back in at dummy0's ingress. */
SEC("tc")
int udp_fanout_turn(struct __sk_buff *skb)
{
	return uf_run_turn(skb);
}

/* Sends what endpoints answer back to the client; at the ingress of what leads to endpoints. */
SEC("tc")
int udp_fanout_back(struct __sk_buff *skb)
{
	struct uf_datagram datagram = {};

	return uf_parse_answer(skb, ETH_HLEN, &datagram) ? uf_run_reply(skb, &datagram)
							 : TC_ACT_UNSPEC;
}

/* The same on a device without link layer. */
SEC("tc")
int udp_fanout_b_l3(struct __sk_buff *skb)
{
	struct uf_datagram datagram = {};

	return uf_parse_answer(skb, 0, &datagram) ? uf_run_reply(skb, &datagram) : TC_ACT_UNSPEC;
}

/* Gives ICMP errors the quote back that the client knows; at the ingress of what leads to
 * endpoints. */
SEC("tc")
int udp_fanout_icmp(struct __sk_buff *skb)
{
	return uf_run_icmp(skb, ETH_HLEN);
}

/* The same on a device without link layer. */
SEC("tc")
int udp_fanout_i_l3(struct __sk_buff *skb)
{
	return uf_run_icmp(skb, 0);
}
