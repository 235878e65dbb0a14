// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The same programs and maps as udp_fanout.bpf.c, which also ask connection tracking before they
 * open a flow of replies: for kernels that udp_fanout_conntrack_probe.bpf.c loads on. One of the
 * two objects is loaded, never both.
 */
#define UF_CONNTRACK

#include "udp_fanout.bpf.c"
