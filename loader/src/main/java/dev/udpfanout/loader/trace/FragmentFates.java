package dev.udpfanout.loader.trace;

/** What is known of a datagram that comes in fragments, of which the first is followed. Pure. */
final class FragmentFates {
    private static final String COUNTERS = "nstat -az 'Ip*Reasm*'";

    private FragmentFates() {}

    /**
     * Of one that the kernel collects, for connection tracking or a socket; what it puts together is another packet.
     */
    static Fate putTogether(String where) {
        return Fate.unknown(
                where,
                "It is the first of several fragments. The kernel puts them together, and what comes out is not"
                        + " followed.",
                "Follow datagrams that fit one frame. " + COUNTERS
                        + " counts those that are put together here, and those that are not.");
    }

    /** Of one that is in a pod. */
    static Fate inPod(String where) {
        return Fate.delivered(
                where,
                "The first of its fragments is in the pod. " + COUNTERS
                        + " in the pod's network namespace counts what is put together there.");
    }
}
