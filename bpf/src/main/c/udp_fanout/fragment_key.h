/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the fragments of one datagram have in common: RFC 791 section 3.2, RFC 8200 section 4.5. */
#ifndef UDP_FANOUT_FRAGMENT_KEY_H
#define UDP_FANOUT_FRAGMENT_KEY_H

#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>

#include "datagram.h"

/*
 * As long as the fragments of one datagram may be apart. An identification comes round again: 16
 * bits in IPv4.
 */
#define UF_FRAGMENT_LIFETIME_NS 5000000000ull

/*
 * Fragments of one datagram that are sent on. The largest datagram in pieces for a link of 576
 * bytes, the least that hosts must take (RFC 791 section 3.1), has 119. A sender of more repeats
 * them, and they would be free: the one with the ports alone is judged.
 */
#define UF_MAX_PIECES 128

struct uf_fragment_key {
	__u32 ifindex;
	__be32 identification;
	__u8 source[16];
	__u8 destination[16];
};

_Static_assert(sizeof(struct uf_fragment_key) == 40, "a hash key must have no padding");

static __always_inline void uf_set_fragment_key(const struct __sk_buff *skb,
						const struct uf_datagram *datagram,
						struct uf_fragment_key *key)
{
	key->ifindex = skb->ifindex;
	key->identification = datagram->identification;
	__builtin_memcpy(key->source, &datagram->source, sizeof(key->source));
	__builtin_memcpy(key->destination, &datagram->destination, sizeof(key->destination));
}

#endif /* UDP_FANOUT_FRAGMENT_KEY_H */
