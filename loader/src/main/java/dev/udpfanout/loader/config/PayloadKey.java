package dev.udpfanout.loader.config;

import java.util.Locale;
import java.util.Optional;

/**
 * Which bytes of a payload decide the receiver, with {@link Policy#HASH}.
 *
 * @param offset where the key begins, in bytes from the start of the UDP payload; 0 to {@link #MAX_OFFSET}
 * @param bytes how long it is; 1 to {@link #MAX_BYTES}
 * @param when which payloads have it; empty: all that are long enough
 * @param withSource whether the source address counts, too
 * @param otherwise where the others go
 */
public record PayloadKey(int offset, int bytes, Optional<Match> when, boolean withSource, Otherwise otherwise) {
    /** The longest key. */
    public static final int MAX_BYTES = 16;

    /** The last place in a payload where a key may begin. */
    public static final int MAX_OFFSET = 65_534;

    /**
     * What must stand in a payload.
     *
     * @param offset where, in bytes from the start of the UDP payload
     * @param expected the bytes as one number, the first one highest, and zeros behind them
     * @param bytes how many they are; 1 to {@link #MAX_BYTES}
     */
    public record Match(int offset, long expected, int bytes) {
        /** The most that can be compared. */
        public static final int MAX_BYTES = 8;
    }

    /** Where a datagram without the key goes. */
    public enum Otherwise {
        /** To each receiver in turn. */
        ROUND_ROBIN,
        /** Where its source address leads. */
        SOURCE
    }

    /** Keys that have a name. */
    public enum Named {
        /** Graylog's chunks by the message's id, after the magic 1e 0f; whole messages in turn. */
        GELF(new PayloadKey(2, 8, Optional.of(new Match(0, 0x1e0fL << 48, 2)), false, Otherwise.ROUND_ROBIN)),
        /** The tunnel endpoint identifier of GTP-U. Source: 3GPP TS 29.281, section 5.1. */
        GTPU(new PayloadKey(4, 4, Optional.empty(), false, Otherwise.SOURCE)),
        /** The synchronization source of RTP. Source: RFC 3550, section 5.1. */
        RTP(new PayloadKey(8, 4, Optional.empty(), false, Otherwise.SOURCE)),
        /** The network identifier of VXLAN, where the flag I says that there is one. Source: RFC 7348, section 5. */
        VXLAN(new PayloadKey(4, 3, Optional.of(new Match(0, 0x08L << 56, 1)), false, Otherwise.SOURCE)),
        /** The identifier of RADIUS, with the source: a repetition has the same. Source: RFC 2865, section 3. */
        RADIUS(new PayloadKey(1, 1, Optional.empty(), true, Otherwise.SOURCE));

        private final PayloadKey key;

        Named(PayloadKey key) {
            this.key = key;
        }

        /** What the name stands for. */
        public PayloadKey key() {
            return key;
        }

        /** As the file has it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
