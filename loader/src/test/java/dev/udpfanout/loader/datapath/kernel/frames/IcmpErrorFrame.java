package dev.udpfanout.loader.datapath.kernel.frames;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** An Ethernet frame with an ICMP error: RFC 792, RFC 4443. Its checksums are computed afresh. */
final class IcmpErrorFrame {
    private static final int ETHERNET_BYTES = 14;
    private static final int ICMP_BYTES = 8;
    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int ICMP6 = 58;

    private IcmpErrorFrame() {}

    /**
     * @param linkHeader 14 bytes, of any frame of that family
     * @param hops TTL or hop limit
     * @param quoted the frame that is quoted, link-layer header and all
     * @param quotedBytes how much of its IP packet is quoted
     */
    static byte[] of(
            byte[] linkHeader,
            InetAddress from,
            InetAddress to,
            int hops,
            int type,
            int code,
            byte[] quoted,
            int quotedBytes) {
        boolean ipv4 = from instanceof Inet4Address;
        int ipBytes = ipv4 ? IPV4_BYTES : IPV6_BYTES;
        int quoteBytes = Math.min(quotedBytes, quoted.length - ETHERNET_BYTES);
        byte[] frame = new byte[ETHERNET_BYTES + ipBytes + ICMP_BYTES + quoteBytes];
        System.arraycopy(linkHeader, 0, frame, 0, ETHERNET_BYTES);
        System.arraycopy(quoted, ETHERNET_BYTES, frame, ETHERNET_BYTES + ipBytes + ICMP_BYTES, quoteBytes);
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        int icmp = ETHERNET_BYTES + ipBytes;
        bytes.put(icmp, (byte) type).put(icmp + 1, (byte) code);
        if (ipv4) {
            bytes.position(ETHERNET_BYTES);
            bytes.put((byte) 0x45).put((byte) 0xc0).putShort((short) (frame.length - ETHERNET_BYTES));
            bytes.putShort((short) 77)
                    .putShort((short) 0)
                    .put((byte) hops)
                    .put((byte) 1)
                    .putShort((short) 0);
            bytes.put(from.getAddress()).put(to.getAddress());
            bytes.putShort(ETHERNET_BYTES + 10, checksum(frame, ETHERNET_BYTES, IPV4_BYTES, 0));
            bytes.putShort(icmp + 2, checksum(frame, icmp, frame.length - icmp, 0));
        } else {
            int length = frame.length - icmp;
            bytes.position(ETHERNET_BYTES);
            bytes.putInt(0x60000000).putShort((short) length).put((byte) ICMP6).put((byte) hops);
            bytes.put(from.getAddress()).put(to.getAddress());
            long pseudo = sum(frame, ETHERNET_BYTES + 8, 32) + length + ICMP6;
            bytes.putShort(icmp + 2, checksum(frame, icmp, length, pseudo));
        }
        return frame;
    }

    private static short checksum(byte[] bytes, int from, int length, long more) {
        long sum = sum(bytes, from, length) + more;
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (short) ~sum;
    }

    private static long sum(byte[] bytes, int from, int length) {
        ByteBuffer words = ByteBuffer.wrap(Arrays.copyOfRange(bytes, from, from + length + (length & 1)));
        long sum = 0;
        while (words.hasRemaining()) {
            sum += words.getShort() & 0xffff;
        }
        return sum;
    }
}
