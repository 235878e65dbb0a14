/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What leads from an endpoint back to where its datagrams had been sent to. Java's layouts are
 * generated from it, as from udp_fanout.h, which says how addresses and ports are written.
 */
#ifndef UDP_FANOUT_ORIGINS_H
#define UDP_FANOUT_ORIGINS_H

#include <linux/types.h>

/*
 * Endpoints, and as many again, since new ones are in the map before old ones go.
 */
#define UF_MAX_ORIGINS 32768
/* Endpoints that are noted as having no socket, between two looks of the daemon's. */
#define UF_MAX_UNREACHABLE 1024

/* An endpoint, whichever listener has it. */
struct uf_origin_key {
	__be16 port;
	__u16 family; /* 4 or 6 */
	__u8 address[16];
};

/* Where the datagrams of an endpoint had been sent to, as the program has seen them. */
struct uf_origin {
	__u32 slot; /* of the listener */
	__be16 port; /* 0: there is not one answer, and the other members say nothing */
	__u8 hardware_address[6]; /* of ifindex, if there is one */
	__u32 ifindex; /* where the stack is to receive errors about them; 0: by the next hop */
	__u8 address[16];
};

#endif /* UDP_FANOUT_ORIGINS_H */
