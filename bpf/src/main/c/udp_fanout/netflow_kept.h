/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * TEMPLATES: what exporters have sent for all receivers, so that the daemon can give it to one that
 * joins before that one gets data (KeptTemplates.java).
 */
#ifndef UDP_FANOUT_NETFLOW_KEPT_H
#define UDP_FANOUT_NETFLOW_KEPT_H

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "netflow_templates.h"
#include "netflow_work.h"
#include "udp_fanout.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, UF_MAX_TEMPLATES);
	__type(key, struct uf_templates_key);
	__type(value, struct uf_templates);
} TEMPLATES SEC(".maps");

/*
 * Keeps the message for all receivers that uf_walk_netflow has left in NETFLOW_WORK, in place of
 * the one before it that begins with the same template. One that is too long is not kept. Not
 * static, so that the verifier looks at it once.
 */
__noinline int uf_keep_templates(__u32 slot)
{
	struct uf_netflow_work *work = uf_netflow_work();
	__u32 first; /* set, in 16-bit fields of the message */
	__u32 bytes;

	if (!work)
		return 0;
	bytes = work->shared_bytes;
	if (bytes <= UF_NETFLOW_V9_HEADER_BYTES || bytes > UF_MAX_TEMPLATES_BYTES)
		return 0;
	first = work->version == UF_NETFLOW_V9 ? UF_NETFLOW_V9_HEADER_BYTES / 2
					       : UF_IPFIX_HEADER_BYTES / 2;
	work->fields[1] = bpf_htons(work->version == UF_NETFLOW_V9 ? work->shared_records : bytes);
	__builtin_memcpy(work->kept.address, work->exporter.address, sizeof(work->kept.address));
	work->kept.domain = work->exporter.domain;
	work->kept.port = work->exporter.port;
	work->kept.slot = slot;
	work->kept.set = bpf_ntohs(work->fields[first]);
	work->kept.template_id =
		work->kept.set >= UF_FIRST_TEMPLATE_ID ? 0 : bpf_ntohs(work->fields[first + 2]);
	work->kept_seen_ns = bpf_ktime_get_ns();
	work->kept_bytes = bytes;
	bpf_map_update_elem(&TEMPLATES, &work->kept, &work->kept_seen_ns, BPF_ANY);
	return 1;
}

#endif /* UDP_FANOUT_NETFLOW_KEPT_H */
