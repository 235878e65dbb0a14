package dev.udpfanout.loader.datapath.mode;

/**
 * How often the kernel may refuse in a row before its listeners go to user space: once before it has served at all,
 * several times afterwards, since one failure may be another agent's doing, and over a moment later.
 */
final class KernelPatience {
    private static final int FAILURES_TO_GIVE_UP = 3;

    private int failures;
    private boolean hasServed;

    /** All is right in the kernel. */
    void served() {
        failures = 0;
        hasServed = true;
    }

    /** It has taken a configuration. */
    void hasServed() {
        hasServed = true;
    }

    void failed() {
        failures++;
    }

    boolean isOver() {
        return !hasServed || failures >= FAILURES_TO_GIVE_UP;
    }

    void beginAnew() {
        failures = 0;
    }
}
