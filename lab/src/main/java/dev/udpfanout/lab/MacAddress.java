package dev.udpfanout.lab;

import java.util.HexFormat;

/**
 * An Ethernet address.
 *
 * @param value its 48 bits, the first byte on the wire in the highest place
 */
public record MacAddress(long value) {
    /** How many bytes it has on the wire. */
    public static final int BYTES = 6;

    /** ff:ff:ff:ff:ff:ff. */
    public static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);

    private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

    /** @throws IllegalArgumentException for more than 48 bits */
    public MacAddress {
        if (value < 0 || value > 0xffff_ffff_ffffL) {
            throw new IllegalArgumentException("not 48 bits: " + Long.toHexString(value));
        }
    }

    /** Reads {@code 02:75:66:00:01:0a}. */
    public static MacAddress parse(String text) {
        return of(COLONS.parseHex(text), 0);
    }

    /** Reads six bytes of a frame. */
    public static MacAddress of(byte[] bytes, int offset) {
        long value = 0;
        for (int i = 0; i < BYTES; i++) {
            value = value << 8 | Byte.toUnsignedLong(bytes[offset + i]);
        }
        return new MacAddress(value);
    }

    /** The six bytes in the order of the wire. */
    public byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bytes[i] = (byte) (value >>> 8 * (BYTES - 1 - i));
        }
        return bytes;
    }

    /** As {@code ip link} prints it. */
    @Override
    public String toString() {
        return COLONS.formatHex(bytes());
    }
}
