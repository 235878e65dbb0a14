package dev.udpfanout.bindings.icmp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * An echo request or reply: RFC 792, and RFC 4443, section 4, which look alike. All numbers are in network byte order
 * on the wire.
 *
 * @param family whose types it has
 * @param isReply whether it is a reply
 * @param identifier whose it is, 0 to 65535
 * @param sequence which of them it is, 0 to 65535
 */
record EchoMessage(IcmpFamily family, boolean isReply, int identifier, int sequence, byte[] payload) {
    static final int HEADER_BYTES = 8;

    private static final int CHECKSUM_OFFSET = 2;
    private static final int MIN_IPV4_HEADER_BYTES = 20;

    /** The message as a socket takes it: with its checksum, or zero where the kernel puts it in. */
    byte[] encoded() {
        ByteBuffer message = ByteBuffer.allocate(HEADER_BYTES + payload.length).order(ByteOrder.BIG_ENDIAN);
        message.put((byte)
                        (isReply ? family.types().echoReply() : family.types().echo()))
                .put((byte) 0);
        message.putShort((short) 0);
        message.putShort((short) identifier).putShort((short) sequence).put(payload);
        message.flip();
        if (family.hasOwnChecksum()) {
            message.putShort(CHECKSUM_OFFSET, (short) ~onesComplementSum(message));
        }
        return message.array();
    }

    /**
     * Reads what a socket received.
     *
     * @param bytes from the ICMP header on
     * @return empty if it is cut off, something else than echo, or its checksum is wrong
     */
    static Optional<EchoMessage> decode(IcmpFamily family, ByteBuffer bytes) {
        boolean intact = !family.hasOwnChecksum() || onesComplementSum(bytes) == 0xffff;
        return intact ? decodeHeader(family, bytes) : Optional.empty();
    }

    /** As {@link #decode}, for a message of which only the beginning is there: checksums cannot be verified. */
    static Optional<EchoMessage> decodeHeader(IcmpFamily family, ByteBuffer bytes) {
        if (bytes.remaining() < HEADER_BYTES) {
            return Optional.empty();
        }
        ByteBuffer message = bytes.slice().order(ByteOrder.BIG_ENDIAN);
        int type = Byte.toUnsignedInt(message.get());
        int code = message.get();
        if (code != 0 || type != family.types().echo() && type != family.types().echoReply()) {
            return Optional.empty();
        }
        message.getShort();
        int identifier = Short.toUnsignedInt(message.getShort());
        int sequence = Short.toUnsignedInt(message.getShort());
        byte[] payload = new byte[message.remaining()];
        message.get(payload);
        return Optional.of(new EchoMessage(family, type == family.types().echoReply(), identifier, sequence, payload));
    }

    /** Steps over the IPv4 header, which a raw socket hands over too; leaves nothing if there is none. */
    static ByteBuffer withoutIpHeader(ByteBuffer packet) {
        if (packet.remaining() < MIN_IPV4_HEADER_BYTES) {
            return ByteBuffer.allocate(0);
        }
        int headerBytes = (packet.get(packet.position()) & 0xf) * 4;
        if (headerBytes < MIN_IPV4_HEADER_BYTES || headerBytes > packet.remaining()) {
            return ByteBuffer.allocate(0);
        }
        return packet.slice(packet.position() + headerBytes, packet.remaining() - headerBytes);
    }

    /** RFC 1071; 0xffff over a message whose checksum is right. */
    private static int onesComplementSum(ByteBuffer bytes) {
        long sum = 0;
        for (int i = bytes.position(); i < bytes.limit(); i++) {
            boolean isHighByte = (i - bytes.position()) % 2 == 0;
            sum += (long) Byte.toUnsignedInt(bytes.get(i)) << (isHighByte ? 8 : 0);
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) sum;
    }
}
