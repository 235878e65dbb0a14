// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Whether this process may load programs that ask this kernel's connection tracking: it can if it
 * can load this one, which costs the verifier nothing. It is put on no hook.
 */
#define UF_CONNTRACK

#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_helpers.h>

#include "udp_fanout/conntrack.h"

/* The kernel's functions are for GPL-compatible programs only. */
char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("tc")
int uf_conntrack(struct __sk_buff *skb)
{
	struct uf_datagram datagram = { .family = 4 };
	struct uf_target target = {};

	return uf_are_answers_expected_elsewhere(skb, &datagram, &target) ? TC_ACT_SHOT
									  : TC_ACT_UNSPEC;
}
