/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Those fields of the kernel's own structures that the probes read. libbpf puts the running
 * kernel's offsets in (CO-RE: Documentation/bpf/libbpf, from /sys/kernel/btf/vmlinux). Sources:
 * include/linux/skbuff.h, netdevice.h, ns_common.h,
 * include/net/net_namespace.h, sch_generic.h, sock.h.
 */
#ifndef UDP_FANOUT_TRACE_KERNEL_H
#define UDP_FANOUT_TRACE_KERNEL_H

#include <linux/types.h>

#define UF_KERNEL __attribute__((preserve_access_index))

struct ns_common {
	unsigned int inum;
} UF_KERNEL;

struct net {
	struct ns_common ns;
} UF_KERNEL;

typedef struct uf_possible_net {
	struct net *net;
} UF_KERNEL possible_net_t;

struct net_device {
	char name[16];
	int ifindex;
	possible_net_t nd_net;
} UF_KERNEL;

struct sk_buff {
	struct net_device *dev;
	unsigned char *head;
	unsigned char *data;
	unsigned int len;
	int skb_iif; /* by which interface it came in; 0 if this host has made it */
	__u32 priority;
	__u16 network_header; /* from head on */
	char cb[48];
} UF_KERNEL;

struct sk_buff_head {
	struct sk_buff *prev; /* the newest; the queue itself if it is empty */
} UF_KERNEL;

struct sock_common {
	possible_net_t skc_net;
} UF_KERNEL;

struct sock {
	struct sock_common __sk_common;
	struct sk_buff_head sk_receive_queue;
	__u16 sk_protocol;
} UF_KERNEL;

/* What a TC program calls skb->cb is the array "data". */
struct qdisc_skb_cb {
	unsigned char data[20];
} UF_KERNEL;

/* Linux 5.17; before it, kfree_skb has no reason to tell. */
enum skb_drop_reason { SKB_DROP_REASON_NOT_SPECIFIED = 2 };

#endif /* UDP_FANOUT_TRACE_KERNEL_H */
