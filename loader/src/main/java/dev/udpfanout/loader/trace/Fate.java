package dev.udpfanout.loader.trace;

import dev.udpfanout.bindings.abi.counter.DropReason;
import java.util.Optional;

/**
 * How a datagram ended.
 *
 * @param outcome whether it arrived
 * @param where at which interface or program, in a few words
 * @param cause one sentence
 * @param remedy what mends it, or shows more; empty if there is nothing to mend
 * @param ours the reason, if our program has dropped it
 */
public record Fate(Outcome outcome, String where, String cause, String remedy, Optional<DropReason> ours) {
    private static final String COUNTERS = "nstat -az 'Ip*Reasm*'";

    /** Whether it arrived, as far as this node's kernel knows. */
    public enum Outcome {
        /** A receiver has it, or it has left the node towards one. */
        DELIVERED,
        /** It was dropped. */
        LOST,
        /** It is still in the kernel, or out of sight. */
        UNKNOWN
    }

    static Fate delivered(String where, String cause) {
        return new Fate(Outcome.DELIVERED, where, cause, "", Optional.empty());
    }

    static Fate lost(String where, String cause, String remedy) {
        return new Fate(Outcome.LOST, where, cause, remedy, Optional.empty());
    }

    /** Of one that our program has dropped. */
    static Fate dropped(String where, String cause, String remedy, Optional<DropReason> reason) {
        return new Fate(Outcome.LOST, where, cause, remedy, reason);
    }

    static Fate unknown(String where, String cause, String remedy) {
        return new Fate(Outcome.UNKNOWN, where, cause, remedy, Optional.empty());
    }

    /**
     * Of one that the kernel collects, for connection tracking or a socket; what it puts together is another packet.
     */
    static Fate ofFragment(String where) {
        return Fate.unknown(
                where,
                "It is the first of several fragments. The kernel puts them together, and what comes out is not"
                        + " followed.",
                "Follow datagrams that fit one frame. " + COUNTERS
                        + " counts those that are put together here, and those that are not.");
    }

    /** Of one that is in a pod. */
    static Fate ofFragmentInPod(String where) {
        return Fate.delivered(
                where,
                "The first of its fragments is in the pod. " + COUNTERS
                        + " in the pod's network namespace counts what is put together there.");
    }
}
