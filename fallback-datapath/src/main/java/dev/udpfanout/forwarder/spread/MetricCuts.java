package dev.udpfanout.forwarder.spread;

import java.lang.foreign.MemorySegment;

/**
 * Cuts a StatsD payload where the endpoint changes: a piece is as many lines in a row as lead to one endpoint. A line
 * without a name stays with the one before it, or at the front with the one after it. The end of the line at which a
 * payload is cut is in neither piece. One worker's; not for use by several threads.
 */
public final class MetricCuts {
    private MetricHash hash;
    private MemorySegment memory;
    private long at;
    private int bytes;
    private int next;
    private int begin;
    private int end;
    private int endpoint;

    /** The next payload to be cut. */
    public void of(MetricHash by, MemorySegment in, long payloadAt, int payloadBytes) {
        hash = by;
        memory = in;
        at = payloadAt;
        bytes = payloadBytes;
        next = 0;
    }

    /** Whether there is a further piece; the others then say which. A payload has at least one. */
    public boolean next() {
        if (next > bytes) {
            return false;
        }
        begin = next;
        endpoint = MetricHash.NO_NAME;
        while (next <= bytes) {
            int lineBytes = MetricHash.lineBytes(memory, at + next, bytes - next);
            int owner = hash.endpoint(memory, at + next, lineBytes);
            if (endpoint == MetricHash.NO_NAME) {
                endpoint = owner;
            } else if (owner != MetricHash.NO_NAME && owner != endpoint) {
                end = next - 1;
                return true;
            }
            next += lineBytes + 1;
        }
        end = bytes;
        return true;
    }

    /** Where the piece begins in the payload. */
    public int begin() {
        return begin;
    }

    /** How long it is, in bytes. */
    public int length() {
        return end - begin;
    }

    /** Whose it is, by its index in the table; {@link MetricHash#NO_NAME}: nobody's, so the next one's. */
    public int endpoint() {
        return endpoint;
    }
}
