package dev.udpfanout.loader.datapath.kernel.program;

import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.map.ArrayMap;
import java.time.Duration;

/**
 * The map LEASE: how long the program may go on with leased listeners without hearing of a daemon (lease.h). It stands
 * for all of them together.
 */
public final class Lease {
    /**
     * Longer than an upgrade of the daemon takes, or a restart of the node's container runtime; the daemon renews it
     * every five seconds.
     */
    public static final Duration TERM = Duration.ofMinutes(10);

    private static final int ONLY = 0;

    private final ArrayMap<Long> until;

    public Lease(KernelProgram program) {
        this.until = program.map(SharedMaps.LEASE);
    }

    /** Begins the term anew. */
    public void renew() {
        until.put(ONLY, System.nanoTime() + TERM.toNanos());
    }
}
