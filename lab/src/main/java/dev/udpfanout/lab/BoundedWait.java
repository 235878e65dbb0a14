package dev.udpfanout.lab;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread, another process or the kernel brings about, never longer than it is told to. */
public final class BoundedWait {
    private static final long POLL_NS = 1_000_000;

    private BoundedWait() {}

    /**
     * Waits until a condition holds.
     *
     * @param condition looked at about every millisecond
     * @param limit the longest wait
     * @return whether it held in time
     */
    public static boolean until(BooleanSupplier condition, Duration limit) {
        long deadlineNs = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs >= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(POLL_NS);
        }
        return true;
    }
}
