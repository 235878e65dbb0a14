package dev.udpfanout.loader.kubernetes.watch;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Wakes a thread. However often it is raised, the thread wakes once for all of them. */
public final class Signal {
    private final Semaphore raised = new Semaphore(0);

    /** Wakes the thread that waits, or else the next one that does, at once. */
    public void raise() {
        raised.release();
    }

    /** Waits until it is raised, or the time is over. */
    public void await(Duration timeout) {
        try {
            if (raised.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                raised.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
