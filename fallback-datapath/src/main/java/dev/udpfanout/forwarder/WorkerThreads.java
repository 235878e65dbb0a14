package dev.udpfanout.forwarder;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Makes the workers' threads and waits for their end: Netty calls a loop ended a moment before its thread has. */
final class WorkerThreads extends DefaultThreadFactory {
    private static final String NAME = "udp-fanout-worker";

    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

    WorkerThreads() {
        super(NAME, true);
    }

    @Override
    protected Thread newThread(Runnable loop, String name) {
        Thread thread = super.newThread(loop, name);
        threads.add(thread);
        return thread;
    }

    /** False if a thread was still running when the time was up or the caller was interrupted. */
    boolean join(Duration timeout) {
        boolean ended = true;
        for (Thread thread : threads) {
            try {
                // A thread that was made but never started has nothing to end.
                ended &= thread.getState() == Thread.State.NEW || thread.join(timeout);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return ended;
    }
}
