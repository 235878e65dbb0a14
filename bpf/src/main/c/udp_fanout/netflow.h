/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a datagram of an exporter holds: NetFlow v9 (RFC 3954), IPFIX (RFC 7011).
 *
 * Templates, and the options data that say how an exporter samples, are for all receivers
 * ("shared"); the other data are for one. Whatever cannot be read is spread as any datagram, and so
 * is NetFlow v5 or sFlow, which need no templates.
 */
#ifndef UDP_FANOUT_NETFLOW_H
#define UDP_FANOUT_NETFLOW_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "netflow_templates.h"
#include "netflow_work.h"

/* What is in a message: uf_walk_netflow. */
#define UF_NETFLOW_DATA 1 /* for one receiver */
#define UF_NETFLOW_SHARED 2 /* for all */
/* By itself: it is no such message, or a broken one, or has too many sets. */
#define UF_NETFLOW_UNREAD 4

#define UF_MAX_SETS 48

/* Reads a message's header; false if it is none, or lies about its length. */
static __always_inline bool uf_read_netflow_header(struct __sk_buff *skb,
						   struct uf_netflow_work *work, __u32 offset,
						   __u32 bytes)
{
	__be32 words[5];

	if (bytes < sizeof(words) || bpf_skb_load_bytes(skb, offset, words, sizeof(words)))
		return false;
	work->version = bpf_ntohl(words[0]) >> 16;
	if (work->version == UF_NETFLOW_V9) {
		work->header_bytes = UF_NETFLOW_V9_HEADER_BYTES;
		work->exporter.domain = words[4];
		return true;
	}
	work->header_bytes = UF_IPFIX_HEADER_BYTES;
	work->exporter.domain = words[3];
	return work->version == UF_NETFLOW_IPFIX && (bpf_ntohl(words[0]) & 0xffff) == bytes;
}

/*
 * How many records a set has, if it is for all receivers; 0 if it is not. Its header is behind
 * "at".
 */
static __always_inline __u32 uf_shared_records(struct __sk_buff *skb, struct uf_netflow_work *work,
					       __u32 id, __u32 at, __u32 bytes)
{
	const __u32 templates_id = work->version == UF_NETFLOW_V9 ? 0 : 2;
	const struct uf_options_template *options;
	__u32 records;

	if (id >= UF_FIRST_TEMPLATE_ID) {
		options = uf_options_template_of(work, id);
		if (!options)
			return 0;
		records = options->record_bytes ? bytes / options->record_bytes : 1;
	} else if (id == templates_id) {
		records = uf_read_templates(skb, at, bytes);
	} else if (id == templates_id + 1) {
		records = uf_learn_options(skb, at, bytes);
	} else {
		return 0;
	}
	return records ? records : 1;
}

/* Puts a set behind those that are in the message for all receivers already. */
static __always_inline void uf_collect_set(struct __sk_buff *skb, struct uf_netflow_work *work,
					   __u32 offset, __u32 bytes)
{
	__u64 at = work->shared_bytes;
	__u64 more = bytes;

	/* The compiler must not conclude what Linux 5.10 has to see compared. */
	asm volatile("" : "+r"(more));
	if (!at || at > UF_MAX_SHARED_BYTES || more > UF_MAX_SHARED_BYTES || more < 4 ||
	    at + more > UF_MAX_SHARED_BYTES ||
	    bpf_skb_load_bytes(skb, offset, work->message + at, more))
		work->shared_bytes = 0;
	else
		work->shared_bytes = at + more;
}

/* Begins the message for all receivers with the header of this one. */
static __always_inline void uf_begin_collection(struct __sk_buff *skb, struct uf_netflow_work *work,
						__u32 offset)
{
	volatile __u64 *words = work->long_words;
	__u32 bytes = work->header_bytes;
	__u32 i;

	for (i = 0; i < UF_MAX_SHARED_BYTES / 8; i++)
		words[i] = 0;
	work->shared_records = 0;
	work->shared_bytes = 0;
	if (bytes >= 4 && bytes <= UF_NETFLOW_V9_HEADER_BYTES &&
	    !bpf_skb_load_bytes(skb, offset, work->message, bytes))
		work->shared_bytes = bytes;
}

/*
 * Looks at the set that begins at "at" of the packet, of whose message "left" bytes are left: how
 * long it is, or 0 if it is broken. What it is comes to "kind" of NETFLOW_WORK. Not static, so that
 * the verifier looks at it once.
 */
__noinline int uf_take_set(struct __sk_buff *skb, __u32 at, __u32 left, __u32 collect)
{
	struct uf_netflow_work *work = uf_netflow_work();
	__be16 set[2]; /* id, bytes with this header */
	__u32 records;
	__u32 bytes;

	if (!work || bpf_skb_load_bytes(skb, at, set, sizeof(set)))
		return 0;
	bytes = bpf_ntohs(set[1]);
	if (bytes < sizeof(set) || bytes > left)
		return 0;
	records = uf_shared_records(skb, work, bpf_ntohs(set[0]), at + sizeof(set),
				    bytes - sizeof(set));
	if (!records) {
		work->kind |= UF_NETFLOW_DATA;
		return bytes;
	}
	work->kind |= UF_NETFLOW_SHARED;
	if (collect) {
		work->shared_records += records;
		uf_collect_set(skb, work, at, bytes);
	}
	return bytes;
}

/*
 * What is in the message of so many bytes that begins at "offset" of the packet: UF_NETFLOW_*. With
 * "collect" it leaves the message for all receivers in NETFLOW_WORK. uf_begin_netflow says whose it
 * is. Not static, so that the verifier looks at it once.
 */
__noinline int uf_walk_netflow(struct __sk_buff *skb, __u32 offset, __u32 bytes, __u32 collect)
{
	struct uf_netflow_work *work = uf_netflow_work();
	__u32 set_bytes;
	__u32 at;
	__u32 i;

	if (!work || !uf_read_netflow_header(skb, work, offset, bytes))
		return UF_NETFLOW_UNREAD;
	if (collect)
		uf_begin_collection(skb, work, offset);
	work->kind = 0;
	at = work->header_bytes;
	for (i = 0; i < UF_MAX_SETS; i++) {
		/* What is left may be padding. */
		if (at + 4 > bytes)
			break;
		set_bytes = uf_take_set(skb, offset + at, bytes - at, collect);
		if (!set_bytes)
			return UF_NETFLOW_UNREAD;
		at += set_bytes;
	}
	return at + 4 > bytes && work->kind ? work->kind : UF_NETFLOW_UNREAD;
}

#endif /* UDP_FANOUT_NETFLOW_H */
