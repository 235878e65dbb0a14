/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * LIMITS: how much of a listener's datagrams is let through.
 *
 * The limit is the listener's, not a CPU's: which CPU a datagram comes to is the NIC's choice, and
 * one sender's all come to one. So there is one bucket, under a lock; and so that CPUs seldom wait
 * for each other, each draws a few tokens in advance.
 */
#ifndef UDP_FANOUT_LIMIT_H
#define UDP_FANOUT_LIMIT_H

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "fragment_key.h"
#include "udp_fanout.h"

#define UF_SECOND_NS 1000000000ull

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__type(value, struct uf_limit);
} LIMITS SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__type(value, struct uf_bucket);
} LIMIT_BUCKETS SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, UF_MAX_LISTENERS);
	__type(key, __u32);
	__type(value, struct uf_share);
} LIMIT_SHARES SEC(".maps");

/*
 * The least that a bucket may hold. What takes tokens in advance keeps everyone else waiting until
 * they are made up for, so that is bounded: by a full bucket, or by what one datagram may take.
 */
static __always_inline __s64 uf_bucket_floor(const struct uf_limit *limit)
{
	const __u64 owed = limit->bucket_pkts > UF_MAX_PIECES ? limit->bucket_pkts : UF_MAX_PIECES;

	return -(__s64)owed;
}

/*
 * Whether a packet is to be refused, as far as that can be told without the lock: what is over the
 * limit must not keep other CPUs from what is within it. The time is read first: uf_fill writes it
 * last, so what is read is never less than what there is.
 */
static __always_inline bool uf_is_used_up(const volatile struct uf_bucket *bucket,
					  const struct uf_limit *limit, __s64 lacking, bool forced,
					  __u64 now_ns)
{
	__u64 elapsed_ns = now_ns - bucket->filled_ns;
	__s64 pkts = bucket->pkts;

	/* Another CPU, whose clock was read later, has been faster. */
	if ((__s64)elapsed_ns < 0)
		elapsed_ns = 0;
	if (elapsed_ns >= limit->fill_ns)
		return false;
	pkts += elapsed_ns * limit->pkts_per_second / UF_SECOND_NS;
	if (pkts - lacking < uf_bucket_floor(limit))
		return true;
	return !forced && pkts < lacking && pkts < (__s64)limit->bucket_pkts;
}

/*
 * Puts in what has accrued. Of time, only what whole tokens stand for is used up, rounded up: never
 * more than the limit.
 */
static __always_inline void uf_fill(struct uf_bucket *bucket, const struct uf_limit *limit,
				    __u64 now_ns)
{
	__u64 rate = limit->pkts_per_second;
	__u64 elapsed_ns = now_ns - bucket->filled_ns;
	__u64 full_ns = limit->fill_ns;
	__u64 accrued;

	/* An earlier version knew no bound, and a limit may have been made smaller. */
	if (bucket->pkts < uf_bucket_floor(limit))
		bucket->pkts = uf_bucket_floor(limit);
	/* Another CPU, whose clock was read later, has been faster. */
	if ((__s64)elapsed_ns <= 0)
		return;
	if (!bucket->filled_ns || elapsed_ns >= full_ns) {
		/* What was taken in advance is to be made up for first. */
		if (bucket->pkts < 0)
			full_ns += (__u64)-bucket->pkts * UF_SECOND_NS / rate;
		if (!bucket->filled_ns || elapsed_ns >= full_ns) {
			bucket->pkts = limit->bucket_pkts;
			bucket->filled_ns = now_ns;
			return;
		}
	}
	accrued = elapsed_ns * rate / UF_SECOND_NS;
	bucket->pkts += accrued;
	bucket->filled_ns += (accrued * UF_SECOND_NS + rate - 1) / rate;
	if (bucket->pkts > (__s64)limit->bucket_pkts)
		bucket->pkts = limit->bucket_pkts;
}

/*
 * Takes a packet's tokens; false if there are not so many. A super-packet of more segments than the
 * bucket holds passes when it is full, and "forced" as long as the bucket may owe more: both are
 * made up for by those that come after. Not static, so that the verifier looks at it once.
 */
__noinline int uf_take_tokens(__u32 slot, __u32 packets, int forced)
{
	const struct uf_limit *limit = bpf_map_lookup_elem(&LIMITS, &slot);
	struct uf_bucket *bucket = bpf_map_lookup_elem(&LIMIT_BUCKETS, &slot);
	struct uf_share *share = bpf_map_lookup_elem(&LIMIT_SHARES, &slot);
	__s64 drawn = 0;
	__u64 now_ns;
	__s64 lacking;
	bool enough;

	if (!limit || !bucket || !share)
		return false;
	if (share->generation != limit->generation) {
		share->generation = limit->generation;
		share->pkts = 0;
	}
	lacking = packets - share->pkts;
	if (lacking <= 0) {
		share->pkts = -lacking;
		return true;
	}
	now_ns = bpf_ktime_get_ns();
	if (uf_is_used_up(bucket, limit, lacking, forced, now_ns))
		return false;
	bpf_spin_lock(&bucket->lock);
	uf_fill(bucket, limit, now_ns);
	enough = bucket->pkts - lacking >= uf_bucket_floor(limit) &&
		 (forced || bucket->pkts >= lacking || bucket->pkts >= (__s64)limit->bucket_pkts);
	if (enough) {
		bucket->pkts -= lacking;
		if (bucket->pkts > 0) {
			drawn = limit->batch_pkts;
			if (drawn > bucket->pkts)
				drawn = bucket->pkts;
			bucket->pkts -= drawn;
		}
	}
	bpf_spin_unlock(&bucket->lock);
	if (enough)
		share->pkts = drawn;
	return enough;
}

#endif /* UDP_FANOUT_LIMIT_H */
