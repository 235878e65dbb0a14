/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * NETFLOW_WORK: what the functions that look at a message of NetFlow v9 or IPFIX tell each other. A
 * function that the verifier looks at once can be given numbers only, in Linux 5.10.
 */
#ifndef UDP_FANOUT_NETFLOW_WORK_H
#define UDP_FANOUT_NETFLOW_WORK_H

#include <stddef.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "udp_fanout.h"

#define UF_NETFLOW_V9 9 /* RFC 3954 */
#define UF_NETFLOW_IPFIX 10 /* RFC 7011 */

#define UF_NETFLOW_V9_HEADER_BYTES 20
#define UF_IPFIX_HEADER_BYTES 16

/* The most of what all receivers get, in bytes of a message. */
#define UF_MAX_SHARED_BYTES 2048

/* Whose templates: RFC 7011 section 3.1, 10.3.7. As struct uf_options_template_key begins. */
struct uf_exporter {
	__u8 address[16];
	__u32 domain; /* as it lies in the message; NetFlow v9: the source id */
	__be16 port;
	__u16 reserved; /* 0 */
};

_Static_assert(sizeof(struct uf_options_template_key) == 28, "a hash key must have no padding");
_Static_assert(offsetof(struct uf_options_template_key, id) == sizeof(struct uf_exporter),
	       "an exporter is the beginning of the key");

struct uf_netflow_work {
	struct uf_exporter exporter;
	struct uf_options_template_key options; /* what OPTIONS_TEMPLATES is asked for */
	__u32 version; /* UF_NETFLOW_* */
	__u32 header_bytes; /* of the message */
	__u32 shared_bytes; /* of the message with only what all receivers get; 0: it is too long */
	__u32 failed; /* copies that could not be sent: uf_send_to_others */
	__u32 kind; /* of the sets so far: UF_NETFLOW_* */
	__u32 at; /* of the set to be looked at next, in the packet */
	__u32 left; /* bytes of the message from there on */
	__u32 record_at; /* of the template to be looked at next, in the packet */
	__u32 records_left; /* bytes of its set from there on; 0: a set is next */
	__u32 is_options; /* whether it is of options */
	__u32 learnt; /* options templates of this message */
	/* Of a template: id, number or bytes of fields, of scope fields or more; on no one's stack.
	 */
	__be16 head[4];
	__be16 field[2]; /* of it: type, length of the data */
	__u32 record_id; /* of the template that was read last */
	__u32 record_fields; /* of it; 0: it is withdrawn */
	__u32 data_bytes; /* of a record that it describes */
	struct uf_datagram cut; /* the headers of the datagram */
	__u32 shared_records; /* in it: templates, and records of options data */
	struct uf_templates_key kept; /* what TEMPLATES has the message for */
	/* With the message: struct uf_templates. */
	__u64 kept_seen_ns;
	__u32 kept_bytes;
	__u32 kept_reserved;
	/* That message, then zeros up to UF_MAX_SHARED_BYTES; twice as long for the verifier. */
	union {
		__u8 message[2 * UF_MAX_SHARED_BYTES];
		__be16 fields[UF_MAX_SHARED_BYTES];
		__be32 words[UF_MAX_SHARED_BYTES / 2];
		__u64 long_words[UF_MAX_SHARED_BYTES / 4];
	};
};

_Static_assert(offsetof(struct uf_netflow_work, message) -
			       offsetof(struct uf_netflow_work, kept_seen_ns) ==
		       offsetof(struct uf_templates, message),
	       "what is kept must lie as in the map");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct uf_netflow_work);
} NETFLOW_WORK SEC(".maps");

static __always_inline struct uf_netflow_work *uf_netflow_work(void)
{
	__u32 only = 0;

	return bpf_map_lookup_elem(&NETFLOW_WORK, &only);
}

/* The question for a template of options of the exporter whose message is looked at. */
static __always_inline void uf_ask_for_options(struct uf_netflow_work *work, __u32 id)
{
	__builtin_memcpy(&work->options, &work->exporter, sizeof(work->exporter));
	work->options.id = id;
}

/* To be called before a message is looked at: from whom it is. */
static __always_inline void uf_begin_netflow(struct uf_netflow_work *work,
					     const union uf_address *source, __be16 port)
{
	__builtin_memcpy(work->exporter.address, source, sizeof(work->exporter.address));
	work->exporter.port = port;
}

#endif /* UDP_FANOUT_NETFLOW_WORK_H */
