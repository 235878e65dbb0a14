// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * udp-fanout: each datagram of a listener to the next endpoint.
 *
 *   udp_fanout       rewrites and redirects; at a NIC's or dummy0's ingress
 *   udp_fanout_l3    the same on a device without link layer (tun, WireGuard, ipip)
 *   udp_fanout_turn  at dummy0's egress: sends a listener's datagrams back in at dummy0's ingress
 *   udp_fanout_out   rewrites and redirects at dummy0's egress, in place of the two above
 *   udp_fanout_back  sends what endpoints answer back to the client; at the ingress of what leads to endpoints
 *   udp_fanout_b_l3  the same on a device without link layer
 *
 * What is not ours leaves with TC_ACT_UNSPEC (TCX_NEXT): other people's programs run next.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_helpers.h>

#include "udp_fanout/datagram.h"
#include "udp_fanout/parse.h"
#include "udp_fanout/reply.h"
#include "udp_fanout/run.h"
#include "udp_fanout/turn.h"

/* Two of the helpers are for GPL-compatible programs only: bpf_fib_lookup is one. */
char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("tc")
int udp_fanout(struct __sk_buff *skb)
{
	return uf_run(skb, ETH_HLEN, false);
}

SEC("tc")
int udp_fanout_l3(struct __sk_buff *skb)
{
	return uf_run(skb, 0, false);
}

SEC("tc")
int udp_fanout_out(struct __sk_buff *skb)
{
	return uf_run(skb, ETH_HLEN, true);
}

SEC("tc")
int udp_fanout_turn(struct __sk_buff *skb)
{
	return uf_run_turn(skb);
}

SEC("tc")
int udp_fanout_back(struct __sk_buff *skb)
{
	struct uf_datagram datagram = {};

	return uf_parse(skb, ETH_HLEN, &datagram) ? uf_run_reply(skb, &datagram) : TC_ACT_UNSPEC;
}

SEC("tc")
int udp_fanout_b_l3(struct __sk_buff *skb)
{
	struct uf_datagram datagram = {};

	return uf_parse(skb, 0, &datagram) ? uf_run_reply(skb, &datagram) : TC_ACT_UNSPEC;
}
