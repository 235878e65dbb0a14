package dev.udpfanout.loader.daemon;

import dev.udpfanout.bindings.lock.NamespaceLock;
import java.util.Optional;

/** The lock of the node: one daemon runs in a network namespace. */
public final class NodeLock {
    private static final String NAME = "udp-fanout";

    private NodeLock() {}

    /**
     * The process of the daemon that runs in the calling thread's network namespace, 0 if it cannot be told from here;
     * empty if none runs.
     */
    public static Optional<Integer> holder() {
        return NamespaceLock.holder(NAME);
    }

    /**
     * Takes it for the calling thread's network namespace.
     *
     * @throws IllegalStateException with the process that holds it
     */
    public static NamespaceLock acquire() {
        try {
            return NamespaceLock.acquire(NAME);
        } catch (NamespaceLock.HeldException e) {
            throw new IllegalStateException(
                    "another udp-fanout runs on this node: process " + e.holderPid()
                            + (e.holderPid() == 0 ? " (in a container that is not visible from here)" : ""),
                    e);
        }
    }
}
