package dev.udpfanout.forwarder.spread;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Each metric of a StatsD payload to the endpoint that its name leads to, so that gauges and timers of one name meet. A
 * payload of several metrics, one a line, is cut where the endpoint changes ({@link MetricCuts}). Immutable.
 *
 * <p>A name is what stands before the first colon of a line, or the first {@link #MAX_NAME_BYTES} of a longer one. It
 * is hashed in words of eight bytes, the first byte highest and zeros behind the last, as the address of a
 * {@link SourceHash}. Source: StatsD's docs/metric_types.md.
 */
public final class MetricHash implements Spread {
    /** In place of an endpoint: the line has no name. */
    public static final int NO_NAME = -1;

    /** Bytes of a name that count. */
    public static final int MAX_NAME_BYTES = 128;

    /** Between metrics. */
    static final char LINE_END = '\n';

    private static final char NAME_END = ':';
    private static final long IN_EACH_BYTE = 0x0101010101010101L;
    private static final long HIGHEST_BITS = IN_EACH_BYTE << Byte.SIZE - 1;
    private static final ValueLayout.OfLong FIRST_BYTE_LOWEST =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final SourceHash buckets;

    /** @param buckets whose each bucket is */
    public MetricHash(SourceHash buckets) {
        this.buckets = buckets;
    }

    /**
     * The index of the endpoint in the table that a line leads to, or {@link #NO_NAME}.
     *
     * @param at where the line begins in the memory
     * @param bytes how long it is, without its end
     */
    int endpoint(MemorySegment memory, long at, int bytes) {
        int looked = Math.min(bytes, MAX_NAME_BYTES);
        long hash = buckets.seed();
        for (int i = 0; i < looked; i += Long.BYTES) {
            long word = word(memory, at + i, looked - i);
            long colon = first(word, NAME_END);
            if (colon != 0) {
                if (colon == 1L << Byte.SIZE - 1) {
                    return i == 0 ? NO_NAME : buckets.owner(hash);
                }
                long name = word & (colon >>> Byte.SIZE - 1) - 1;
                return buckets.owner(buckets.with(hash, Long.reverseBytes(name)));
            }
            hash = buckets.with(hash, Long.reverseBytes(word));
        }
        return looked == MAX_NAME_BYTES ? buckets.owner(hash) : NO_NAME;
    }

    /** How many bytes there are from a place on before the next line begins or the payload ends. */
    static int lineBytes(MemorySegment memory, long at, int bytes) {
        for (int i = 0; i < bytes; i += Long.BYTES) {
            long end = first(word(memory, at + i, bytes - i), LINE_END);
            if (end != 0) {
                return i + Long.numberOfTrailingZeros(end) / Byte.SIZE;
            }
        }
        return bytes;
    }

    /** Up to eight bytes, the first one lowest; zeros behind. */
    private static long word(MemorySegment memory, long at, int bytes) {
        if (bytes >= Long.BYTES) {
            return memory.get(FIRST_BYTE_LOWEST, at);
        }
        long word = 0;
        for (int i = 0; i < bytes; i++) {
            word |= Byte.toUnsignedLong(memory.get(ValueLayout.JAVA_BYTE, at + i)) << Byte.SIZE * i;
        }
        return word;
    }

    /** The highest bit of the lowest byte that is the wanted one, or 0. Source: Hacker's Delight, section 6-1. */
    private static long first(long word, char wanted) {
        long others = word ^ IN_EACH_BYTE * wanted;
        return Long.lowestOneBit(others - IN_EACH_BYTE & ~others & HIGHEST_BITS);
    }

    /** The highest index that can be chosen. */
    public int highestEndpoint() {
        return buckets.highestEndpoint();
    }
}
