/* The headers of libbpf, and what Linux has learnt since Debian 12's headers were made. */
#include <bpf/libbpf.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>

/* include/uapi/linux/bpf.h of Linux 6.6: enum bpf_attach_type, enum bpf_link_type, BPF_F_BEFORE. */
enum uf_linux_6_6 {
	UF_BPF_TCX_INGRESS = 46,
	UF_BPF_TCX_EGRESS = 47,
	UF_BPF_F_BEFORE = 8,
	UF_BPF_LINK_TYPE_TCX = 11,
};

/* Kernels since 6.6 answer BPF_OBJ_GET_INFO_BY_FD of a TCX link with this behind type, id, prog_id. */
struct uf_tcx_link_info {
	__u32 type;
	__u32 id;
	__u32 prog_id;
	__u32 padding;
	__u32 ifindex;
	__u32 attach_type;
};
