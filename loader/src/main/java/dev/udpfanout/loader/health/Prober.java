package dev.udpfanout.loader.health;

import java.time.Duration;
import java.util.Optional;

/**
 * One way to probe: sockets and what goes over them. All methods but {@link #wakeUp} are called by the monitor's
 * thread.
 */
interface Prober extends AutoCloseable {
    /** Told of each result, on the thread that called. */
    @FunctionalInterface
    interface Results {
        void onResult(Probe probe, ProbeOutcome outcome);
    }

    /**
     * Begins a probe. Does not wait, and does not throw for what the network or the endpoint may do.
     *
     * @return the result if it is known at once
     */
    Optional<ProbeOutcome> start(Probe probe);

    /** Half of the time-out is over without an answer: a datagram may have got lost, and is sent again. */
    void retry(Probe probe);

    /** The probe is over, with or without a result of this prober: frees what it holds. */
    void end(Probe probe);

    /** Waits for events, a {@link #wakeUp} or the time-out, whichever comes first, and reports results. */
    void await(Duration timeout, Results results);

    /** Makes the current or next {@link #await} return; any thread may. */
    void wakeUp();

    /** How many probes may be under way at once. */
    int maxInFlight();

    @Override
    void close();
}
