/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * STAGED_EDITS: an edit, handed to the function that makes it.
 *
 * A function that the verifier looks at once, and not for each state that it is called in, can be
 * given numbers only, in Linux 5.10. What is more goes by a map.
 */
#ifndef UDP_FANOUT_STAGED_EDIT_H
#define UDP_FANOUT_STAGED_EDIT_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "rewrite.h"

struct uf_staged_edit {
	struct uf_datagram datagram;
	union uf_address address;
	__be16 port;
	__u8 hops;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct uf_staged_edit);
} STAGED_EDITS SEC(".maps");

static __always_inline struct uf_staged_edit *uf_staged_edit(void)
{
	__u32 only = 0;

	return bpf_map_lookup_elem(&STAGED_EDITS, &only);
}

/* Makes the edit that is staged: as uf_rewrite. */
__noinline int uf_make_staged_edit(struct __sk_buff *skb)
{
	const struct uf_staged_edit *edit = uf_staged_edit();

	return edit ? uf_rewrite(skb, &edit->datagram, &edit->address, edit->port, edit->hops) : -1;
}

/* As uf_rewrite. */
static __always_inline long uf_rewrite_staged(struct __sk_buff *skb,
					      const struct uf_datagram *datagram,
					      const union uf_address *address, __be16 port,
					      __u8 hops)
{
	struct uf_staged_edit *edit = uf_staged_edit();

	if (!edit)
		return -1;
	edit->datagram = *datagram;
	edit->address = *address;
	edit->port = port;
	edit->hops = hops;
	return uf_make_staged_edit(skb);
}

#endif /* UDP_FANOUT_STAGED_EDIT_H */
