/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whether what an endpoint sends to a client is expected by somebody else than a listener: the
 * client talks to the endpoint past the listener, by its own address or by another service, and
 * connection tracking knows it.
 *
 * Only the object that is compiled with UF_CONNTRACK asks. The kernel functions for that came with
 * Linux 6.0 (net/netfilter/nf_conntrack_bpf.c), and libbpf finds them by the kernel's BTF: where
 * that is missing, it refuses an object that names them.
 */
#ifndef UDP_FANOUT_CONNTRACK_H
#define UDP_FANOUT_CONNTRACK_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/in.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "target.h"

#ifdef UF_CONNTRACK

#define UF_KERNEL __attribute__((preserve_access_index))

/* include/net/netfilter/nf_conntrack_tuple.h; libbpf puts the running kernel's offsets in. */
union nf_inet_addr {
	__be32 all[4];
} UF_KERNEL;

struct nf_conntrack_tuple {
	struct {
		union nf_inet_addr u3;
		union {
			__be16 all;
		} u;
	} dst;
} UF_KERNEL;

struct nf_conntrack_tuple_hash {
	struct nf_conntrack_tuple tuple;
} UF_KERNEL;

struct nf_conn {
	struct nf_conntrack_tuple_hash tuplehash[2];
} UF_KERNEL;

#define UF_CONNTRACK_ORIGINAL 0 /* IP_CT_DIR_ORIGINAL: the place in tuplehash */
#define UF_CONNTRACK_REPLY 1 /* IP_CT_DIR_REPLY */

/* What every kernel takes: 6.10 has more behind it, and goes by the size. */
struct bpf_ct_opts {
	__s32 netns_id;
	__s32 error;
	__u8 l4proto;
	__u8 dir;
	__u8 reserved[2];
};

_Static_assert(sizeof(struct bpf_ct_opts) == 12, "nf_conntrack_bpf.c compares it");

struct nf_conn *bpf_skb_ct_lookup(struct __sk_buff *skb, struct bpf_sock_tuple *tuple,
				  __u32 tuple_size, struct bpf_ct_opts *opts,
				  __u32 opts_size) __ksym;
void bpf_ct_release(struct nf_conn *entry) __ksym;

/* The question, in one piece for a function that the verifier looks at once. */
struct uf_tracked {
	union uf_address client;
	union uf_address endpoint;
	union uf_address asked; /* where the client has sent to */
	__be16 client_port;
	__be16 endpoint_port;
	__be16 asked_port;
	__u16 family; /* 4 or 6 */
};

static __always_inline struct nf_conn *
uf_find_tracked(struct __sk_buff *skb, const struct uf_tracked *question, struct bpf_ct_opts *opts)
{
	struct bpf_sock_tuple tuple = {};

	if (question->family == 4) {
		tuple.ipv4.saddr = question->endpoint.words[3];
		tuple.ipv4.daddr = question->client.words[3];
		tuple.ipv4.sport = question->endpoint_port;
		tuple.ipv4.dport = question->client_port;
		return bpf_skb_ct_lookup(skb, &tuple, sizeof(tuple.ipv4), opts, sizeof(*opts));
	}
	__builtin_memcpy(tuple.ipv6.saddr, &question->endpoint, sizeof(tuple.ipv6.saddr));
	__builtin_memcpy(tuple.ipv6.daddr, &question->client, sizeof(tuple.ipv6.daddr));
	tuple.ipv6.sport = question->endpoint_port;
	tuple.ipv6.dport = question->client_port;
	return bpf_skb_ct_lookup(skb, &tuple, sizeof(tuple.ipv6), opts, sizeof(*opts));
}

/* Whether an entry has begun where this datagram has been sent to: then it is the client's own. */
static __always_inline bool uf_was_asked_there(const struct nf_conn *entry,
					       const struct uf_tracked *question)
{
	const struct nf_conntrack_tuple *began = &entry->tuplehash[UF_CONNTRACK_ORIGINAL].tuple;

	if (began->dst.u.all != question->asked_port)
		return false;
	if (question->family == 4)
		return began->dst.u3.all[0] == question->asked.words[3];
	return began->dst.u3.all[0] == question->asked.words[0] &&
	       began->dst.u3.all[1] == question->asked.words[1] &&
	       began->dst.u3.all[2] == question->asked.words[2] &&
	       began->dst.u3.all[3] == question->asked.words[3];
}

/*
 * 1 if connection tracking expects what the endpoint sends to the client as an answer to something
 * that did not come by the listener. In the other direction an entry says nothing: an answer that
 * has come too late for its flow leaves one. Not static, so that the verifier looks at it once.
 */
__noinline int uf_ask_conntrack(struct __sk_buff *skb, const struct uf_tracked *question)
{
	struct bpf_ct_opts opts = {
		.netns_id = BPF_F_CURRENT_NETNS,
		.l4proto = IPPROTO_UDP,
	};
	struct nf_conn *entry;
	int answer = 0;

	if (!question)
		return 0;
	entry = uf_find_tracked(skb, question, &opts);
	if (!entry)
		return 0;
	if (opts.dir == UF_CONNTRACK_REPLY)
		answer = !uf_was_asked_there(entry, question);
	bpf_ct_release(entry);
	return answer;
}

#endif /* UF_CONNTRACK */

/* Whether the target's answers to the sender of a datagram are somebody else's, as far as known. */
static __always_inline bool uf_are_answers_expected_elsewhere(struct __sk_buff *skb,
							      const struct uf_datagram *datagram,
							      const struct uf_target *target)
{
#ifdef UF_CONNTRACK
	struct uf_tracked question = {
		.client = datagram->source,
		.endpoint = target->address,
		.asked = datagram->destination,
		.client_port = datagram->source_port,
		.endpoint_port = target->port,
		.asked_port = datagram->destination_port,
		.family = datagram->family,
	};

	return uf_ask_conntrack(skb, &question);
#else
	(void)skb;
	(void)datagram;
	(void)target;
	return false;
#endif
}

#endif /* UDP_FANOUT_CONNTRACK_H */
