/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Why a datagram of a listener was not forwarded: the one list of drop reasons.
 *
 * "Handed to the stack" means that the packet goes on unedited through the kernel, which answers
 * with ICMP where that is due; otherwise it is freed. What is too big and may be cut is no drop:
 * the stack sends it to the endpoint in pieces (struct uf_path_mtu counts that). FIB reasons are
 * the answers of bpf_fib_lookup, BPF_FIB_LKUP_RET_* in linux/bpf.h. Bad sources are those of RFC
 * 1812 section 5.3.7; RFC 8200 section 8.1 demands a checksum.
 *
 * To add one: a line here with the next number, then bindings/generate, which makes Java's enum
 * DropReason of the list. A number is an element of DROPS and of REPLIES, so it keeps its meaning
 * for ever.
 */
#ifndef UDP_FANOUT_DROP_REASON_H
#define UDP_FANOUT_DROP_REASON_H

/* X(name, number, what it means) for each */
#define UF_DROP_REASON_LIST(X)                                                                     \
	X(NO_ENDPOINTS, 0, "the listener has no endpoint in its table")                            \
	X(TTL_EXPIRED, 1, "TTL or hop limit 0 or 1 on arrival: handed to the stack")               \
	X(FRAGMENT, 2, "a fragment too many, or one of a datagram whose endpoint has left")        \
	X(TOO_BIG, 3, "larger than the way's MTU, and not to be cut: its sender is told by ICMP")  \
	X(FIB_BLACKHOLE, 4, "the route to the endpoint is a blackhole")                            \
	X(FIB_UNREACHABLE, 5, "the route to the endpoint says unreachable")                        \
	X(FIB_PROHIBIT, 6, "the route to the endpoint says prohibit")                              \
	X(FIB_NOT_FORWARDED, 7, "the route to the endpoint is local, broadcast or missing")        \
	X(FIB_FORWARDING_DISABLED, 8, "the forwarding sysctl of the input interface is 0")         \
	X(FIB_UNSUPPORTED_ENCAP, 9, "the route to the endpoint is a light-weight tunnel")          \
	X(FIB_OTHER, 10, "the answer about the route is an error, or unknown to the program")      \
	X(REWRITE_FAILED, 11, "the kernel could not make the headers writable")                    \
	X(REDIRECT_FAILED, 12, "the kernel refused to redirect the packet")                        \
	X(FAMILY_MISMATCH, 13, "the endpoint is of the other address family")                      \
	X(NO_CHECKSUM, 14, "UDP over IPv6 without a checksum")                                     \
	X(BAD_SOURCE, 15, "the source cannot be, or not by the interface that it came by")         \
	X(LOOP, 16, "it would go where it came to, or has come back after it was copied")          \
	X(NOT_ALLOWED, 17, "the source is in none of the listener's prefixes")                     \
	X(RATE_LIMITED, 18, "more than the listener's rate limit")                                 \
	X(COPY_FAILED, 19, "no memory, or a full queue: one receiver's copy, not the others'")     \
	X(HAIRPIN, 20, "the sender is the listener's only endpoint: it drops what it sent itself")

#define UF_DROP_REASON_ENUMERATOR(name, number, meaning) UF_DROP_##name = (number),
enum uf_drop_reason { UF_DROP_REASON_LIST(UF_DROP_REASON_ENUMERATOR) };
#undef UF_DROP_REASON_ENUMERATOR

/*
 * Elements of a table by reason; more than there are reasons, so that a further one needs no other
 * layout.
 */
#define UF_DROP_REASONS 24

#define UF_DROP_REASON_FITS(name, number, meaning)                                                 \
	_Static_assert(UF_DROP_##name < UF_DROP_REASONS,                                           \
		       "raise UF_DROP_REASONS, and with it UF_LAYOUT_VERSION");
UF_DROP_REASON_LIST(UF_DROP_REASON_FITS)
#undef UF_DROP_REASON_FITS

#endif /* UDP_FANOUT_DROP_REASON_H */
