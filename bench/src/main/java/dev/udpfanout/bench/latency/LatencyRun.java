package dev.udpfanout.bench.latency;

import dev.udpfanout.bench.contestant.ContestantLab;
import dev.udpfanout.bench.contestant.Cpus;
import dev.udpfanout.forwarder.socket.CpuAffinity;
import dev.udpfanout.forwarder.socket.SocketException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Clients that by turns send to a contestant on a fixed schedule, and what its pods receive. */
public final class LatencyRun {
    private static final Duration LAST_DATAGRAMS_LIMIT = Duration.ofMillis(500);
    private static final long START_IN_NS = 2_000_000;

    private LatencyRun() {}

    /**
     * What one run has come to.
     *
     * @param recording of all datagrams that were received
     * @param sent how many there were
     */
    public record Outcome(LatencyRecording recording, long sent) {
        public long lost() {
            return sent - recording.count();
        }
    }

    /**
     * Sends and receives.
     *
     * @param run what tells its datagrams from other runs'
     * @param senders that take turns, each with an address and a port of its own
     * @param perSecond the schedule, of all senders together
     * @param payloadBytes at least 24
     */
    public static Outcome of(
            ContestantLab lab,
            Series series,
            int senders,
            long run,
            int perSecond,
            Duration duration,
            int payloadBytes) {
        try (Receivers receivers = Receivers.open(lab, series, run)) {
            receivers.start();
            long sent = send(lab, senders, run, perSecond, duration, payloadBytes);
            return new Outcome(receivers.stop(sent, LAST_DATAGRAMS_LIMIT), sent);
        }
    }

    private static long send(
            ContestantLab lab, int count, long run, int perSecond, Duration duration, int payloadBytes) {
        Duration limit = duration.plusSeconds(10);
        return lab.topology()
                .client()
                .call(
                        () -> {
                            pin(Cpus.SENDER);
                            try (Senders senders = Senders.open(lab.destination(), count)) {
                                return send(senders, run, perSecond, duration, payloadBytes);
                            }
                        },
                        limit);
    }

    private static long send(Senders senders, long run, int perSecond, Duration duration, int payloadBytes)
            throws IOException {
        ByteBuffer buffer = TimedPayload.buffer(payloadBytes);
        long startNs = System.nanoTime() + START_IN_NS;
        long count = perSecond * duration.toMillis() / 1000;
        for (long sequence = 0; sequence < count; sequence++) {
            long intendedNs = startNs + sequence * 1_000_000_000L / perSecond;
            while (System.nanoTime() - intendedNs < 0) {
                Thread.onSpinWait();
            }
            TimedPayload.write(buffer, run, sequence, intendedNs);
            senders.next().write(buffer.clear());
        }
        return count;
    }

    static void pin(int cpu) {
        try {
            CpuAffinity.pinTo(cpu);
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }
}
