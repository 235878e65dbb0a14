package dev.udpfanout.loader.daemon;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** Wakes the control loop. However many changes there are, the loop wakes once for all of them. */
final class Wake {
    private static final Object CHANGED = new Object();

    private final BlockingQueue<Object> pending = new ArrayBlockingQueue<>(1);
    private volatile boolean stopped;

    /** Something may have changed. */
    void changed() {
        pending.offer(CHANGED);
    }

    /** It is time to stop. */
    void stop() {
        stopped = true;
        pending.offer(CHANGED);
    }

    /**
     * Waits for a change, but no longer than the time given.
     *
     * @return false if it is time to stop
     */
    boolean await(Duration timeout) {
        try {
            if (!stopped) {
                pending.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return !stopped;
    }
}
