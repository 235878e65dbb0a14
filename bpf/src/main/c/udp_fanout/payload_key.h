/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* PAYLOAD_KEYS: the bytes of a payload that decide which endpoint a datagram goes to. */
#ifndef UDP_FANOUT_PAYLOAD_KEY_H
#define UDP_FANOUT_PAYLOAD_KEY_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "datagram.h"
#include "endpoint_table.h"
#include "hash.h"
#include "metric_name.h"
#include "udp_fanout.h"

/* By the listener's slot. The daemon writes, the program reads. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__type(value, struct uf_payload_key);
} PAYLOAD_KEYS SEC(".maps");

/*
 * Reads 1..8 bytes of a packet from "at" as a number, the first byte highest, zeros behind; false
 * if they do not all stand before "end". Where eight bytes can be read in the packet itself, that
 * spares a call; what is behind the wanted ones is masked.
 */
static __always_inline bool uf_read_key(struct __sk_buff *skb, __u32 at, __u32 bytes, __u32 end,
					__u64 *number)
{
	const void *data_end = (void *)(long)skb->data_end;
	const void *data = (void *)(long)skb->data;
	__u64 loaded = 0;

	if (at + bytes > end)
		return false;
	bytes = (bytes - 1) & 7;
	/* The verifier follows offsets within a packet up to 16 bits. */
	data += at & 0x7fff;
	if (at <= 0x7fff && data + sizeof(loaded) <= data_end) {
		loaded = *(const __u64 *)data;
	} else {
		/* So that the verifier sees the bounds, the compiler must not join the two lines.
		 */
		asm volatile("" : "+r"(bytes));
		if (bpf_skb_load_bytes(skb, at, &loaded, bytes + 1))
			return false;
	}
	*number = bpf_be64_to_cpu(loaded) & ~0ull << 8 * (7 - bytes);
	return true;
}

/* Reads both numbers of a key of 1..16 bytes, as uf_read_key; the second is 0 if it has one alone.
 */
static __always_inline bool uf_read_key_numbers(struct __sk_buff *skb, __u32 at, __u32 bytes,
						__u32 end, __u64 numbers[2])
{
	numbers[1] = 0;
	if (bytes <= sizeof(*numbers))
		return uf_read_key(skb, at, bytes, end, numbers);
	return uf_read_key(skb, at, sizeof(*numbers), end, numbers) &&
	       uf_read_key(skb, at + sizeof(*numbers), bytes - sizeof(*numbers), end, numbers + 1);
}

/*
 * What a payload leads to: the hash of its key, with the lowest bit set, which no bucket depends
 * on; without a key that of the source, likewise; or 0 if the next endpoint is to have it. "range"
 * is where the payload begins, and above it where it ends, in bytes from the start of the frame.
 * The halves of the source are hashed only if it counts. Not static, so that the verifier looks at
 * it once.
 */
__noinline __u64 uf_payload_hash(struct __sk_buff *skb, __u32 slot, __u64 range, __u64 first_half,
				 __u64 second_half)
{
	const struct uf_payload_key *key = bpf_map_lookup_elem(&PAYLOAD_KEYS, &slot);
	const __u32 begin = range;
	const __u32 end = range >> 32;
	__u64 numbers[2];
	__u64 matched;
	__u64 hash;

	if (!key)
		return 0;
	if (key->key_bytes == UF_KEY_METRIC_NAME)
		return uf_metric_hash(skb, range);
	if ((key->match_bytes &&
	     (!uf_read_key(skb, begin + key->match_offset, key->match_bytes, end, &matched) ||
	      matched != key->expected)) ||
	    !uf_read_key_numbers(skb, begin + key->offset, key->key_bytes, end, numbers))
		return key->else_source ? uf_address_hash(first_half, second_half) | 1 : 0;
	hash = key->with_source ? uf_address_hash(first_half, second_half) : UF_HASH_SEED;
	hash = uf_mix(hash ^ numbers[0]);
	return uf_mix(hash ^ numbers[1]) | 1;
}

/*
 * Where the payload lies: uf_payload_hash's range. Of a fragment, as much of it as is there, and of
 * a super-packet its first datagram, which all of it follows, since nothing can cut it here; what a
 * link has filled a short frame up with is none of it.
 */
static __always_inline __u64 uf_payload_range(const struct uf_datagram *datagram)
{
	const __u32 by_udp = datagram->l4_offset + bpf_ntohs(datagram->udp_bytes);
	const __u32 by_ip = datagram->l3_offset + datagram->ip_bytes;

	return (__u64)(by_udp < by_ip ? by_udp : by_ip) << 32 |
	       (datagram->l4_offset + sizeof(struct udphdr));
}

#endif /* UDP_FANOUT_PAYLOAD_KEY_H */
