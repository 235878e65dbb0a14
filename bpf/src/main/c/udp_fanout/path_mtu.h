/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Path MTU: RFC 1191, RFC 8201. Judge first, readdress last.
 *
 * A packet that may not be cut and does not fit is answered before anything of it is edited, since
 * its sender knows only what it has sent: an answer that quotes another destination teaches it
 * nothing. It is judged by the listener's narrowest way, before an endpoint is chosen, so that one
 * answer teaches the sender for all endpoints; to judge each endpoint by itself would lose one
 * datagram in N for as long as the sender has not met all N. The FIB has the last word, with what
 * it knows and the daemon does not yet.
 *
 * A packet that may be cut goes readdressed through the stack, which cuts it. Of a datagram in
 * fragments then all pieces go that way: the stack's connection tracking waits for all of them
 * before it sends on any.
 *
 * The netfilter of a bridge (the sysctl bridge-nf-call-ip6tables) puts fragments of IPv6 together
 * before the stack, and the program, see them. Their sender has cut already, so an answer would
 * teach it nothing. The kernel marks such a packet (skb->ignore_df), and its stack cuts it again.
 */
#ifndef UDP_FANOUT_PATH_MTU_H
#define UDP_FANOUT_PATH_MTU_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>
#include <linux/ip.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "local.h"
#include "target.h"
#include "udp_fanout.h"

#define UF_IPV4_DONT_FRAGMENT 0x4000 /* RFC 791 section 3.1 */
#define UF_IPV4_FRAGMENT 0x3fff /* more fragments, or an offset: of a whole datagram 0 */

/* By the listener's slot. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__type(value, struct uf_path_mtu);
} PATH_MTU SEC(".maps");

/* The account of a listener's packets that did not fit, or NULL. */
static __always_inline struct uf_path_mtu *uf_path_mtu_of(__u32 slot)
{
	return bpf_map_lookup_elem(&PATH_MTU, &slot);
}

/*
 * The packet's flag "don't fragment"; by the loopback interface it says nothing: a packet there is
 * as large as any datagram, and its sender has no use for an answer (uf_is_by_loopback). Not
 * static, so that the verifier looks at it once, and not for each state that it is called in.
 */
__noinline int uf_dont_fragment(struct __sk_buff *skb, __u32 l3_offset)
{
	__be16 fragment = 0;

	bpf_skb_load_bytes(skb, l3_offset + offsetof(struct iphdr, frag_off), &fragment,
			   sizeof(fragment));
	return !uf_is_by_loopback(skb) && fragment & bpf_htons(UF_IPV4_DONT_FRAGMENT);
}

/*
 * Whether a router that finds the packet too large is to say so to its sender, and not to cut it.
 */
static __always_inline bool uf_must_stay_whole(struct __sk_buff *skb,
					       const struct uf_datagram *datagram)
{
	return datagram->family == 6 || uf_dont_fragment(skb, datagram->l3_offset);
}

/*
 * Takes "don't fragment" off an IPv4 packet, and gives it an identification, which it need not have
 * had before (RFC 6864 section 4.1): random, as nobody knows what the stack would take next. A
 * negative errno if the kernel could not. Not static, so that the verifier looks at it once.
 */
__noinline int uf_let_be_cut(struct __sk_buff *skb, __u32 l3_offset)
{
	const __u32 offset = l3_offset + offsetof(struct iphdr, id);
	__be32 before; /* identification, then flags and offset */
	__be32 after;

	if (bpf_skb_load_bytes(skb, offset, &before, sizeof(before)))
		return -1;
	if (!(before & bpf_htonl(UF_IPV4_DONT_FRAGMENT)))
		return 0;
	after = before & ~bpf_htonl(UF_IPV4_DONT_FRAGMENT);
	/* A fragment keeps it, as the others of its datagram do. */
	if (!(before & bpf_htonl(UF_IPV4_FRAGMENT)))
		after = bpf_htonl(bpf_get_prandom_u32() << 16 | (bpf_ntohl(after) & 0xffff));
	return bpf_l3_csum_replace(skb, l3_offset + offsetof(struct iphdr, check), before, after,
				   sizeof(after)) ||
	       bpf_skb_store_bytes(skb, offset, &after, sizeof(after), 0);
}

/* Whether a packet came in fragments, though it is whole by now. */
static __always_inline bool uf_was_reassembled(const struct uf_datagram *datagram,
					       const struct uf_target *target)
{
	return target->flags & UF_LISTENER_REASSEMBLED && datagram->family == 6 &&
	       datagram->part == UF_WHOLE && datagram->ip_bytes > target->mtu;
}

/* Whether a packet is to be refused because it does not fit all ways of its listener. */
static __always_inline bool uf_is_too_big(struct __sk_buff *skb, const struct uf_datagram *datagram,
					  const struct uf_target *target)
{
	return datagram->ip_bytes > target->mtu && target->mtu &&
	       target->flags & UF_TARGET_ANSWERED && !uf_was_reassembled(datagram, target) &&
	       uf_must_stay_whole(skb, datagram);
}

/* Whether the packet is a piece that goes through the stack for the sake of the others. */
static __always_inline bool uf_goes_with_others(struct __sk_buff *skb,
						const struct uf_datagram *datagram, __u32 flags)
{
	return datagram->part != UF_WHOLE && flags & UF_LISTENER_FRAGMENTS_BY_STACK &&
	       !uf_must_stay_whole(skb, datagram);
}

static __always_inline void uf_account_by_stack(__u32 slot, const struct uf_datagram *datagram)
{
	struct uf_path_mtu *account = uf_path_mtu_of(slot);

	if (account)
		account->pkts_by_stack += datagram->packets;
}

static __always_inline void uf_account_reply_by_stack(__u32 slot,
						      const struct uf_datagram *datagram)
{
	struct uf_path_mtu *account = uf_path_mtu_of(slot);

	if (account)
		account->replies_by_stack += datagram->packets;
}

#endif /* UDP_FANOUT_PATH_MTU_H */
