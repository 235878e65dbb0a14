/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The records of template sets: NetFlow v9 (RFC 3954 section 5.2, 6.1) and IPFIX (RFC 7011 section
 * 3.4).
 *
 * OPTIONS_TEMPLATES: which sets are options data, so that all receivers get them: they say how an
 * exporter samples.
 */
#ifndef UDP_FANOUT_NETFLOW_TEMPLATES_H
#define UDP_FANOUT_NETFLOW_TEMPLATES_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "netflow_work.h"
#include "udp_fanout.h"

#define UF_MAX_OPTIONS_TEMPLATES 16384
/* How much of a template is looked at. */
#define UF_MAX_TEMPLATE_FIELDS 128

/* How a message is looked at. */
#define UF_COLLECT 1 /* the message for all receivers is left in NETFLOW_WORK */
#define UF_LEARN 2 /* which data are for all from now on is noted: once for each message */

#define UF_FIRST_TEMPLATE_ID 256 /* RFC 3954 section 5.2, RFC 7011 section 3.4.1 */

/* It takes memory only for what it holds. Full, it refuses more: the daemon takes old ones out. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, UF_MAX_OPTIONS_TEMPLATES);
	__type(key, struct uf_options_template_key);
	__type(value, struct uf_options_template);
} OPTIONS_TEMPLATES SEC(".maps");

/*
 * What an address may take of TEMPLATES and of OPTIONS_TEMPLATES, so that one sender leaves the
 * others room, whatever ports and domains it makes up. Addresses that fall on one share have one.
 * The daemon writes what is there in truth.
 */
#define UF_SHARE_BITS 12
#define UF_MAX_SHARE 1024

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << UF_SHARE_BITS);
	__type(key, __u32);
	__type(value, struct uf_netflow_share);
} NETFLOW_SHARES SEC(".maps");

static __always_inline struct uf_netflow_share *uf_netflow_share(const struct uf_exporter *exporter)
{
	const __u32 *words = (const void *)exporter->address;
	__u32 index =
		(words[0] ^ words[1] ^ words[2] ^ words[3]) * 0x9e3779b1u >> (32 - UF_SHARE_BITS);

	return bpf_map_lookup_elem(&NETFLOW_SHARES, &index);
}

/*
 * Which ids any exporter has used for options, so that other data costs no look-up. A byte an id:
 * two CPUs can write at the same time.
 */
struct uf_options_ids {
	__u8 is_used[65536];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct uf_options_ids);
} OPTIONS_IDS SEC(".maps");

static __always_inline struct uf_options_ids *uf_options_ids(void)
{
	__u32 only = 0;

	return bpf_map_lookup_elem(&OPTIONS_IDS, &only);
}

/*
 * A template's id as an index. Linux 5.10 does not know of what had its bytes swapped that it has
 * 16 bits, and the compiler knows it too well.
 */
static __always_inline __u32 uf_index_of(__u32 id)
{
	asm volatile("" : "+r"(id));
	return id & 0xffff;
}

/* What is known of a set's template, if it is one of options; NULL for other data. */
static __always_inline const struct uf_options_template *
uf_options_template_of(struct uf_netflow_work *work, __u16 id)
{
	const struct uf_options_ids *ids = uf_options_ids();

	if (!ids || !ids->is_used[uf_index_of(id)])
		return NULL;
	uf_ask_for_options(work, id);
	return bpf_map_lookup_elem(&OPTIONS_TEMPLATES, &work->options);
}

/* An id that stood for options stands for other data now. */
static __always_inline void uf_forget_options(struct uf_netflow_work *work, __u16 id)
{
	if (uf_options_template_of(work, id))
		bpf_map_delete_elem(&OPTIONS_TEMPLATES, &work->options);
}

/* In place of a record's length. */
#define UF_RECORD_PADDING 0
#define UF_RECORD_MALFORMED (-1)
#define UF_RECORD_UNREAD (-2) /* it has more than UF_MAX_TEMPLATE_FIELDS */

/*
 * How many bytes so many fields of a template take that begin at "at", of "left" bytes at most, or
 * UF_RECORD_*. What they describe comes to "data_bytes" of NETFLOW_WORK. Not static, so that the
 * verifier looks at the loop once.
 */
__noinline int uf_read_fields(struct __sk_buff *skb, __u32 at, __u32 left, __u32 fields)
{
	struct uf_netflow_work *work = uf_netflow_work();
	__u32 bytes = 0;
	__u32 i;

	if (!work)
		return UF_RECORD_UNREAD;
	if (fields * sizeof(work->field) > left)
		return UF_RECORD_MALFORMED;
	for (i = 0; i < UF_MAX_TEMPLATE_FIELDS; i++) {
		if (i >= fields)
			break;
		if (bytes + sizeof(work->field) > left ||
		    bpf_skb_load_bytes(skb, at + bytes, work->field, sizeof(work->field)))
			return UF_RECORD_MALFORMED;
		work->data_bytes += bpf_ntohs(work->field[1]);
		/* The highest bit: an enterprise number follows (RFC 7011 section 3.2). */
		bytes += sizeof(work->field) +
			 (bpf_ntohs(work->field[0]) >> 15) * (work->version / UF_NETFLOW_IPFIX) * 4;
	}
	return i < fields ? UF_RECORD_UNREAD : (int)bytes;
}

/* How many bytes a record of a template set or of an options template set has, or UF_RECORD_*. */
static __always_inline int uf_record_bytes(struct __sk_buff *skb, struct uf_netflow_work *work,
					   __u32 at, __u32 left, bool options)
{
	const __u32 head_bytes = options ? 6 : 4;
	__u32 fields;
	__u32 scope;
	__u32 id;
	int bytes;

	if (bpf_skb_load_bytes(skb, at, work->head, 4))
		return UF_RECORD_MALFORMED;
	id = bpf_ntohs(work->head[0]);
	fields = bpf_ntohs(work->head[1]);
	work->record_id = id;
	work->record_fields = fields;
	work->data_bytes = 0;
	if (!id && !fields)
		return UF_RECORD_PADDING;
	if (work->version == UF_NETFLOW_IPFIX && !fields)
		return id >= UF_FIRST_TEMPLATE_ID || id == 2u + options ? 4 : UF_RECORD_MALFORMED;
	if (id < UF_FIRST_TEMPLATE_ID || left < head_bytes)
		return UF_RECORD_MALFORMED;
	if (options) {
		if (bpf_skb_load_bytes(skb, at + 4, work->head + 2, 2))
			return UF_RECORD_MALFORMED;
		scope = bpf_ntohs(work->head[2]);
		if (work->version == UF_NETFLOW_V9) {
			if ((fields | scope) & 3 || !(fields | scope))
				return UF_RECORD_MALFORMED;
			fields = (fields + scope) / 4;
			/* Without a scope, too, it takes back nothing. */
			work->record_fields = fields;
		} else if (!scope || scope > fields) {
			return UF_RECORD_MALFORMED;
		}
	} else if (work->version == UF_NETFLOW_V9) {
		return fields ? (int)(4 + 4 * fields) : UF_RECORD_MALFORMED;
	}
	bytes = uf_read_fields(skb, at + head_bytes, left - head_bytes, fields);
	return bytes < 0 ? bytes : bytes + (int)head_bytes;
}

/* Of one message; what is beyond that counts as data. */
#define UF_MAX_LEARNT 32

/* Notes the record that uf_record_bytes has read last. */
static __always_inline void uf_learn_record(struct uf_netflow_work *work, bool options)
{
	struct uf_options_ids *ids = uf_options_ids();
	struct uf_options_template value = {};
	struct uf_netflow_share *share;

	if (!options || !work->record_fields) {
		uf_forget_options(work, work->record_id);
		return;
	}
	share = uf_netflow_share(&work->exporter);
	if (!ids || !share || work->learnt >= UF_MAX_LEARNT)
		return;
	work->learnt++;
	if (work->version == UF_NETFLOW_V9)
		value.record_bytes = work->data_bytes;
	uf_ask_for_options(work, work->record_id);
	if (!bpf_map_lookup_elem(&OPTIONS_TEMPLATES, &work->options)) {
		if (share->options >= UF_MAX_SHARE)
			return;
		share->options++;
	}
	ids->is_used[uf_index_of(work->record_id)] = 1;
	bpf_map_update_elem(&OPTIONS_TEMPLATES, &work->options, &value, BPF_ANY);
}

/*
 * Looks at the next template of a set; with UF_LEARN it notes which data are for all from now on.
 * 0, or UF_RECORD_MALFORMED.
 */
static __always_inline int uf_take_record(struct __sk_buff *skb, struct uf_netflow_work *work,
					  __u32 how)
{
	const __u32 left = work->records_left;
	int bytes = UF_RECORD_PADDING;

	if (left >= 4)
		bytes = uf_record_bytes(skb, work, work->record_at, left, work->is_options);
	if (bytes == UF_RECORD_MALFORMED || bytes > (int)left)
		return UF_RECORD_MALFORMED;
	if (bytes != UF_RECORD_PADDING) {
		if (how & UF_LEARN)
			uf_learn_record(work, work->is_options);
		work->shared_records++;
	}
	/* What is behind a template that is too long cannot be found. */
	work->records_left = bytes > 0 ? left - bytes : 0;
	work->record_at += bytes;
	return 0;
}

#endif /* UDP_FANOUT_NETFLOW_TEMPLATES_H */
