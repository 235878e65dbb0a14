package dev.udpfanout.bindings.abi.listener;

import dev.udpfanout.bindings.generated.abi.Abi;
import dev.udpfanout.bindings.generated.abi.uf_payload_key;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * A value of the map PAYLOAD_KEYS: which bytes of a payload decide the endpoint.
 *
 * @param offset where the key begins, in bytes from the start of the UDP payload
 * @param bytes how long it is; 1 to 16; 0: there is none; or that of {@link #METRIC_NAME}
 * @param match which payloads have it
 * @param withSource whether the source address counts, too
 * @param elseSource whether it decides without the key; otherwise each endpoint in turn
 */
public record PayloadKeyEntry(int offset, int bytes, Match match, boolean withSource, boolean elseSource) {
    /** How it is laid out. */
    public static final Codec<PayloadKeyEntry> CODEC =
            new Codec<>(uf_payload_key.layout(), PayloadKeyEntry::write, PayloadKeyEntry::read);

    /** No key. */
    public static final PayloadKeyEntry NONE = new PayloadKeyEntry(0, 0, Match.ANY, false, false);

    /** The name of a StatsD payload's first metric. */
    public static final PayloadKeyEntry METRIC_NAME =
            new PayloadKeyEntry(0, Abi.UF_KEY_METRIC_NAME(), Match.ANY, false, false);

    /**
     * What must stand in a payload.
     *
     * @param offset where, in bytes from the start of the UDP payload
     * @param expected the bytes as one number, the first one highest, and zeros behind them
     * @param bytes how many they are; 0 to 8
     */
    public record Match(int offset, long expected, int bytes) {
        /** Nothing must. */
        public static final Match ANY = new Match(0, 0, 0);
    }

    private static MemorySegment write(PayloadKeyEntry entry, SegmentAllocator allocator) {
        MemorySegment value = uf_payload_key.allocate(allocator);
        uf_payload_key.expected(value, entry.match.expected);
        uf_payload_key.offset(value, (short) entry.offset);
        uf_payload_key.match_offset(value, (short) entry.match.offset);
        uf_payload_key.key_bytes(value, (byte) entry.bytes);
        uf_payload_key.match_bytes(value, (byte) entry.match.bytes);
        uf_payload_key.with_source(value, (byte) (entry.withSource ? 1 : 0));
        uf_payload_key.else_source(value, (byte) (entry.elseSource ? 1 : 0));
        return value;
    }

    private static PayloadKeyEntry read(MemorySegment value) {
        return new PayloadKeyEntry(
                Short.toUnsignedInt(uf_payload_key.offset(value)),
                Byte.toUnsignedInt(uf_payload_key.key_bytes(value)),
                new Match(
                        Short.toUnsignedInt(uf_payload_key.match_offset(value)),
                        uf_payload_key.expected(value),
                        uf_payload_key.match_bytes(value)),
                uf_payload_key.with_source(value) != 0,
                uf_payload_key.else_source(value) != 0);
    }
}
