// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The probes of "udp-fanout trace": where in this kernel a datagram is, and where it dies. They
 * change nothing, except uf_trace_inject, which sends the test datagrams. Their links are held by
 * descriptors alone, so all of them go with the process.
 *
 * All are raw tracepoints: they need no tracefs and no kprobes, and have been there since 4.17.
 */
#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "trace/event.h"
#include "trace/follow.h"
#include "trace/kernel.h"
#include "trace/note.h"
#include "trace/packet.h"

/* Reading the kernel's memory is for GPL-compatible programs. */
char LICENSE[] SEC("license") = "Dual BSD/GPL";

/*
 * Run by BPF_PROG_TEST_RUN on a test datagram: a clone of it comes in by the interface, as if its
 * driver had received it. The original is freed with the test run. So no helper interface is
 * needed, which a crash would leave behind. net/core/filter.c: bpf_clone_redirect.
 */
SEC("tc")
int uf_trace_inject(struct __sk_buff *skb)
{
	return bpf_clone_redirect(skb, SETTINGS.ifindex, BPF_F_INGRESS);
}

/* net/core/dev.c: __netif_receive_skb_core; the network header is not set yet. */
SEC("raw_tp/netif_receive_skb")
int uf_trace_receive(struct bpf_raw_tracepoint_args *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx->args[0];
	struct uf_trace_event event = {};

	return uf_see(skb, BPF_CORE_READ(skb, data), NULL, &event, UF_TRACE_RECEIVED);
}

/* net/core/dev.c: xmit_one; behind the queueing discipline, before the driver. */
SEC("raw_tp/net_dev_start_xmit")
int uf_trace_send(struct bpf_raw_tracepoint_args *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx->args[0];
	struct uf_trace_event event = {};

	return uf_see(skb, uf_l3(skb), (struct net_device *)ctx->args[1], &event, UF_TRACE_SENT);
}

/* net/core/sock.c: sock_def_readable, since 6.3. Older kernels do without it: see uf_trace_consume.
 */
SEC("raw_tp/sk_data_ready")
int uf_trace_queue(struct bpf_raw_tracepoint_args *ctx)
{
	struct sock *sk = (struct sock *)ctx->args[0];
	struct uf_trace_event event = {};

	return BPF_CORE_READ(sk, sk_protocol) == IPPROTO_UDP ? uf_see_queued(sk, &event) : 0;
}

/* net/core/skbuff.c; the third argument since 5.17. */
SEC("raw_tp/kfree_skb")
int uf_trace_free(struct bpf_raw_tracepoint_args *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx->args[0];
	struct uf_trace_event event = { .location = ctx->args[1] };
	struct uf_drop_note note;

	if (uf_read_note(skb, &note)) {
		event.number = note.slot;
		event.result = note.reason;
		return uf_end(skb, &event, UF_TRACE_OUR_DROP);
	}
	/* A constant when the program is loaded, so that the verifier leaves the other way out. */
	if (bpf_core_type_exists(enum skb_drop_reason))
		event.result = (__s32)ctx->args[2];
	return uf_end(skb, &event, UF_TRACE_FREED);
}

/* net/core/skbuff.c */
SEC("raw_tp/consume_skb")
int uf_trace_consume(struct bpf_raw_tracepoint_args *ctx)
{
	struct uf_trace_event event = {};

	return uf_end((struct sk_buff *)ctx->args[0], &event, UF_TRACE_CONSUMED);
}
