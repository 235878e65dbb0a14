/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Interfaces on which the same listeners wait. Java's layout is generated from it, as from
 * udp_fanout.h.
 */
#ifndef UDP_FANOUT_INTERFACE_GROUPS_H
#define UDP_FANOUT_INTERFACE_GROUPS_H

#include <linux/types.h>

/*
 * In the ifindex of a key of LISTENERS and LISTENER_SETS: the rest is no interface, but a group of
 * them. No interface has so large an index.
 */
#define UF_INTERFACE_GROUP 0x80000000u
#define UF_MAX_GROUPED_INTERFACES 4096

/* The group that an interface is in. */
struct uf_grouped_interface {
	__u32 group; /* with UF_INTERFACE_GROUP */
	__u32 bridge; /* the interface is a port of this bridge, by its ifindex; 0: of none */
};

#endif /* UDP_FANOUT_INTERFACE_GROUPS_H */
