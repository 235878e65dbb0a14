package dev.udpfanout.loader.metrics;

import dev.udpfanout.loader.datapath.ListenerState;
import java.util.Locale;

/**
 * Why a listener is in its mode, in a few fixed words: a sentence as the value of a label would make a series of each
 * wording, and names that are in it. {@code /status} has the sentence.
 */
enum ModeReason {
    /** The configuration says so, or nothing speaks against the kernel. */
    CONFIGURED,
    /** Another listener of the same address is in user space. */
    SHARED_ADDRESS,
    /** The process lacks a capability. */
    MISSING_CAPABILITY,
    /** The kernel has no bpf(2), or something forbids it. */
    BPF_REFUSED,
    /** There is no libbpf. */
    NO_LIBBPF,
    /** The kernel has refused a program, a map or a hook. */
    KERNEL_REFUSED;

    /** The word for a sentence of {@link ListenerState#modeReason()}. */
    static ModeReason of(String sentence) {
        if (sentence.equals(ListenerState.CONFIGURED) || sentence.equals(ListenerState.AUTO)) {
            return CONFIGURED;
        }
        if (sentence.startsWith("shares ")) {
            return SHARED_ADDRESS;
        }
        if (sentence.startsWith("missing ") || sentence.endsWith("CAP_BPF is missing")) {
            return MISSING_CAPABILITY;
        }
        if (sentence.contains("bpf(2)")) {
            return BPF_REFUSED;
        }
        return sentence.startsWith("failed to load libbpf") ? NO_LIBBPF : KERNEL_REFUSED;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
