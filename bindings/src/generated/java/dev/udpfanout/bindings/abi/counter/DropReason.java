// Written by bindings/generate from bpf/src/main/c/drop_reason.h

package dev.udpfanout.bindings.abi.counter;

import java.util.Locale;

/** Why a datagram of a listener was not forwarded: {@code enum uf_drop_reason}. */
public enum DropReason {
    /** The listener has no endpoint in its table. */
    NO_ENDPOINTS(0, "the listener has no endpoint in its table"),
    /** TTL or hop limit 0 or 1 on arrival: handed to the stack. */
    TTL_EXPIRED(1, "TTL or hop limit 0 or 1 on arrival: handed to the stack"),
    /** A fragment too many, or one of a datagram whose endpoint has left. */
    FRAGMENT(2, "a fragment too many, or one of a datagram whose endpoint has left"),
    /** Larger than the way's MTU, and not to be cut: its sender is told by ICMP. */
    TOO_BIG(3, "larger than the way's MTU, and not to be cut: its sender is told by ICMP"),
    /** The route to the endpoint is a blackhole. */
    FIB_BLACKHOLE(4, "the route to the endpoint is a blackhole"),
    /** The route to the endpoint says unreachable. */
    FIB_UNREACHABLE(5, "the route to the endpoint says unreachable"),
    /** The route to the endpoint says prohibit. */
    FIB_PROHIBIT(6, "the route to the endpoint says prohibit"),
    /** The route to the endpoint is local, broadcast or missing. */
    FIB_NOT_FORWARDED(7, "the route to the endpoint is local, broadcast or missing"),
    /** The forwarding sysctl of the input interface is 0. */
    FIB_FORWARDING_DISABLED(8, "the forwarding sysctl of the input interface is 0"),
    /** The route to the endpoint is a light-weight tunnel. */
    FIB_UNSUPPORTED_ENCAP(9, "the route to the endpoint is a light-weight tunnel"),
    /** The answer about the route is an error, or unknown to the program. */
    FIB_OTHER(10, "the answer about the route is an error, or unknown to the program"),
    /** The kernel could not make the headers writable. */
    REWRITE_FAILED(11, "the kernel could not make the headers writable"),
    /** The kernel refused to redirect the packet. */
    REDIRECT_FAILED(12, "the kernel refused to redirect the packet"),
    /** The endpoint is of the other address family. */
    FAMILY_MISMATCH(13, "the endpoint is of the other address family"),
    /** UDP over IPv6 without a checksum. */
    NO_CHECKSUM(14, "UDP over IPv6 without a checksum"),
    /** The source cannot be, or not by the interface that it came by. */
    BAD_SOURCE(15, "the source cannot be, or not by the interface that it came by"),
    /** It would go where it came to, or has come back after it was copied. */
    LOOP(16, "it would go where it came to, or has come back after it was copied"),
    /** The source is in none of the listener's prefixes. */
    NOT_ALLOWED(17, "the source is in none of the listener's prefixes"),
    /** More than the listener's rate limit. */
    RATE_LIMITED(18, "more than the listener's rate limit"),
    /** No memory, or a full queue: one receiver's copy, not the others'. */
    COPY_FAILED(19, "no memory, or a full queue: one receiver's copy, not the others'"),
    /** The sender is the listener's only endpoint: it drops what it sent itself. */
    HAIRPIN(20, "the sender is the listener's only endpoint: it drops what it sent itself");

    private final int code;
    private final String meaning;

    DropReason(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    /** The number in {@code enum uf_drop_reason}: the index into {@code uf_drops.pkts}. */
    public int code() {
        return code;
    }

    /** What the reason means, in one line that begins in lower case and has no full stop. */
    public String meaning() {
        return meaning;
    }

    /** As a metric's label has it, for example {@code "no_endpoints"}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
