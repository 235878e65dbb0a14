package dev.udpfanout.loader.datapath.kernel.attach;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A datagram for a listener that nobody has sent, to find out what a program makes of it: RFC 791, RFC 8200, RFC 768.
 */
public final class SampleDatagram {
    private static final int ETHERNET = 14;
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int UDP_HEADER = 8;
    private static final byte UDP = 17;
    private static final byte HOPS = 64;
    private static final short SOURCE_PORT = 9;
    private static final int PAYLOAD = 32;

    private SampleDatagram() {}

    /** A whole Ethernet frame, from the address beside the destination's. */
    public static byte[] to(InetSocketAddress destination) {
        boolean ipv6 = destination.getAddress() instanceof Inet6Address;
        int header = ipv6 ? IPV6_HEADER : IPV4_HEADER;
        ByteBuffer frame = ByteBuffer.allocate(ETHERNET + header + UDP_HEADER + PAYLOAD);
        frame.position(2 * 6);
        frame.putShort((short) (ipv6 ? 0x86dd : 0x0800));
        byte[] to = destination.getAddress().getAddress();
        byte[] from = to.clone();
        from[from.length - 1] ^= 1;
        if (ipv6) {
            frame.putInt(0x6000_0000)
                    .putShort((short) (UDP_HEADER + PAYLOAD))
                    .put(UDP)
                    .put(HOPS);
        } else {
            frame.putShort((short) 0x4500).putShort((short) (header + UDP_HEADER + PAYLOAD));
            frame.putInt(0).put(HOPS).put(UDP).putShort((short) 0);
        }
        frame.put(from).put(to);
        if (!ipv6) {
            frame.putShort(ETHERNET + 10, (short) ~sum(frame, ETHERNET, IPV4_HEADER, 0));
        }
        int udp = frame.position();
        frame.putShort(SOURCE_PORT)
                .putShort((short) destination.getPort())
                .putShort((short) (UDP_HEADER + PAYLOAD))
                .putShort((short) 0);
        int pseudo = sum(frame, udp - 2 * to.length, 2 * to.length, UDP + UDP_HEADER + PAYLOAD);
        frame.putShort(udp + 6, (short) ~sum(frame, udp, UDP_HEADER + PAYLOAD, pseudo));
        return frame.array();
    }

    /** Where a listener that has no address of its own would be sent to. */
    public static InetSocketAddress placeOf(InetSocketAddress bind, InetAddress own) {
        return bind.getAddress().isAnyLocalAddress() ? new InetSocketAddress(own, bind.getPort()) : bind;
    }

    /** RFC 1071. */
    private static int sum(ByteBuffer bytes, int start, int length, int before) {
        int sum = before;
        for (int i = start; i < start + length; i += Short.BYTES) {
            sum += Short.toUnsignedInt(bytes.getShort(i));
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> Short.SIZE);
        }
        return sum;
    }
}
