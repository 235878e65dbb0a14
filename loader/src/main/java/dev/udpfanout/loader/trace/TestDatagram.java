package dev.udpfanout.loader.trace;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The frames that a trace sends: UDP with a tag at the beginning of its payload, by which the probes know it on its
 * whole way. Sources: RFC 768, 791, 8200; the tag is {@code struct uf_trace_tag}.
 *
 * @param source where it seems to come from
 * @param destination where it is sent to, of the same family
 * @param hardwareAddress of the interface that it comes in by, in hexadecimal; empty if it has none
 * @param payloadBytes at least {@link #TAG_BYTES}
 * @param run a number for all datagrams of this run
 */
record TestDatagram(
        InetSocketAddress source, InetSocketAddress destination, String hardwareAddress, int payloadBytes, int run) {
    /** What a payload has to have room for. */
    static final int TAG_BYTES = 16;

    /** UF_TRACE_MAGIC, which is in the machine's byte order. */
    private static final long MAGIC = 0x6563727466706475L;

    /** Locally administered, and of nobody: "uftrc". */
    private static final byte[] SENDER = HexFormat.of().parseHex("027566747263");

    private static final int ETHERNET = 14;
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int UDP_HEADER = 8;
    private static final byte UDP = 17;
    private static final byte HOPS = 64;

    /** How much of an MTU is left for the payload. */
    static int headerBytes(boolean ipv6) {
        return (ipv6 ? IPV6_HEADER : IPV4_HEADER) + UDP_HEADER;
    }

    /** A whole Ethernet frame. */
    byte[] frame(int sequence) {
        boolean ipv6 = destination.getAddress() instanceof Inet6Address;
        int udpBytes = UDP_HEADER + payloadBytes;
        ByteBuffer frame = ByteBuffer.allocate(ETHERNET + headerBytes(ipv6) + payloadBytes);
        frame.put(
                        hardwareAddress.isEmpty()
                                ? new byte[6]
                                : HexFormat.ofDelimiter(":").parseHex(hardwareAddress))
                .put(SENDER)
                .putShort((short) (ipv6 ? 0x86dd : 0x0800));
        if (ipv6) {
            frame.putInt(0x6000_0000).putShort((short) udpBytes).put(UDP).put(HOPS);
        } else {
            frame.putShort((short) 0x4500).putShort((short) (IPV4_HEADER + udpBytes));
            // Not to be cut, as Linux sends UDP: path MTU discovery, ip(7).
            frame.putShort((short) 0).putShort((short) 0x4000);
            frame.put(HOPS).put(UDP).putShort((short) 0);
        }
        byte[] from = source.getAddress().getAddress();
        frame.put(from).put(destination.getAddress().getAddress());
        if (!ipv6) {
            frame.putShort(ETHERNET + 10, (short) ~sum(frame, ETHERNET, IPV4_HEADER, 0));
        }
        int udp = frame.position();
        frame.putShort((short) source.getPort()).putShort((short) destination.getPort());
        frame.putShort((short) udpBytes).putShort((short) 0);
        frame.order(ByteOrder.nativeOrder()).putLong(MAGIC).putInt(run).putInt(sequence);
        frame.order(ByteOrder.BIG_ENDIAN);
        int pseudo = sum(frame, udp - 2 * from.length, 2 * from.length, UDP + udpBytes);
        int checksum = ~sum(frame, udp, udpBytes, pseudo) & 0xffff;
        frame.putShort(udp + 6, (short) (checksum == 0 ? 0xffff : checksum));
        return frame.array();
    }

    /** RFC 1071. */
    private static int sum(ByteBuffer bytes, int start, int length, int before) {
        int sum = before;
        for (int i = start; i < start + length; i += Short.BYTES) {
            boolean isLastByte = i + 1 == start + length;
            sum += isLastByte ? Byte.toUnsignedInt(bytes.get(i)) << 8 : Short.toUnsignedInt(bytes.getShort(i));
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> Short.SIZE);
        }
        return sum;
    }
}
