/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the daemon tells the program. Java's layout is generated from it, as from udp_fanout.h. */
#ifndef UDP_FANOUT_PROGRAM_SETTINGS_H
#define UDP_FANOUT_PROGRAM_SETTINGS_H

#include <linux/types.h>

#define UF_INDEX_SECRETS 6

/* Before the program is loaded: section .rodata.settings. */
struct uf_settings {
	__u32 cpus; /* CPUs online, at least 1: the round robin of each starts at its own share */
	__u32 has_coarse_clock; /* 1: bpf_ktime_get_coarse_ns can be called */
	__u64 flow_idle_ns; /* after how long without a datagram a flow is no more */
	__u32 has_interface_groups; /* 1: INTERFACE_GROUPS is asked */
	__u32 reserved; /* 0 */
	__u64 index_secret[UF_INDEX_SECRETS]; /* random: uf_secret_index */
};

#endif /* UDP_FANOUT_PROGRAM_SETTINGS_H */
