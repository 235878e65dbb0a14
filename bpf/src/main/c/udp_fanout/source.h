/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Can a datagram come from where it says? */
#ifndef UDP_FANOUT_SOURCE_H
#define UDP_FANOUT_SOURCE_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "local.h"
#include "mark.h"

/* A source that is nobody's or many hosts': RFC 1812 section 5.3.7, RFC 4291 section 2.5. */
static __always_inline bool uf_is_no_host(const union uf_address *address)
{
	if (uf_is_mapped_ipv4(address))
		return address->bytes[12] == 0 || address->bytes[12] == 127 ||
		       address->bytes[12] >= 224;
	/* :: and ::1 */
	return address->bytes[0] == 0xff ||
	       (!address->halves[0] && !address->words[2] && bpf_ntohl(address->words[3]) <= 1);
}

/*
 * Whether a datagram claims a source that nothing on the wire has. What this node itself sends to a
 * VIP comes by the dummy interface, and what it sends to its own address by the loopback interface,
 * with its own address rightly.
 */
static __always_inline bool uf_is_bad_source(const struct __sk_buff *skb,
					     const struct uf_datagram *datagram)
{
	/*
	 * An IPv4 host may call itself by an IPv6 address only over IPv4: RFC 4291 section 2.5.5.2.
	 */
	if (datagram->family == 6 && uf_is_mapped_ipv4(&datagram->source))
		return true;
	if (uf_is_no_host(&datagram->source))
		return true;
	/* A VIP is no address of an interface, but nobody else has it either. */
	return !uf_may_be_turned(skb) && !uf_is_by_loopback(skb) &&
	       (uf_same_address(datagram->source.bytes, datagram->destination.bytes) ||
		uf_is_local(&datagram->source));
}

#endif /* UDP_FANOUT_SOURCE_H */
