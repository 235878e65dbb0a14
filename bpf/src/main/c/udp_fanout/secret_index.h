/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where something of a sender's stands in an array, so that nobody who makes up senders can foresee
 * it.
 *
 * With a hash that is known, a stranger finds senders that fall on the place of another. Here two
 * senders fall on one of n places with a probability of 1/n, whoever has chosen them, as long as he
 * does not know the secret (Thorup, High Speed Hashing for Integers and Strings, section 3.3:
 * pair-multiply-shift). An exclusive or of the secret before one multiplication does not do that:
 * the difference of two products hardly depends on it.
 */
#ifndef UDP_FANOUT_SECRET_INDEX_H
#define UDP_FANOUT_SECRET_INDEX_H

#include <linux/bpf.h>

#include "settings.h"
#include "udp_fanout.h"

/* Of 2^bits places, at most 2^32. The address by halves, and two numbers beside it. */
static __always_inline __u32 uf_secret_index(__u64 half0, __u64 half1, __u32 first, __u32 second,
					     __u32 bits)
{
	const volatile __u64 *secret = uf_settings.index_secret;
	const __u64 sum = (secret[0] + (__u32)half0) * (secret[1] + (half0 >> 32)) +
			  (secret[2] + (__u32)half1) * (secret[3] + (half1 >> 32)) +
			  (secret[4] + first) * (secret[5] + second);

	return sum >> (64 - bits);
}

#endif /* UDP_FANOUT_SECRET_INDEX_H */
