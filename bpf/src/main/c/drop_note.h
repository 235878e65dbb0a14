/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the program writes on a packet before the kernel frees it, for whoever watches the
 * tracepoint skb:kfree_skb ("udp-fanout drops", "udp-fanout trace"). If nobody does, a drop costs
 * these stores, and a datagram that is forwarded nothing at all. No map holds it, so there is
 * nothing to clean up after a watcher, and any number of them may watch.
 *
 * It stands in __sk_buff.cb, which belongs to whoever handles the packet (include/linux/skbuff.h),
 * and nobody does between TC_ACT_SHOT and the kernel's kfree_skb.
 */
#ifndef UDP_FANOUT_DROP_NOTE_H
#define UDP_FANOUT_DROP_NOTE_H

#include <linux/types.h>

#define UF_DROP_NOTE_MAGIC 0x64726f70u
/* Other numbers, so that nobody takes such a packet for a drop when it is freed later. */
#define UF_PASSED_NOTE_MAGIC 0x64727073u
#define UF_COPY_NOTE_MAGIC 0x64726370u

/*
 * What stands in skb->priority if the TTL is over: the stack answers such a packet, and frees it.
 * The magic number with the listener's slot; believed only where the TTL says the same.
 */
#define UF_EXPIRED_NOTE 0x7f640000u
#define UF_EXPIRED_SLOT 0xffffu

/* No longer than the five words of __sk_buff.cb. */
struct uf_drop_note {
	__u32 magic; /* UF_DROP_NOTE_MAGIC */
	__u32 reason; /* enum uf_drop_reason */
	__u32 slot; /* the listener's */
	__u32 counter; /* of struct uf_endpoint: the endpoint that was chosen; 0: none, or not
			  counted */
	__u32 packets; /* more than 1 of a GSO super-packet */
};

/*
 * On a packet that is dropped and goes on nevertheless: as the ICMP answer to its sender, or to the
 * stack, which answers it. Read where it goes on: at net:net_dev_queue, and at net:netif_rx if it
 * comes in again. It stays on the packet for a while, so it is believed at one interface alone.
 */
struct uf_passed_note {
	__u32 magic; /* UF_PASSED_NOTE_MAGIC */
	__u16 reason; /* enum uf_drop_reason */
	__u16 packets;
	__u32 slot;
	__u32 counter;
	__u32 ifindex; /* where it goes on */
};

/*
 * On a datagram while copies of it are made, and so on each copy: the kernel frees one for which
 * its queue has no room. The program takes it off the others when they have come round. The last
 * two words are the mark's signature (udp_fanout/mark.h).
 */
struct uf_copy_note {
	__u32 magic; /* UF_COPY_NOTE_MAGIC */
	__u16 slot;
	__u16 packets;
	__u32 counter;
};

#endif /* UDP_FANOUT_DROP_NOTE_H */
