package dev.udpfanout.bindings.icmp;

import static dev.udpfanout.bindings.generated.libc.Libc.ICMP_ECHO;
import static dev.udpfanout.bindings.generated.libc.Libc.ICMP_ECHOREPLY;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * An ICMP echo request or reply: RFC 792. All numbers are in network byte order on the wire.
 *
 * @param isReply whether it is a reply
 * @param identifier whose it is, 0 to 65535
 * @param sequence which of them it is, 0 to 65535
 */
record EchoMessage(boolean isReply, int identifier, int sequence, byte[] payload) {
    static final int HEADER_BYTES = 8;

    private static final int CHECKSUM_OFFSET = 2;
    private static final int MIN_IPV4_HEADER_BYTES = 20;

    /** The message as it goes over the wire, with its checksum. */
    byte[] encoded() {
        ByteBuffer message = ByteBuffer.allocate(HEADER_BYTES + payload.length).order(ByteOrder.BIG_ENDIAN);
        message.put((byte) (isReply ? ICMP_ECHOREPLY() : ICMP_ECHO())).put((byte) 0);
        message.putShort((short) 0);
        message.putShort((short) identifier).putShort((short) sequence).put(payload);
        message.flip();
        message.putShort(CHECKSUM_OFFSET, (short) ~onesComplementSum(message));
        return message.array();
    }

    /**
     * Reads what a socket received.
     *
     * @param bytes from the ICMP header on
     * @return empty if it is cut off, something else than echo, or its checksum is wrong
     */
    static Optional<EchoMessage> decode(ByteBuffer bytes) {
        return onesComplementSum(bytes) == 0xffff ? decodeHeader(bytes) : Optional.empty();
    }

    /** As {@link #decode}, for a message of which only the beginning is there: checksums cannot be verified. */
    static Optional<EchoMessage> decodeHeader(ByteBuffer bytes) {
        if (bytes.remaining() < HEADER_BYTES) {
            return Optional.empty();
        }
        ByteBuffer message = bytes.slice().order(ByteOrder.BIG_ENDIAN);
        int type = message.get();
        int code = message.get();
        if (code != 0 || type != ICMP_ECHO() && type != ICMP_ECHOREPLY()) {
            return Optional.empty();
        }
        message.getShort();
        int identifier = Short.toUnsignedInt(message.getShort());
        int sequence = Short.toUnsignedInt(message.getShort());
        byte[] payload = new byte[message.remaining()];
        message.get(payload);
        return Optional.of(new EchoMessage(type == ICMP_ECHOREPLY(), identifier, sequence, payload));
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
