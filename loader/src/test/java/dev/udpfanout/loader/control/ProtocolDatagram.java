package dev.udpfanout.loader.control;

import dev.udpfanout.loader.config.PayloadKey.Named;
import java.nio.ByteBuffer;
import java.util.Random;

/** Payloads as the protocols of the named keys have them, with a header that is whole and something behind it. */
public final class ProtocolDatagram {
    private static final int MAX_BODY_BYTES = 60;
    private static final int MAX_BYTES = 100;

    private ProtocolDatagram() {}

    /**
     * One whose key has a value; all else is by chance, as far as the protocol lets it be.
     *
     * @param key of which as many of the last bits are taken as the field has
     * @param other decides the rest
     */
    public static byte[] of(Named protocol, long key, Random other) {
        byte[] body = new byte[other.nextInt(1, MAX_BODY_BYTES)];
        other.nextBytes(body);
        ByteBuffer payload = ByteBuffer.allocate(MAX_BYTES);
        switch (protocol) {
            // Magic, the message's id, the chunk's number, how many there are. Source: Graylog's documentation.
            case GELF ->
                payload.putShort((short) 0x1e0f)
                        .putLong(key)
                        .put((byte) other.nextInt(5))
                        .put((byte) 5);
            // A G-PDU, without or with a sequence number: 3GPP TS 29.281, section 5.1.
            case GTPU -> {
                boolean isNumbered = other.nextBoolean();
                payload.put((byte) (isNumbered ? 0x32 : 0x30)).put((byte) 0xff);
                payload.putShort((short) (body.length + (isNumbered ? 4 : 0))).putInt((int) key);
                if (isNumbered) {
                    payload.putShort((short) other.nextInt()).putShort((short) 0);
                }
            }
            // Version 2, any payload type, sequence number and time stamp: RFC 3550, section 5.1.
            case RTP ->
                payload.put((byte) 0x80)
                        .put((byte) other.nextInt(128))
                        .putShort((short) other.nextInt())
                        .putInt(other.nextInt())
                        .putInt((int) key);
            // Flag I, the network identifier in 24 bits: RFC 7348, section 5.
            case VXLAN -> payload.putInt(0x08000000).putInt((int) key << Byte.SIZE);
            // Access-Request and its 16 bytes of authenticator: RFC 2865, section 3.
            case RADIUS -> {
                payload.put((byte) 1).put((byte) key).putShort((short) (20 + body.length));
                payload.putLong(other.nextLong()).putLong(other.nextLong());
            }
        }
        payload.put(body);
        byte[] bytes = new byte[payload.flip().remaining()];
        payload.get(bytes);
        return bytes;
    }
}
