package dev.udpfanout.traffic;

/**
 * What a numbered datagram carries: its sequence number, then the run's id, both 64 bits and little-endian, then a
 * pattern that follows from both and from the size. A payload shorter than the header carries as much of it as fits,
 * the low bytes of the sequence number first.
 */
public final class Payload {
    /** Bytes before the pattern begins. */
    public static final int HEADER_BYTES = 16;

    /** Of this size at least, a payload is known by itself for a numbered one: 64 bits of the pattern are in it. */
    public static final int SMALLEST_RECOGNISED_BYTES = HEADER_BYTES + Long.BYTES;

    /** The largest payload that an Ethernet frame takes unfragmented over IPv4: 1500 - 20 - 8. */
    public static final int MAX_BYTES = 1472;

    /** The largest payload that there is, in fragments: 65,535 - 20 - 8. */
    public static final int MAX_DATAGRAM_BYTES = 65_507;

    private static final long WEYL = 0x9e3779b97f4a7c15L;

    private Payload() {}

    /** The payload of one datagram. */
    public static byte[] of(long runId, long sequence, int size) {
        byte[] payload = new byte[size];
        write(payload, size, runId, sequence);
        return payload;
    }

    /** Writes the payload into the first {@code size} bytes of a buffer. */
    public static void write(byte[] into, int size, long runId, long sequence) {
        for (int i = 0; i < size; i += Long.BYTES) {
            long word = word(i / Long.BYTES, size, runId, sequence);
            for (int b = 0; b < Long.BYTES && i + b < size; b++) {
                into[i + b] = (byte) (word >>> b * Byte.SIZE);
            }
        }
    }

    /** Compares every byte with what was sent: that is what the sequence number inside it and the size say. */
    public static PayloadCheck check(byte[] payload, int size, long runId) {
        if (size < Long.BYTES) {
            return PayloadCheck.TOO_SHORT;
        }
        long sequence = sequence(payload);
        for (int i = Long.BYTES; i < size; i++) {
            long word = word(i / Long.BYTES, size, runId, sequence);
            if (payload[i] != (byte) (word >>> i % Long.BYTES * Byte.SIZE)) {
                return i < HEADER_BYTES ? PayloadCheck.FOREIGN : PayloadCheck.CORRUPT;
            }
        }
        return PayloadCheck.INTACT;
    }

    /**
     * As above, of a run that the payload itself names: so that a stranger's is not taken for one, it must be long
     * enough to have some of the pattern.
     */
    public static PayloadCheck check(byte[] payload, int size) {
        return size < SMALLEST_RECOGNISED_BYTES ? PayloadCheck.TOO_SHORT : check(payload, size, runId(payload));
    }

    /** The run's id of a payload of at least {@link #HEADER_BYTES} bytes. */
    public static long runId(byte[] payload) {
        return littleEndian(payload, Long.BYTES);
    }

    /** The sequence number of a payload of at least 8 bytes. */
    public static long sequence(byte[] payload) {
        return littleEndian(payload, 0);
    }

    private static long littleEndian(byte[] bytes, int from) {
        long number = 0;
        for (int b = Long.BYTES - 1; b >= 0; b--) {
            number = number << Byte.SIZE | Byte.toUnsignedLong(bytes[from + b]);
        }
        return number;
    }

    private static long word(int index, int size, long runId, long sequence) {
        return switch (index) {
            case 0 -> sequence;
            case 1 -> runId;
            default -> mixed(runId + sequence * WEYL + size + index * 0xd1342543de82ef95L);
        };
    }

    // The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a change of one bit changes half of the pattern.
    private static long mixed(long value) {
        long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
