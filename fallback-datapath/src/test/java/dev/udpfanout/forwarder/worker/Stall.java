package dev.udpfanout.forwarder.worker;

import dev.udpfanout.forwarder.Await;
import java.util.concurrent.CountDownLatch;

/** Holds a worker's thread, so that datagrams gather in its socket. */
public final class Stall {
    private Stall() {}

    /** Runs the action while the worker stands still. */
    public static void during(Worker<?> worker, Runnable action) {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        worker.loop().execute(() -> {
            begun.countDown();
            Await.until("the end of the stall", () -> end.getCount() == 0);
        });
        Await.until("a stalled worker", () -> begun.getCount() == 0);
        try {
            action.run();
        } finally {
            end.countDown();
        }
    }
}
