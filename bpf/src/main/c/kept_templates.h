/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What exporters of NetFlow v9 and IPFIX have sent for all receivers: a part of udp_fanout.h,
 * shared with Java as that is.
 */
#ifndef UDP_FANOUT_KEPT_TEMPLATES_H
#define UDP_FANOUT_KEPT_TEMPLATES_H

#include <linux/types.h>

/* The most of an exporter's message that is kept for receivers that join: TEMPLATES. */
#define UF_MAX_TEMPLATES_BYTES 1472

/*
 * Which message of which exporter. One with other templates, or with options data of others, such
 * as a part of a table of interfaces, does not take another's place, as a rule.
 */
struct uf_templates_key {
	__u8 address[16];
	__be32 domain; /* RFC 7011: observation domain; NetFlow v9: source id */
	__be16 port;
	__u16 set; /* NetFlow v9: FlowSet id */
	__u32 slot; /* of the listener */
	__u32 hash; /* of the first template's id and all, or of the first record of options data */
};

/* A message that has nothing but what is for all receivers. */
struct uf_templates {
	__u64 seen_ns; /* CLOCK_MONOTONIC */
	__u32 bytes; /* of the message */
	__u32 reserved; /* 0 */
	__u8 message[UF_MAX_TEMPLATES_BYTES]; /* then zeros */
};

/* A template of options of an exporter: OPTIONS_TEMPLATES. */
struct uf_options_template_key {
	__u8 address[16];
	__be32 domain; /* as above */
	__be16 port;
	__u16 reserved; /* 0 */
	__u32 id;
};

struct uf_options_template {
	__u32 record_bytes; /* NetFlow v9: of a record of options data; IPFIX: 0 */
};

/* What addresses have in the maps: NETFLOW_SHARES. */
struct uf_netflow_share {
	__u32 messages; /* in TEMPLATES */
	__u32 options; /* in OPTIONS_TEMPLATES */
};

/* What a CPU has counted of a listener's exporters: NETFLOW_STATS. */
struct uf_netflow_stats {
	__u64 malformed; /* messages whose lengths lie */
	__u64 copied; /* messages to endpoints, as the exporter has sent them to all */
	__u64 cut; /* messages to endpoints, without the data of another */
	__u64 not_kept; /* messages for all that TEMPLATES had no room for */
};

#endif /* UDP_FANOUT_KEPT_TEMPLATES_H */
