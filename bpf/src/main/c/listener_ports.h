/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which UDP ports have a listener. Java's layout is generated from it, as from udp_fanout.h. */
#ifndef UDP_FANOUT_LISTENER_PORTS_H
#define UDP_FANOUT_LISTENER_PORTS_H

#include <linux/types.h>

/*
 * The one element of LISTENER_PORTS. The bit of a port, as the 16-bit number that its two bytes in
 * network byte order are to the host, is number port % 64 of bits[port / 64].
 */
struct uf_listener_ports {
	__u64 generation; /* another one with each change of listeners; 0: nothing is here */
	__u64 bits[65536 / 64];
};

#endif /* UDP_FANOUT_LISTENER_PORTS_H */
