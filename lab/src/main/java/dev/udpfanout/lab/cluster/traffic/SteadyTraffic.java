package dev.udpfanout.lab.cluster.traffic;

import dev.udpfanout.lab.BoundedWait;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Sends a datagram of each of several flows in turn, at a steady rate, until it is stopped. */
public final class SteadyTraffic implements AutoCloseable {
    /** How long what has been sent may be under way. */
    private static final Duration SETTLED = Duration.ofSeconds(1);

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** Less than a timer is late on a busy machine is made up for, so that a high rate is kept. */
    private static final long MADE_UP_NANOS = 5_000_000;

    private final List<Flow> flows;
    private final long intervalNanos;
    private final Thread sending;
    private volatile boolean stopping;

    /**
     * Starts to send.
     *
     * @param flows closed with this
     * @param perSecond datagrams a second of each flow
     */
    public SteadyTraffic(List<Flow> flows, int perSecond) {
        this.flows = List.copyOf(flows);
        intervalNanos = NANOS_PER_SECOND / perSecond;
        sending = Thread.ofPlatform().daemon().name("steady-traffic").start(this::send);
    }

    private void send() {
        long dueNanos = System.nanoTime();
        while (!stopping) {
            flows.forEach(Flow::sendNext);
            // After a longer stall it goes on at its rate instead of making up for it.
            dueNanos = Math.max(dueNanos + intervalNanos, System.nanoTime() - Math.max(intervalNanos, MADE_UP_NANOS));
            while (!stopping && System.nanoTime() - dueNanos < 0) {
                LockSupport.parkNanos(dueNanos - System.nanoTime());
            }
        }
    }

    /** Waits until so many more of each flow have been sent. */
    public void awaitSent(int more) {
        int until = flows.getFirst().sent() + more;
        Duration limit = Duration.ofNanos(intervalNanos * more).plusSeconds(60);
        if (!BoundedWait.until(() -> flows.getLast().sent() >= until, limit)) {
            throw new IllegalStateException("not sent within " + limit + ": " + more + " datagrams of each flow");
        }
    }

    /** Stops, and waits until nothing has arrived for a second or all has. */
    public void stop() {
        stopping = true;
        try {
            sending.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        long before;
        do {
            before = received();
            long last = before;
            BoundedWait.until(() -> received() != last, SETTLED);
        } while (received() != before);
    }

    private long received() {
        return flows.stream().mapToLong(Flow::received).sum();
    }

    @Override
    public void close() {
        stop();
        flows.forEach(Flow::close);
    }
}
