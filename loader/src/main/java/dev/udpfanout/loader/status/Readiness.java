package dev.udpfanout.loader.status;

/**
 * Whether the daemon does its work: its datapath is attached and has an endpoint that can be used.
 *
 * @param ready whether it does
 * @param reason if not, why, in words for the operator; empty if it does
 */
public record Readiness(boolean ready, String reason) {
    public static final Readiness READY = new Readiness(true, "");

    /** It is on its way out, which is what it was told. */
    public static final Readiness STOPPING = new Readiness(false, "stopping");

    /** Not ready. */
    public static Readiness notReady(String reason) {
        return new Readiness(false, reason);
    }
}
