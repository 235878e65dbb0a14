/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What an endpoint answers goes back to the client from where the client has sent to.
 *
 * Two ways lead back. By the next hop: the way to the client is looked up, the reply edited and
 * redirected, as a request is. By the stack: where kube-proxy has changed the request's
 * destination, its connection tracking has to change it back; so the reply is edited to come from
 * the address on the dummy interface, and received there, where such an address is routed to.
 */
#ifndef UDP_FANOUT_REPLY_H
#define UDP_FANOUT_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "bridge_port.h"
#include "checksum.h"
#include "datagram.h"
#include "flow.h"
#include "icmp.h"
#include "local.h"
#include "next_hop.h"
#include "path_mtu.h"
#include "reply_fragment.h"
#include "rewrite.h"
#include "udp_fanout.h"
#include "verdict.h"

/* What a new source changes in the packet. */
struct uf_source_change {
	__u64 address; /* what it adds to a checksum */
	__be16 port_before;
	bool unfinished; /* the device is to complete the UDP checksum: uf_may_be_unfinished */
};

/*
 * Notes that a flow is in use: both of its entries, as what goes one way keeps the other way open.
 */
static __always_inline void uf_touch_replied_flow(void *table, struct uf_flow *back,
						  struct uf_flow_key *key, __u64 now_ns)
{
	struct uf_flow *request;

	if ((__s64)(now_ns - back->seen_ns) <= (__s64)UF_FLOW_TOUCH_NS)
		return;
	back->seen_ns = now_ns;
	__builtin_memcpy(key->server, back->address, sizeof(key->server));
	key->server_port = back->port;
	key->owner = back->slot;
	request = bpf_map_lookup_elem(table, key);
	if (request)
		request->seen_ns = now_ns;
}

/*
 * The way that a datagram goes back as a reply, or NULL if it is none: nobody has asked, or not for
 * long.
 */
static __always_inline const struct uf_flow *uf_way_back(const struct __sk_buff *skb,
							 const struct uf_datagram *datagram)
{
	struct uf_flow_key key = {
		.client_port = datagram->destination_port,
		.server_port = datagram->source_port,
		.owner = UF_FLOW_OF_REPLIES,
	};
	struct uf_flow *back;
	__u64 now_ns;
	void *table;

	if (datagram->part == UF_LATER_FRAGMENT)
		return uf_way_back_of_fragment(skb, datagram);
	table = uf_flow_table();
	if (!table)
		return NULL;
	__builtin_memcpy(key.client, &datagram->destination, sizeof(key.client));
	__builtin_memcpy(key.server, &datagram->source, sizeof(key.server));
	back = bpf_map_lookup_elem(table, &key);
	if (!back)
		return NULL;
	now_ns = uf_coarse_now_ns();
	if (uf_is_idle(back, now_ns))
		return NULL;
	uf_touch_replied_flow(table, back, &key, now_ns);
	if (datagram->part == UF_FIRST_FRAGMENT)
		uf_expect_reply_fragments(skb, datagram, back, now_ns);
	return back;
}

/* Makes the datagram, not yet the packet, one that comes from where the client has sent to. */
static __always_inline void uf_change_source(const struct __sk_buff *skb,
					     struct uf_datagram *datagram,
					     const struct uf_flow *back,
					     struct uf_source_change *change)
{
	union uf_address address;
	__u64 sum;

	__builtin_memcpy(&address, back->address, sizeof(address));
	change->address = uf_address_change(&datagram->source, &address);
	change->port_before = datagram->source_port;
	change->unfinished =
		datagram->part != UF_LATER_FRAGMENT && uf_may_be_unfinished(skb, datagram);
	datagram->source = address;
	datagram->ip_checksum = uf_update_checksum(datagram->ip_checksum, change->address);
	if (datagram->part == UF_LATER_FRAGMENT)
		return;
	datagram->source_port = back->port;
	if (datagram->udp_checksum && !change->unfinished) {
		sum = uf_change16(change->address, change->port_before, back->port);
		datagram->udp_checksum = uf_update_checksum(datagram->udp_checksum, sum);
		/*
		 * RFC 768: what comes out as zero is sent as all ones; zero says that there is
		 * none.
		 */
		if (!datagram->udp_checksum)
			datagram->udp_checksum = 0xffff;
	}
}

/*
 * Writes what uf_change_source has changed, and a TTL that is less by "hops"; a negative errno if
 * the kernel could not.
 */
static __always_inline long uf_write_source(struct __sk_buff *skb,
					    const struct uf_datagram *datagram,
					    const struct uf_source_change *change, __u8 hops)
{
	struct udphdr udp;
	long error = 0;

	if (change->unfinished) {
		error = uf_edit_unfinished_udp(skb, datagram, change->address,
					       offsetof(struct udphdr, source), change->port_before,
					       datagram->source_port);
	} else if (datagram->part != UF_LATER_FRAGMENT) {
		udp.source = datagram->source_port;
		udp.dest = datagram->destination_port;
		udp.len = datagram->udp_bytes;
		udp.check = datagram->udp_checksum;
		error = bpf_skb_store_bytes(skb, datagram->l4_offset, &udp, sizeof(udp),
					    BPF_F_RECOMPUTE_CSUM);
	}
	return error ? error : uf_edit_ip(skb, datagram, &datagram->destination, hops);
}

/*
 * By the stack, as if it had come in at the dummy interface: rp_filter asks by which interface the
 * source is routed. Edited, it would be answered at the dummy interface, where nobody has sent it
 * from: so what does not fit and may not be cut is left to the stack as it is, which tells the
 * endpoint. What fits every way (RFC 791, RFC 8200) is not asked for.
 */
static __always_inline enum uf_verdict uf_reply_by_stack(struct __sk_buff *skb,
							 struct uf_datagram *datagram,
							 const struct uf_flow *back, int *action)
{
	const __u32 ifindex = back->ifindex;
	struct uf_source_change change;
	struct uf_next_hop hop = {};
	__u8 hardware_address[ETH_ALEN];
	__u32 mtu = 0;

	if (datagram->ip_bytes > (datagram->family == 6 ? UF_IPV6_MIN_MTU : UF_ICMP_BYTES) &&
	    uf_must_stay_whole(skb, datagram) &&
	    uf_find_next_hop(skb, uf_ip_interface(skb), datagram, &datagram->destination,
			     datagram->destination_port, &hop,
			     &mtu) == BPF_FIB_LKUP_RET_FRAG_NEEDED) {
		*action = TC_ACT_UNSPEC;
		return uf_drop(UF_DROP_TOO_BIG);
	}
	__builtin_memcpy(hardware_address, back->hardware_address, sizeof(hardware_address));
	uf_change_source(skb, datagram, back, &change);
	*action = TC_ACT_SHOT;
	/* The stack forwards it, so it takes the hop off. */
	if (uf_write_source(skb, datagram, &change, 0) ||
	    uf_prepare_link_header(skb, datagram->l3_offset) ||
	    bpf_skb_store_bytes(skb, offsetof(struct ethhdr, h_dest), hardware_address,
				sizeof(hardware_address), 0))
		return uf_drop(UF_DROP_REWRITE_FAILED);
	*action = bpf_redirect(ifindex, BPF_F_INGRESS);
	return *action == TC_ACT_REDIRECT ? UF_FORWARDED : uf_drop(UF_DROP_REDIRECT_FAILED);
}

/*
 * A reply that does not fit the way to the client. Unedited to the stack, so that the endpoint is
 * told; or, if it may be cut, edited, so that the pieces come from where they should. But the stack
 * takes nothing from an interface that comes from this node's own address: of such a reply the
 * endpoint is told by the program, and sends smaller ones.
 */
static __always_inline enum uf_verdict
uf_cut_reply(struct __sk_buff *skb, const struct uf_datagram *datagram, const struct uf_flow *back,
	     const struct uf_source_change *change, __u32 mtu, int *action)
{
	*action = TC_ACT_UNSPEC;
	if (uf_must_stay_whole(skb, datagram))
		return uf_drop(UF_DROP_TOO_BIG);
	*action = TC_ACT_SHOT;
	if (uf_is_local(&datagram->source)) {
		if (mtu && datagram->part != UF_LATER_FRAGMENT)
			*action = uf_answer_too_big(skb, uf_join_offsets(datagram), mtu, back->slot,
						    0);
		return uf_drop(UF_DROP_TOO_BIG);
	}
	uf_account_reply_by_stack(back->slot, datagram);
	if (uf_write_source(skb, datagram, change, 0))
		return uf_drop(UF_DROP_REWRITE_FAILED);
	*action = TC_ACT_UNSPEC;
	return UF_FORWARDED;
}

static __always_inline enum uf_verdict uf_reply_by_next_hop(struct __sk_buff *skb,
							    struct uf_datagram *datagram,
							    const struct uf_flow *back, int *action)
{
	struct uf_reply_fragment *pieces = NULL;
	struct uf_source_change change;
	struct uf_next_hop hop = {};
	__u32 mtu = 0;
	long answer;

	if (datagram->part != UF_WHOLE)
		pieces = uf_reply_fragment_of(skb, datagram);
	uf_change_source(skb, datagram, back, &change);
	answer = uf_find_next_hop(skb, uf_ip_interface(skb), datagram, &datagram->destination,
				  datagram->destination_port, &hop, &mtu);
	/* The first piece is as large as any: what follows goes where it has gone. */
	if (pieces && answer == BPF_FIB_LKUP_RET_FRAG_NEEDED)
		pieces->by_stack = 1;
	if (answer == BPF_FIB_LKUP_RET_FRAG_NEEDED || (pieces && pieces->by_stack))
		return uf_cut_reply(skb, datagram, back, &change, mtu, action);
	*action = TC_ACT_SHOT;
	if (answer != BPF_FIB_LKUP_RET_SUCCESS && answer != BPF_FIB_LKUP_RET_NO_NEIGH)
		return uf_drop(uf_fib_drop_reason(answer));
	if (uf_write_source(skb, datagram, &change, 1) ||
	    uf_prepare_link_header(skb, datagram->l3_offset))
		return uf_drop(UF_DROP_REWRITE_FAILED);
	*action = uf_redirect(&hop, false);
	return *action == TC_ACT_REDIRECT ? UF_FORWARDED : uf_drop(UF_DROP_REDIRECT_FAILED);
}

static __always_inline void uf_account_reply(__u32 slot, const struct uf_datagram *datagram,
					     __u32 bytes, enum uf_verdict verdict)
{
	struct uf_replies *replies = uf_replies_of(slot);

	if (!replies)
		return;
	if (verdict == UF_FORWARDED) {
		replies->pkts_forwarded += datagram->packets;
		replies->bytes_forwarded += bytes;
	} else if (uf_is_drop(verdict) && uf_reason(verdict) < UF_DROP_REASONS) {
		replies->pkts_dropped[uf_reason(verdict)] += datagram->packets;
	}
}

/* What the hook is to return for a datagram that may be a reply. */
static __always_inline int uf_run_reply(struct __sk_buff *skb, struct uf_datagram *datagram)
{
	const struct uf_flow *back = uf_way_back(skb, datagram);
	const __u32 bytes = skb->len;
	int action = TC_ACT_UNSPEC;
	enum uf_verdict verdict;
	__u32 slot;

	if (!back)
		return TC_ACT_UNSPEC;
	slot = back->slot;
	if (datagram->hops_left <= 1)
		verdict = uf_drop(UF_DROP_TTL_EXPIRED);
	else if (back->ifindex)
		verdict = uf_reply_by_stack(skb, datagram, back, &action);
	else
		verdict = uf_reply_by_next_hop(skb, datagram, back, &action);
	uf_account_reply(slot, datagram, bytes, verdict);
	return action;
}

#endif /* UDP_FANOUT_REPLY_H */
