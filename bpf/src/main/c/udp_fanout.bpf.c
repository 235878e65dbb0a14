// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * udp-fanout: each datagram of a listener to the next endpoint.
 *
 *   udp_fanout       rewrites and redirects; at a NIC's or dummy0's ingress
 *   udp_fanout_turn  at dummy0's egress: sends a listener's datagrams back in at dummy0's ingress
 *   udp_fanout_out   rewrites and redirects at dummy0's egress, in place of the two above
 *
 * What is not ours leaves with TC_ACT_UNSPEC (TCX_NEXT): other people's programs run next.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_helpers.h>

#include "udp_fanout.h"
#include "udp_fanout/account.h"
#include "udp_fanout/balance.h"
#include "udp_fanout/datagram.h"
#include "udp_fanout/listener.h"
#include "udp_fanout/next_hop.h"
#include "udp_fanout/parse.h"
#include "udp_fanout/rewrite.h"
#include "udp_fanout/sample.h"

/* Two of the helpers are for GPL-compatible programs only: bpf_fib_lookup is one. */
char LICENSE[] SEC("license") = "Dual BSD/GPL";

_Static_assert(sizeof(struct uf_endpoint) == sizeof(struct uf_endpoint_table_header),
	       "a map's elements all have one size");
_Static_assert(sizeof(struct uf_listener_key) == 24, "a hash key must have no padding");

/* Not a drop reason: the datagram is on its way. */
#define UF_FORWARDED -1

/* The stack answers these with ICMP, where the RFCs ask for it; the others are freed here. */
static __always_inline bool uf_stack_answers(int fate)
{
	return fate == UF_DROP_TTL_EXPIRED || fate == UF_DROP_FRAGMENT || fate == UF_DROP_TOO_BIG;
}

/*
 * Decides and does: looks everything up, edits, redirects. *action is what the hook is to return if
 * the answer is UF_FORWARDED; otherwise the answer is the drop reason and nothing has been edited
 * (but for UF_DROP_REWRITE_FAILED and UF_DROP_REDIRECT_FAILED, whose packets must not go on).
 */
static __always_inline int uf_forward(struct __sk_buff *skb, const struct uf_datagram *datagram,
				      __u32 slot, bool at_egress, int *action)
{
	const struct uf_endpoint *endpoint;
	struct uf_next_hop hop = {};
	union uf_address address;
	__be16 port;
	long answer;

	if (datagram->first_fragment)
		return UF_DROP_FRAGMENT;
	if (datagram->hops_left <= 1)
		return UF_DROP_TTL_EXPIRED;
	if (datagram->family == 6 && !datagram->has_checksum)
		return UF_DROP_NO_CHECKSUM;
	endpoint = uf_next_endpoint(slot);
	if (!endpoint)
		return UF_DROP_NO_ENDPOINTS;
	__builtin_memcpy(&address, endpoint->address, sizeof(address));
	port = endpoint->port;
	if (uf_is_mapped_ipv4(&address) != (datagram->family == 4))
		return UF_DROP_FAMILY_MISMATCH;

	answer = uf_find_next_hop(skb, datagram, &address, port, &hop);
	if (answer == BPF_FIB_LKUP_RET_NOT_FWDED && uf_is_local(&address)) {
		/* A receiver on the host's own network: the stack delivers it. */
		*action = TC_ACT_UNSPEC;
	} else if (answer == BPF_FIB_LKUP_RET_SUCCESS || answer == BPF_FIB_LKUP_RET_NO_NEIGH) {
		*action = TC_ACT_REDIRECT;
	} else {
		return uf_fib_drop_reason(answer);
	}

	if (uf_rewrite(skb, datagram, &address, port))
		return UF_DROP_REWRITE_FAILED;
	if (*action == TC_ACT_REDIRECT) {
		*action = uf_redirect(&hop, at_egress && answer == BPF_FIB_LKUP_RET_NO_NEIGH);
		if (*action != TC_ACT_REDIRECT)
			return UF_DROP_REDIRECT_FAILED;
	}
	uf_account_endpoint(endpoint->counter, datagram);
	return UF_FORWARDED;
}

static __always_inline int uf_run(struct __sk_buff *skb, bool at_egress)
{
	const struct uf_listener *listener;
	struct uf_datagram datagram;
	__u32 bytes = skb->len;
	__u64 began_ns;
	__u32 slot;
	int action = TC_ACT_SHOT;
	int fate;

	if (!uf_parse(skb, &datagram))
		return TC_ACT_UNSPEC;
	listener = uf_listener_of(skb, &datagram);
	if (!listener)
		return TC_ACT_UNSPEC;
	slot = listener->slot;
	began_ns = uf_sample_begin(slot);

	fate = uf_forward(skb, &datagram, slot, at_egress, &action);
	uf_sample_end(began_ns);
	if (fate == UF_FORWARDED) {
		uf_account_forwarded(slot, &datagram, bytes);
		return action;
	}
	uf_account_dropped(slot, &datagram, bytes, fate);
	return uf_stack_answers(fate) ? TC_ACT_UNSPEC : TC_ACT_SHOT;
}

SEC("tc")
int udp_fanout(struct __sk_buff *skb)
{
	return uf_run(skb, false);
}

SEC("tc")
int udp_fanout_out(struct __sk_buff *skb)
{
	return uf_run(skb, true);
}

SEC("tc")
int udp_fanout_turn(struct __sk_buff *skb)
{
	const struct uf_listener *listener;
	struct uf_datagram datagram;

	if (!uf_parse(skb, &datagram))
		return TC_ACT_UNSPEC;
	listener = uf_listener_of(skb, &datagram);
	if (!listener)
		return TC_ACT_UNSPEC;
	/* The driver would swallow it without a word. */
	if (datagram.first_fragment) {
		uf_account_dropped(listener->slot, &datagram, skb->len, UF_DROP_FRAGMENT);
		return TC_ACT_UNSPEC;
	}
	return bpf_redirect(skb->ifindex, BPF_F_INGRESS);
}
