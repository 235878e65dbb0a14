/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* CLOCK_MONOTONIC, as of the last tick: for what lasts seconds. */
#ifndef UDP_FANOUT_CLOCK_H
#define UDP_FANOUT_CLOCK_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "settings.h"

/*
 * Up to a tick less than bpf_ktime_get_ns, which reads the clock itself. Where the kernel has no
 * such helper (before Linux 5.11), it is that one: the settings are constant to the verifier, and
 * it does not look at what cannot be reached.
 */
static __always_inline __u64 uf_coarse_now_ns(void)
{
	return uf_settings.has_coarse_clock ? bpf_ktime_get_coarse_ns() : bpf_ktime_get_ns();
}

#endif /* UDP_FANOUT_CLOCK_H */
