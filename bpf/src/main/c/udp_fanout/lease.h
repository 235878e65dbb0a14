/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * LEASE: until when the program may stand in for somebody who would serve without it.
 *
 * Programs are pinned, so a daemon that has died changes nothing. But what was taken away from it
 * while it was dead must not be intercepted for ever. So the daemon renews a time in the kernel,
 * and once that has passed, leased listeners are as if they were not there: kube-proxy serves.
 *
 * The time is CLOCK_MONOTONIC: nobody can set it, and it stands still while the machine is
 * suspended, as the daemon does. With CLOCK_BOOTTIME each lease would have run out at the wake-up.
 *
 * LISTENERS is asked once a tick for an address and port (known_listener.h), and so is this.
 */
#ifndef UDP_FANOUT_LEASE_H
#define UDP_FANOUT_LEASE_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "clock.h"
#include "udp_fanout.h"

/* Element 0: CLOCK_MONOTONIC in nanoseconds. The daemon writes, the program reads. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} LEASE SEC(".maps");

/* Whether the lease has run out. Not static, so that the verifier looks at it once. */
__noinline int uf_is_lease_over(void)
{
	const __u64 *until_ns;
	__u32 only = 0;

	until_ns = bpf_map_lookup_elem(&LEASE, &only);
	return !until_ns || uf_coarse_now_ns() > *until_ns;
}

#endif /* UDP_FANOUT_LEASE_H */
