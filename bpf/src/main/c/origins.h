/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What leads from an endpoint back to where its datagrams had been sent to. Java's layouts are
 * generated from it, as from udp_fanout.h, which says how addresses and ports are written.
 */
#ifndef UDP_FANOUT_ORIGINS_H
#define UDP_FANOUT_ORIGINS_H

#include <linux/types.h>

/*
 * Of all endpoints together, and as many again, since new ones are in the map before old ones go.
 */
#define UF_MAX_ORIGINS 65536
/* Of an endpoint: what more addresses or listeners lead to it, nobody is told. */
#define UF_MAX_ORIGINS_OF_ENDPOINT 4
/* Added to the family of a key for each origin of the endpoint that comes before. */
#define UF_FURTHER_ORIGIN 0x100
/* Endpoints that are noted as having no socket, between two looks of the daemon's. */
#define UF_MAX_UNREACHABLE 1024

/* An endpoint, whichever listener has it. */
struct uf_origin_key {
	__be16 port;
	__u16 family; /* 4 or 6; in ORIGINS with n times UF_FURTHER_ORIGIN */
	__u8 address[16];
};

/* Where the datagrams of an endpoint had been sent to, as the program has seen them. */
struct uf_origin {
	__u32 slot; /* of the listener */
	__be16 port; /* 0: nobody is told, and the other members say nothing */
	__u8 hardware_address[6]; /* of ifindex, if there is one */
	__u32 ifindex; /* where the stack is to receive errors about them; 0: by the next hop */
	__u8 address[16];
};

#endif /* UDP_FANOUT_ORIGINS_H */
