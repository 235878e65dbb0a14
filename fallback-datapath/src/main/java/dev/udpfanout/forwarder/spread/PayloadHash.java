package dev.udpfanout.forwarder.spread;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Each datagram to the endpoint that bytes of its payload lead to, the key: they are hashed like the address of a
 * {@link SourceHash}, behind it if it counts, as two numbers of eight bytes with the first byte highest and zeros
 * behind the last. Immutable.
 */
public final class PayloadHash implements Spread {
    /** In place of an endpoint: the datagram has no key, and goes to the next one. */
    public static final int IN_TURN = -1;

    private static final int MAX_KEY_BYTES = 16;
    private static final int MAX_OFFSET = 65_535;

    private final SourceHash buckets;
    private final Key key;
    private final Optional<Match> match;
    private final boolean elseBySource;

    /**
     * Where the key is.
     *
     * @param offset from the start of the payload, in bytes; 0 to 65535
     * @param bytes its length; 1 to 16
     * @param withSource whether the source address counts, too
     */
    public record Key(int offset, int bytes, boolean withSource) {
        public Key {
            requireRange("offset", offset, 0, MAX_OFFSET);
            requireRange("bytes", bytes, 1, MAX_KEY_BYTES);
        }
    }

    /**
     * What must stand in a payload that has the key.
     *
     * @param offset from the start of the payload, in bytes; 0 to 65535
     * @param expected the first byte highest, zeros behind
     * @param bytes how many; 1 to 8
     */
    public record Match(int offset, long expected, int bytes) {
        public Match {
            requireRange("offset", offset, 0, MAX_OFFSET);
            requireRange("bytes", bytes, 1, Long.BYTES);
        }
    }

    /**
     * A spread by a key.
     *
     * @param buckets whose each bucket is
     * @param key what is hashed
     * @param match which payloads have it; empty: all that are long enough
     * @param elseBySource whether the source's address decides without the key; otherwise each endpoint in turn
     */
    public PayloadHash(SourceHash buckets, Key key, Optional<Match> match, boolean elseBySource) {
        this.buckets = buckets;
        this.key = key;
        this.match = match;
        this.elseBySource = elseBySource;
    }

    private static void requireRange(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + ": " + value + " is not in " + least + " to " + most);
        }
    }

    /**
     * The index of a datagram's endpoint in the table, or {@link #IN_TURN}. The parts of its source
     * ({@link dev.udpfanout.forwarder.socket.SourceBits}) are 0 unless {@link #readsSources}.
     *
     * @param at where the payload begins in the memory
     * @param bytes how long it is
     */
    public int endpoint(long addressHigh, long addressLow, MemorySegment memory, long at, int bytes) {
        if (!hasKey(memory, at, bytes)) {
            return elseBySource ? bySource(addressHigh, addressLow) : IN_TURN;
        }
        long hash = key.withSource ? buckets.with(buckets.seed(), addressHigh, addressLow) : buckets.seed();
        int low = key.bytes - Long.BYTES;
        long high = number(memory, at + key.offset, Math.min(key.bytes, Long.BYTES));
        return buckets.owner(buckets.with(hash, high, low > 0 ? number(memory, at + key.offset + Long.BYTES, low) : 0));
    }

    /** The endpoint that a source alone leads to. */
    public int bySource(long addressHigh, long addressLow) {
        return buckets.owner(buckets.with(buckets.seed(), addressHigh, addressLow));
    }

    private boolean hasKey(MemorySegment memory, long at, int bytes) {
        if (key.offset + key.bytes > bytes) {
            return false;
        }
        if (match.isEmpty()) {
            return true;
        }
        Match expected = match.get();
        return expected.offset + expected.bytes <= bytes
                && number(memory, at + expected.offset, expected.bytes) == expected.expected;
    }

    /** Up to eight bytes as one number, the first byte highest, zeros behind. */
    private static long number(MemorySegment memory, long at, int bytes) {
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            number |= Byte.toUnsignedLong(memory.get(ValueLayout.JAVA_BYTE, at + i)) << Long.SIZE - Byte.SIZE * (i + 1);
        }
        return number;
    }

    @Override
    public boolean readsSources() {
        return key.withSource || elseBySource;
    }

    /** The highest index that can be chosen. */
    public int highestEndpoint() {
        return buckets.highestEndpoint();
    }
}
