package dev.udpfanout.loader.status;

import dev.udpfanout.loader.supervision.ThreadsStatus;
import java.time.Duration;

/**
 * What others may see of the daemon. All methods may be called by any thread at any time, and none waits for the
 * control loop.
 */
public interface DaemonView {
    /** How long ago the control loop last turned: large if it hangs. */
    Duration sinceLastTurn();

    /** The threads that the daemon cannot do without. */
    ThreadsStatus threads();

    /** Whether this node may be sent datagrams. */
    Readiness readiness();

    /** Everything; reads the kernel's counters anew. */
    StatusSnapshot snapshot();
}
