/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * KNOWN_LISTENERS: what LISTENERS has answered in this tick; LISTENER_PORTS: what need not be
 * asked.
 *
 * The same few questions come over and over, and a look-up in a hash table is dear. An answer is
 * used again for the same interface, address and port, in the same tick, and until the daemon says
 * by another generation that it has changed what the answer follows from. So a listener that is
 * taken away or changed is so for each packet that comes after.
 */
#ifndef UDP_FANOUT_KNOWN_LISTENER_H
#define UDP_FANOUT_KNOWN_LISTENER_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "listener.h"
#include "mark.h"
#include "route.h"
#include "udp_fanout.h"

#define UF_KNOWN_LISTENER_BITS 8
#define UF_KIND_AT_EGRESS 0x200 /* in a place: see uf_kind_of */

struct uf_known_listener {
	union uf_address address;
	__u64 place; /* interface, port, and what uf_kind_of says */
	__u64 tick; /* 0: nothing is known */
	__u64 generation;
	struct uf_listener listener;
	__u32 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1 << UF_KNOWN_LISTENER_BITS);
	__type(key, __u32);
	__type(value, struct uf_known_listener);
} KNOWN_LISTENERS SEC(".maps");

/* Element 0. The daemon sets a port's bit before there is a listener, and clears it after. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct uf_listener_ports);
} LISTENER_PORTS SEC(".maps");

static __always_inline const struct uf_listener_ports *uf_listener_ports(void)
{
	__u32 only = 0;

	return bpf_map_lookup_elem(&LISTENER_PORTS, &only);
}

/* Whether any listener has the port. Bit p % 64 of word p / 64, p as it lies in the header. */
static __always_inline bool uf_is_listened_to(const struct uf_listener_ports *ports, __be16 port)
{
	return ports->bits[port / 64] >> port % 64 & 1;
}

/*
 * Asks LISTENERS, and keeps the answer if there is one: false if there is no listener. Its stack is
 * its own.
 */
static __noinline bool uf_learn_listener(struct __sk_buff *skb, struct uf_known_listener *known,
					 __u64 place, __u64 first_half, __u64 second_half)
{
	const struct uf_listener_ports *ports = uf_listener_ports();
	const struct uf_listener *listener;
	union uf_address address;
	__u64 generation;

	if (!ports || !known)
		return false;
	/* Before the look-up: an answer of before a change never has the generation of after. */
	generation = *(const volatile __u64 *)&ports->generation;
	address.halves[0] = first_half;
	address.halves[1] = second_half;
	listener = uf_listener_at(skb, &address, uf_second(place), uf_second(place) >> 16 & 0xff,
				  uf_second(place) >> 16 & UF_KIND_AT_EGRESS);
	if (!listener)
		return false;
	known->address = address;
	known->place = place;
	known->generation = generation;
	known->listener = *listener;
	known->tick = bpf_jiffies64();
	return true;
}

/* The family, and what uf_is_steered goes by: whether the packet has come round, and the hook. */
static __always_inline __u16 uf_kind_of(const struct __sk_buff *skb, __u8 family, bool at_egress)
{
	return family | uf_has_come_round(skb) << 8 | (at_egress ? UF_KIND_AT_EGRESS : 0);
}

/* As uf_listener_of. */
static __always_inline const struct uf_listener *
uf_known_listener_of(struct __sk_buff *skb, const struct uf_datagram *datagram,
		     const struct uf_listener_ports *ports, bool at_egress)
{
	const __u16 kind = uf_kind_of(skb, datagram->family, at_egress);
	const __u64 place = uf_join(skb->ifindex, uf_join16(datagram->destination_port, kind));
	const __u64 first = datagram->destination.halves[0];
	const __u64 second = datagram->destination.halves[1];
	struct uf_known_listener *known;
	__u32 index = (place ^ first ^ second) * UF_SPREAD >> (64 - UF_KNOWN_LISTENER_BITS);

	known = bpf_map_lookup_elem(&KNOWN_LISTENERS, &index);
	if (!known)
		return NULL;
	if (known->tick == bpf_jiffies64() && known->generation == ports->generation &&
	    !((known->place ^ place) | (known->address.halves[0] ^ first) |
	      (known->address.halves[1] ^ second)))
		return &known->listener;
	return uf_learn_listener(skb, known, place, first, second) ? &known->listener : NULL;
}

/* The same, by what is kept where that is of use: at ingress, and once the daemon has filled it. */
static __always_inline const struct uf_listener *
uf_listener_for(struct __sk_buff *skb, const struct uf_datagram *datagram, bool at_egress)
{
	const struct uf_listener_ports *ports = at_egress ? NULL : uf_listener_ports();

	return ports && ports->generation ? uf_known_listener_of(skb, datagram, ports, false)
					  : uf_listener_of(skb, datagram, at_egress);
}

#endif /* UDP_FANOUT_KNOWN_LISTENER_H */
