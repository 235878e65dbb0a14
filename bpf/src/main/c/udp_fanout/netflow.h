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
/* By itself: it is no such message, or has too many sets. */
#define UF_NETFLOW_UNREAD 4
/* By itself: a length in it lies, or a template says what none can say. */
#define UF_NETFLOW_MALFORMED 8

/* How much of a message is looked at: its sets and its templates together. */
#define UF_MAX_STEPS 128

/* Reads a message's header: 0, or UF_NETFLOW_UNREAD or UF_NETFLOW_MALFORMED. */
static __always_inline int uf_read_netflow_header(struct __sk_buff *skb,
						  struct uf_netflow_work *work, __u32 offset,
						  __u32 bytes)
{
	__be32 words[4];

	if (bytes < sizeof(words) || bpf_skb_load_bytes(skb, offset, words, sizeof(words)))
		return UF_NETFLOW_UNREAD;
	work->version = bpf_ntohl(words[0]) >> 16;
	if (work->version == UF_NETFLOW_IPFIX) {
		work->header_bytes = UF_IPFIX_HEADER_BYTES;
		work->exporter.domain = words[3];
		return (bpf_ntohl(words[0]) & 0xffff) == bytes ? 0 : UF_NETFLOW_MALFORMED;
	}
	work->header_bytes = UF_NETFLOW_V9_HEADER_BYTES;
	if (work->version != UF_NETFLOW_V9 || bytes < UF_NETFLOW_V9_HEADER_BYTES ||
	    bpf_skb_load_bytes(skb, offset + 16, words, sizeof(words[0])))
		return UF_NETFLOW_UNREAD;
	work->exporter.domain = words[0];
	return 0;
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
	__u32 i;

	for (i = 0; i < UF_MAX_SHARED_BYTES / 8; i++)
		words[i] = 0;
	/* The longer header: what is too much is the first set's place. */
	if (bpf_skb_load_bytes(skb, offset, work->message, UF_NETFLOW_V9_HEADER_BYTES))
		work->shared_bytes = 0;
	else
		work->shared_bytes = work->header_bytes;
}

/* How many records of options data a set of so many bytes behind its header has. */
static __always_inline __u32 uf_options_records(const struct uf_options_template *options,
						__u32 bytes)
{
	return options->record_bytes ? bytes / options->record_bytes : 1;
}

/* Looks at the next set, and goes on behind it, or to its templates: as uf_take_step. */
static __always_inline int uf_take_set(struct __sk_buff *skb, struct uf_netflow_work *work,
				       __u32 how)
{
	const __u32 templates_id = work->version == UF_NETFLOW_V9 ? 0 : 2;
	const struct uf_options_template *options = NULL;
	const __u32 at = work->at;
	__u32 bytes;
	__u32 id;

	if (work->left < 4 || bpf_skb_load_bytes(skb, at, work->head, 4))
		return UF_NETFLOW_MALFORMED;
	id = bpf_ntohs(work->head[0]);
	bytes = bpf_ntohs(work->head[1]);
	if (bytes < 4 || bytes > work->left)
		return UF_NETFLOW_MALFORMED;
	work->at = at + bytes;
	work->left -= bytes;
	if (id >= UF_FIRST_TEMPLATE_ID)
		options = uf_options_template_of(work, id);
	if (!options && (id < templates_id || id > templates_id + 1)) {
		work->kind |= UF_NETFLOW_DATA;
		return 0;
	}
	work->kind |= UF_NETFLOW_SHARED;
	if (!options) {
		work->record_at = at + 4;
		work->records_left = bytes - 4;
		work->is_options = id - templates_id;
	}
	if (options)
		work->shared_records += uf_options_records(options, bytes - 4);
	if (how & UF_COLLECT)
		uf_collect_set(skb, work, at, bytes);
	return 0;
}

#define UF_NETFLOW_END 16 /* of the message; by itself */

/*
 * Looks at a set or a template of a message: 0 if there may be more, UF_NETFLOW_END, or
 * UF_NETFLOW_MALFORMED. Not static, so that the verifier looks at it once.
 */
__noinline int uf_take_step(struct __sk_buff *skb, __u32 how)
{
	struct uf_netflow_work *work = uf_netflow_work();

	if (!work)
		return UF_NETFLOW_MALFORMED;
	if (work->records_left)
		return uf_take_record(skb, work, how) ? UF_NETFLOW_MALFORMED : 0;
	return work->left ? uf_take_set(skb, work, how) : UF_NETFLOW_END;
}

/*
 * What is in the message of so many bytes that begins at "offset" of the packet: UF_NETFLOW_*.
 * "how" is UF_COLLECT, UF_LEARN, both or 0; UF_LEARN is for a message that is not malformed.
 * uf_begin_netflow says whose it is. Not static, so that the verifier looks at it once.
 */
__noinline int uf_walk_netflow(struct __sk_buff *skb, __u32 offset, __u32 bytes, __u32 how)
{
	struct uf_netflow_work *work = uf_netflow_work();
	__u32 i;
	int end;

	if (!work)
		return UF_NETFLOW_UNREAD;
	end = uf_read_netflow_header(skb, work, offset, bytes);
	if (end)
		return end;
	if (how & UF_COLLECT)
		uf_begin_collection(skb, work, offset);
	work->kind = 0;
	work->at = offset + work->header_bytes;
	work->left = bytes - work->header_bytes;
	work->records_left = 0;
	work->shared_records = 0;
	work->learnt = 0;
	for (i = 0; i < UF_MAX_STEPS; i++) {
		end = uf_take_step(skb, how);
		if (end)
			break;
	}
	if (end == UF_NETFLOW_MALFORMED)
		return UF_NETFLOW_MALFORMED;
	return end && work->kind ? work->kind : UF_NETFLOW_UNREAD;
}

#endif /* UDP_FANOUT_NETFLOW_H */
