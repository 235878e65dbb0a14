/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which datagrams are plain, and what becomes of a plain one that may not go on: see plain.h. */
#ifndef UDP_FANOUT_PLAIN_RULES_H
#define UDP_FANOUT_PLAIN_RULES_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "account.h"
#include "datagram.h"
#include "local.h"
#include "mark.h"
#include "netflow_hold.h"
#include "netflow_plain.h"
#include "note.h"
#include "reverse_path.h"
#include "sample.h"
#include "source.h"
#include "target.h"
#include "udp_fanout.h"

/* The hook that a packet is seen at; constant, so that each is compiled for its own. */
struct uf_hook {
	__u32 l3_offset; /* where IP begins: ETH_HLEN, or 0 without link layer */
	bool at_egress;
};

/* What a listener may ask for beyond its table, and is looked after here. */
#define UF_PLAIN_EXTRAS                                                                            \
	(UF_LISTENER_REPLIES | UF_LISTENER_HASH_SOURCE | UF_LISTENER_HASH_SOURCE_PORT |            \
	 UF_LISTENER_HASH_PAYLOAD | UF_LISTENER_ALLOW | UF_LISTENER_RATE_LIMIT)

/* The same, and what does not matter to plain datagrams. */
#define UF_PLAIN_LISTENER                                                                          \
	(UF_LISTENER_WAYS_BY_ENDPOINT | UF_LISTENER_FRAGMENTS_BY_STACK |                           \
	 UF_LISTENER_ANSWERS_BY_STACK | UF_LISTENER_REASSEMBLED | UF_LISTENER_REVERSE_PATH |       \
	 UF_LISTENER_REPLIES_BY_STACK | UF_LISTENER_LEASED | UF_PLAIN_EXTRAS)

/* Drops a datagram. Not static, so that the verifier looks at it once. */
__noinline int uf_drop_plain(struct __sk_buff *skb, __u32 slot, __u32 counter, __u32 bytes,
			     __u32 reason)
{
	const struct uf_datagram datagram = { .packets = 1 };
	const struct uf_target target = { .slot = slot, .counter = counter };

	uf_account_dropped(slot, &datagram, bytes, reason);
	uf_note_drop(skb, &datagram, &target, reason);
	return TC_ACT_SHOT;
}

/* The same of one that the rules of its listener refuse, which has not been edited. */
__noinline int uf_refuse_plain(struct __sk_buff *skb, __u32 slot, __u32 reason, __u64 began_ns)
{
	uf_sample_end(began_ns);
	return uf_drop_plain(skb, slot, 0, skb->len, reason);
}

/*
 * Whether it is certain that a datagram can come from where it says: as uf_has_bad_source, which
 * looks closer at those of which it is not. The halves of the addresses, by value: what is asked
 * for by its address has to be on the stack.
 */
static __always_inline bool uf_has_plain_source(__u8 family, __u64 source0, __u64 source1,
						__u64 destination0, __u64 destination1,
						bool is_turned)
{
	const union uf_address source = { .halves = { source0, source1 } };

	if (family == 6 && !source0 && uf_first(source1) == bpf_htonl(0xffff))
		return false;
	if (uf_is_no_host(&source))
		return false;
	return is_turned ||
	       (!uf_may_be_local(&source) && ((source0 ^ destination0) | (source1 ^ destination1)));
}

/*
 * Whether a datagram's marks, and at ingress its source, need a closer look. Of what has come
 * round, only what the program itself has turned at a dummy interface needs none; at egress the
 * stack has looked at the source.
 */
static __always_inline bool uf_is_plainly_marked(const struct __sk_buff *skb, struct uf_hook hook)
{
	if (!uf_has_come_round(skb))
		return true;
	return !hook.at_egress && uf_mark_of(skb) == UF_MARK_TURNED && uf_is_signed(skb);
}

/* The same of its source. */
static __always_inline bool uf_comes_plainly(struct __sk_buff *skb, struct uf_hook hook,
					     __u8 family, const struct uf_datagram *datagram,
					     __u32 flags)
{
	const bool is_turned = uf_has_come_round(skb);

	if (hook.at_egress)
		return true;
	if (!uf_has_plain_source(family, datagram->source.halves[0], datagram->source.halves[1],
				 datagram->destination.halves[0], datagram->destination.halves[1],
				 is_turned))
		return false;
	return family != 4 || !(flags & UF_LISTENER_REVERSE_PATH) || is_turned ||
	       !uf_leads_back_elsewhere(
		       skb, uf_join(datagram->source.words[3], datagram->destination.words[3]),
		       datagram->tos, flags);
}

/*
 * Whether a datagram is plain for its listener: by what that asks for, by size, and an exporter's
 * by what is in it.
 */
static __always_inline bool uf_is_plain(struct __sk_buff *skb, const struct uf_datagram *datagram,
					const struct uf_listener *listener)
{
	const __u32 beyond = listener->flags & ~UF_PLAIN_LISTENER;

	if (!(listener->flags & UF_LISTENER_WAYS_BY_ENDPOINT) ||
	    (listener->mtu && datagram->ip_bytes > listener->mtu))
		return false;
	if (!beyond)
		return true;
	return beyond == UF_LISTENER_NETFLOW &&
	       uf_has_plain_data(skb, datagram->l4_offset + sizeof(struct udphdr),
				 bpf_ntohs(datagram->udp_bytes) - sizeof(struct udphdr),
				 uf_hold_index(datagram->source.halves[0],
					       datagram->source.halves[1], datagram->source_port,
					       listener->slot));
}

#endif /* UDP_FANOUT_PLAIN_RULES_H */
