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

#define UF_MAX_OPTIONS_TEMPLATES 16384
/* How much of a set or a template is looked at, in records or fields. */
#define UF_MAX_TEMPLATE_RECORDS 32
#define UF_MAX_OPTIONS_FIELDS 32

#define UF_FIRST_TEMPLATE_ID 256 /* RFC 3954 section 5.2, RFC 7011 section 3.4.1 */

struct uf_options_template {
	__u32 record_bytes; /* NetFlow v9: of a record of options data; IPFIX: 0 */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, UF_MAX_OPTIONS_TEMPLATES);
	__type(key, struct uf_options_template_key);
	__type(value, struct uf_options_template);
} OPTIONS_TEMPLATES SEC(".maps");

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
	work->options.exporter = work->exporter;
	work->options.id = id;
	return bpf_map_lookup_elem(&OPTIONS_TEMPLATES, &work->options);
}

/* An id that stood for options stands for other data now. */
static __always_inline void uf_forget_options(struct uf_netflow_work *work, __u16 id)
{
	if (uf_options_template_of(work, id))
		bpf_map_delete_elem(&OPTIONS_TEMPLATES, &work->options);
}

/*
 * How many templates are in a template set of so many bytes behind its header. IPFIX: 1, as no
 * message counts them, and only the first is looked at. Not static, so that the verifier looks at
 * it once.
 */
__noinline int uf_read_templates(struct __sk_buff *skb, __u32 at, __u32 bytes)
{
	struct uf_netflow_work *work = uf_netflow_work();
	__be16 head[2]; /* id, number of fields */
	__u32 templates = 0;
	__u32 template_bytes;
	__u32 i;

	if (!work)
		return 0;
	for (i = 0; i < UF_MAX_TEMPLATE_RECORDS; i++) {
		if (bytes < sizeof(head) || bpf_skb_load_bytes(skb, at, head, sizeof(head)))
			break;
		if (bpf_ntohs(head[0]) < UF_FIRST_TEMPLATE_ID)
			break;
		uf_forget_options(work, bpf_ntohs(head[0]));
		templates++;
		template_bytes = sizeof(head) + 4u * bpf_ntohs(head[1]);
		if (work->version != UF_NETFLOW_V9 || template_bytes > bytes)
			break;
		at += template_bytes;
		bytes -= template_bytes;
	}
	return templates;
}

/* How long a record of options data of NetFlow v9 is, whose fields begin at "at". */
__noinline int uf_add_fields(struct __sk_buff *skb, __u32 at, __u32 fields)
{
	__be16 field[2]; /* type, length */
	__u32 bytes = 0;
	__u32 i;

	for (i = 0; i < UF_MAX_OPTIONS_FIELDS; i++) {
		if (i >= fields || bpf_skb_load_bytes(skb, at + 4 * i, field, sizeof(field)))
			break;
		bytes += bpf_ntohs(field[1]);
	}
	return bytes;
}

/*
 * Notes the options templates of a set of so many bytes behind its header; how many there are.
 * IPFIX: as uf_read_templates.
 */
__noinline int uf_learn_options(struct __sk_buff *skb, __u32 at, __u32 bytes)
{
	struct uf_netflow_work *work = uf_netflow_work();
	struct uf_options_ids *ids = uf_options_ids();
	struct uf_options_template value = {};
	__be16 head[3]; /* id, bytes of scope fields, bytes of option fields */
	__u32 templates = 0;
	__u32 field_bytes;
	__u32 i;

	if (!work || !ids)
		return 0;
	for (i = 0; i < UF_MAX_TEMPLATE_RECORDS; i++) {
		if (bytes < sizeof(head) || bpf_skb_load_bytes(skb, at, head, sizeof(head)))
			break;
		if (bpf_ntohs(head[0]) < UF_FIRST_TEMPLATE_ID)
			break;
		field_bytes = bpf_ntohs(head[1]) + bpf_ntohs(head[2]);
		if (work->version == UF_NETFLOW_V9)
			value.record_bytes = uf_add_fields(skb, at + sizeof(head), field_bytes / 4);
		work->options.exporter = work->exporter;
		work->options.id = bpf_ntohs(head[0]);
		ids->is_used[uf_index_of(bpf_ntohs(head[0]))] = 1;
		bpf_map_update_elem(&OPTIONS_TEMPLATES, &work->options, &value, BPF_ANY);
		templates++;
		if (work->version != UF_NETFLOW_V9 || sizeof(head) + field_bytes > bytes)
			break;
		at += sizeof(head) + field_bytes;
		bytes -= sizeof(head) + field_bytes;
	}
	return templates;
}

#endif /* UDP_FANOUT_NETFLOW_TEMPLATES_H */
