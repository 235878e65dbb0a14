package dev.udpfanout.lab.traffic;

import dev.udpfanout.lab.LabNamespace;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * A receiver of GELF over UDP, which puts chunked messages together as Graylog's does: a chunk has the magic 1e 0f, the
 * message's id (8 bytes), its number and how many there are (a byte each, at most 128); a message whose chunks are not
 * all there 5 s after its first one is thrown away. Source: Graylog's documentation, "GELF via UDP".
 */
public final class GelfReceiver implements AutoCloseable {
    /** What a chunk begins with. */
    public static final short MAGIC = 0x1e0f;

    /** Magic, id, number and count. */
    public static final int HEADER_BYTES = 12;

    /** The most chunks of a message. */
    public static final int MAX_CHUNKS = 128;

    private static final long LIFETIME_NS = Duration.ofSeconds(5).toNanos();

    private final Map<Long, Parts> incomplete = new HashMap<>();
    private final Map<Long, byte[]> complete = new ConcurrentHashMap<>();
    private final LongAdder unchunked = new LongAdder();
    private final LongAdder wrong = new LongAdder();
    private final DatagramLoop loop;

    /** What has come of a message. */
    private static final class Parts {
        private final long begunNs;
        private final byte[][] parts;
        private int missing;

        Parts(int count, long nowNs) {
            this.begunNs = nowNs;
            this.parts = new byte[count][];
            this.missing = count;
        }
    }

    private GelfReceiver(LabNamespace namespace, int port) {
        this.loop = new DatagramLoop(namespace, "gelf", port, datagram -> take(datagram, System.nanoTime()));
    }

    /** Receives what is for a port of a namespace, over both families. */
    public static GelfReceiver in(LabNamespace namespace, int port) {
        return new GelfReceiver(namespace, port);
    }

    private void take(ByteBuffer datagram, long nowNs) {
        if (datagram.remaining() < HEADER_BYTES || datagram.getShort(0) != MAGIC) {
            unchunked.increment();
            return;
        }
        long id = datagram.getLong(Short.BYTES);
        int number = Byte.toUnsignedInt(datagram.get(HEADER_BYTES - 2));
        int count = Byte.toUnsignedInt(datagram.get(HEADER_BYTES - 1));
        incomplete.values().removeIf(parts -> nowNs - parts.begunNs > LIFETIME_NS);
        Parts parts = incomplete.computeIfAbsent(id, first -> new Parts(count, nowNs));
        if (count > MAX_CHUNKS || number >= count || parts.parts.length != count || parts.parts[number] != null) {
            wrong.increment();
            return;
        }
        parts.parts[number] = new byte[datagram.remaining() - HEADER_BYTES];
        datagram.get(HEADER_BYTES, parts.parts[number]);
        if (--parts.missing == 0) {
            incomplete.remove(id);
            ByteArrayOutputStream message = new ByteArrayOutputStream();
            for (byte[] part : parts.parts) {
                message.writeBytes(part);
            }
            complete.put(id, message.toByteArray());
        }
    }

    /** Messages that are whole, by id. */
    public Map<Long, byte[]> complete() {
        return complete;
    }

    /** Datagrams that have come and were looked at. */
    public long datagrams() {
        return loop.datagrams();
    }

    /** Messages of one datagram. */
    public long unchunked() {
        return unchunked.sum();
    }

    /** Chunks that were there already, or do not go with the others of their message. */
    public long wrong() {
        return wrong.sum();
    }

    @Override
    public void close() {
        loop.close();
    }
}
