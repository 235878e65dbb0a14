package dev.udpfanout.bindings.abi.counter;

import dev.udpfanout.bindings.generated.abi.Abi;
import java.util.Locale;

/** Why a datagram of a listener was not forwarded: {@code enum uf_drop_reason}, where each is explained. */
public enum DropReason {
    NO_ENDPOINTS(Abi.UF_DROP_NO_ENDPOINTS()),
    TTL_EXPIRED(Abi.UF_DROP_TTL_EXPIRED()),
    FRAGMENT(Abi.UF_DROP_FRAGMENT()),
    TOO_BIG(Abi.UF_DROP_TOO_BIG()),
    FIB_BLACKHOLE(Abi.UF_DROP_FIB_BLACKHOLE()),
    FIB_UNREACHABLE(Abi.UF_DROP_FIB_UNREACHABLE()),
    FIB_PROHIBIT(Abi.UF_DROP_FIB_PROHIBIT()),
    FIB_NOT_FORWARDED(Abi.UF_DROP_FIB_NOT_FORWARDED()),
    FIB_FORWARDING_DISABLED(Abi.UF_DROP_FIB_FORWARDING_DISABLED()),
    FIB_UNSUPPORTED_ENCAP(Abi.UF_DROP_FIB_UNSUPPORTED_ENCAP()),
    FIB_OTHER(Abi.UF_DROP_FIB_OTHER()),
    REWRITE_FAILED(Abi.UF_DROP_REWRITE_FAILED()),
    REDIRECT_FAILED(Abi.UF_DROP_REDIRECT_FAILED()),
    FAMILY_MISMATCH(Abi.UF_DROP_FAMILY_MISMATCH()),
    NO_CHECKSUM(Abi.UF_DROP_NO_CHECKSUM()),
    BAD_SOURCE(Abi.UF_DROP_BAD_SOURCE()),
    LOOP(Abi.UF_DROP_LOOP()),
    NOT_ALLOWED(Abi.UF_DROP_NOT_ALLOWED()),
    RATE_LIMITED(Abi.UF_DROP_RATE_LIMITED()),
    COPY_FAILED(Abi.UF_DROP_COPY_FAILED());

    private final int code;

    DropReason(int code) {
        this.code = code;
    }

    /** The number in {@code enum uf_drop_reason}: the index into {@code uf_drops.pkts}. */
    public int code() {
        return code;
    }

    /** As a metric's label has it, for example {@code "no_endpoints"}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
