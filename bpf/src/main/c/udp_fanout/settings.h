/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef UDP_FANOUT_SETTINGS_H
#define UDP_FANOUT_SETTINGS_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "udp_fanout.h"

/* A section of its own: its map then holds this structure and nothing else. */
const volatile struct uf_settings uf_settings SEC(".rodata.settings") = {
	.cpus = 1,
	.flow_idle_ns = 120000000000ull,
};

#endif /* UDP_FANOUT_SETTINGS_H */
