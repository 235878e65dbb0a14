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
#define UF_MAX_TEMPLATES 4096

/* Which templates, or options data, of which exporter: the first of their message. */
struct uf_templates_key {
	__u8 address[16];
	__be32 domain; /* RFC 7011: observation domain; NetFlow v9: source id */
	__be16 port;
	__u16 set; /* NetFlow v9: FlowSet id */
	__u32 slot; /* of the listener */
	__u32 template_id; /* 0: options data, whose set says what they are */
};

/* A message that has nothing but what is for all receivers. */
struct uf_templates {
	__u64 seen_ns; /* CLOCK_MONOTONIC */
	__u32 bytes; /* of the message */
	__u32 reserved; /* 0 */
	__u8 message[UF_MAX_TEMPLATES_BYTES]; /* then zeros */
};

#endif /* UDP_FANOUT_KEPT_TEMPLATES_H */
