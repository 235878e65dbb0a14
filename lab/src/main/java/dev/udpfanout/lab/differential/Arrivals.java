package dev.udpfanout.lab.differential;

import dev.udpfanout.traffic.Payload;
import dev.udpfanout.traffic.PayloadCheck;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What has arrived at all receivers together, by datagram. A datagram of fewer than 8 bytes has no sequence number: the
 * last one of its size is meant.
 */
final class Arrivals {
    private final long runId;
    private final Map<Long, Expected> expected = new HashMap<>();

    /** @param runId what the payloads carry */
    Arrivals(long runId) {
        this.runId = runId;
    }

    /** A datagram that is to arrive. */
    final class Expected {
        private final Copies copies;
        private final boolean numbered;
        private int copiesArrived;
        private int mirroredArrived;

        private Expected(Copies copies, boolean numbered) {
            this.copies = copies;
            this.numbered = numbered;
        }

        /** Waits until it has arrived as often as it is to; false if the limit passes first. */
        boolean await(Duration limit) {
            synchronized (Arrivals.this) {
                long deadlineNanos = System.nanoTime() + limit.toNanos();
                try {
                    while (!hasArrived()) {
                        long leftMillis = (deadlineNanos - System.nanoTime() + 999_999) / 1_000_000;
                        if (leftMillis <= 0) {
                            return false;
                        }
                        Arrivals.this.wait(leftMillis);
                    }
                    return true;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
        }

        /** How many more have arrived than there were to be; 0 for one without a number: they may be of another. */
        long duplicates() {
            if (!numbered) {
                return 0;
            }
            synchronized (Arrivals.this) {
                // The mirror may have a copy of what need not have one.
                return Math.max(0, copiesArrived - copies.most()) + (long) Math.max(0, mirroredArrived - 1);
            }
        }

        private boolean hasArrived() {
            return copiesArrived >= copies.least() && (mirroredArrived > 0 || !copies.mirrored());
        }
    }

    /**
     * To be called before it is sent.
     *
     * @param payload the datagram's
     * @param copies at how many receivers it is to arrive
     */
    synchronized Expected expect(byte[] payload, Copies copies) {
        Expected datagram = new Expected(copies, payload.length >= Long.BYTES);
        expected.put(key(payload, payload.length), datagram);
        return datagram;
    }

    /** Forgets all datagrams; what arrives of them later is not counted. */
    synchronized void clear() {
        expected.clear();
    }

    /** A receiver got this; what is not the run's, or was changed on its way, has not arrived. */
    void add(byte[] payload, int bytes, boolean isMirror) {
        PayloadCheck check = Payload.check(payload, bytes, runId);
        if (check != PayloadCheck.INTACT && check != PayloadCheck.TOO_SHORT) {
            return;
        }
        synchronized (this) {
            Expected datagram = expected.get(key(payload, bytes));
            if (datagram != null) {
                datagram.copiesArrived += isMirror ? 0 : 1;
                datagram.mirroredArrived += isMirror ? 1 : 0;
                notifyAll();
            }
        }
    }

    private static long key(byte[] payload, int bytes) {
        return bytes < Long.BYTES ? -1 - bytes : Payload.sequence(payload);
    }
}
