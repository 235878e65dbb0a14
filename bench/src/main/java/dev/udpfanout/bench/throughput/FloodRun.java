package dev.udpfanout.bench.throughput;

import dev.udpfanout.bench.contestant.ContestantLab;
import dev.udpfanout.bench.contestant.Cpus;
import dev.udpfanout.bench.contestant.Programs;
import dev.udpfanout.lab.BoundedWait;
import java.time.Duration;
import java.util.Arrays;

/** Clients that send to a contestant as fast as they can, and what its pods are given meanwhile. */
public final class FloodRun implements AutoCloseable {
    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(5);

    private final ContestantLab lab;
    private final Programs programs;
    private final Sinks sinks;

    /** Opens the pods' sockets; they stay open until this is closed. */
    public FloodRun(ContestantLab lab, Programs programs) {
        this.lab = lab;
        this.programs = programs;
        this.sinks = Sinks.open(lab);
    }

    /**
     * What one flood has come to.
     *
     * @param sent datagrams that the kernel took from the sender
     * @param delivered datagrams that reached a pod's socket during the flood
     * @param late datagrams that reached one afterwards, since they were queued
     * @param duration of the flood
     * @param busyNs CPU time of the whole machine meanwhile, the sender's own included
     * @param leastShare, mostShare the endpoints with the fewest and the most datagrams
     */
    public record Outcome(
            long sent, long delivered, long late, Duration duration, long busyNs, long leastShare, long mostShare) {
        public double deliveredPerSecond() {
            return delivered * 1e9 / duration.toNanos();
        }

        public double busyNsPerDatagram() {
            return delivered == 0 ? Double.NaN : (double) busyNs / delivered;
        }

        public double lostShare() {
            return sent == 0 ? 0 : Math.max(0, 1 - (double) delivered / sent);
        }
    }

    /** Floods, then waits until what is still queued has been delivered: it must not count for the next one. */
    public Outcome flood(Traffic traffic, Duration duration) {
        sinks.delivered();
        long busyNs = BusyTime.nowNs();
        long startNs = System.nanoTime();
        long sent = Long.parseLong(lab.topology()
                .client()
                .exec(
                        "taskset",
                        "-c",
                        Integer.toString(Cpus.SENDER),
                        programs.flood().toString(),
                        lab.destination().getAddress().getHostAddress(),
                        Integer.toString(lab.destination().getPort()),
                        traffic.sizes(),
                        Long.toString(duration.toMillis()),
                        Integer.toString(traffic.senders()))
                .strip());
        long[] delivered = sinks.delivered();
        long elapsedNs = System.nanoTime() - startNs;
        busyNs = BusyTime.nowNs() - busyNs;
        long[] late = new long[1];
        BoundedWait.until(
                () -> {
                    long more = Arrays.stream(sinks.delivered()).sum();
                    late[0] += more;
                    return more == 0;
                },
                SETTLE_LIMIT);
        return new Outcome(
                sent,
                Arrays.stream(delivered).sum(),
                late[0],
                Duration.ofNanos(Math.min(elapsedNs, duration.toNanos())),
                busyNs,
                Arrays.stream(delivered).min().orElse(0),
                Arrays.stream(delivered).max().orElse(0));
    }

    @Override
    public void close() {
        sinks.close();
    }
}
