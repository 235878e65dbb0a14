package dev.udpfanout.forwarder.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/**
 * Ancillary data: a struct cmsghdr of 16 bytes and its value, in native byte order. Each method writes one at a byte
 * offset and returns the bytes it takes with padding. Source: cmsg(3).
 */
public final class ControlMessage {
    /** Room for the longest of them. */
    public static final int MAX_BYTES = 40;

    /** In place of a value that is not there. */
    public static final int NONE = -1;

    /** Room for a received TTL or hop limit with its padding. */
    public static final int RECEIVED_TTL_BYTES = 24;

    /** Room for a received IP_PKTINFO or IPV6_PKTINFO with its padding. */
    public static final int RECEIVED_BYTES = 40;

    /**
     * Where a received IP_PKTINFO has the local address that an answer is to come from (ipi_spec_dst). Source: ip(7).
     */
    public static final int IPV4_LOCAL_OFFSET = 20;

    /** Where a received IPV6_PKTINFO has the local address. Source: ipv6(7). */
    public static final int IPV6_LOCAL_OFFSET = 16;

    private static final int HEADER_BYTES = 16;
    private static final int SOL_IP = 0;
    private static final int IP_TTL = 2;
    private static final int IP_PKTINFO = 8;
    private static final int SOL_IPV6 = 41;
    private static final int IPV6_PKTINFO = 50;
    private static final int IPV6_HOPLIMIT = 52;
    private static final int IPV4_PKTINFO_BYTES = 12;
    private static final int IPV6_PKTINFO_BYTES = 20;

    private ControlMessage() {}

    /** UDP_SEGMENT: cut this message into datagrams of so many payload bytes. Source: udp(7). */
    public static int segmentSize(MemorySegment control, long at, int payloadBytes) {
        SocketOption option = SocketOption.UDP_SEGMENT;
        header(control, at, Short.BYTES, option.level(), option.number());
        control.set(JAVA_SHORT, at + HEADER_BYTES, (short) payloadBytes);
        return HEADER_BYTES + Long.BYTES;
    }

    /** IP_PKTINFO: send from this IPv4 address, four bytes at an offset of another segment. Source: ip(7). */
    public static int ipv4Source(MemorySegment control, long at, MemorySegment source, long sourceAt) {
        header(control, at, IPV4_PKTINFO_BYTES, SOL_IP, IP_PKTINFO);
        control.set(JAVA_INT, at + HEADER_BYTES, 0);
        MemorySegment.copy(source, sourceAt, control, at + HEADER_BYTES + 4, 4);
        control.set(JAVA_INT, at + HEADER_BYTES + 8, 0);
        return HEADER_BYTES + 16;
    }

    /** IPV6_PKTINFO: send from this IPv6 address, 16 bytes at an offset of another segment. Source: ipv6(7). */
    public static int ipv6Source(MemorySegment control, long at, MemorySegment source, long sourceAt) {
        header(control, at, IPV6_PKTINFO_BYTES, SOL_IPV6, IPV6_PKTINFO);
        MemorySegment.copy(source, sourceAt, control, at + HEADER_BYTES, 16);
        control.set(JAVA_INT, at + HEADER_BYTES + 16, 0);
        return HEADER_BYTES + 24;
    }

    /** IP_TTL or IPV6_HOPLIMIT: send with this one, 1 to 255. Source: ip(7), ipv6(7). */
    public static int ttl(MemorySegment control, long at, int value, boolean ipv6) {
        header(control, at, Integer.BYTES, ipv6 ? SOL_IPV6 : SOL_IP, ipv6 ? IPV6_HOPLIMIT : IP_TTL);
        control.set(JAVA_INT, at + HEADER_BYTES, value);
        return HEADER_BYTES + Long.BYTES;
    }

    /**
     * The TTL or hop limit of a received datagram, where the first ancillary datum is that; else {@link #NONE}. Source:
     * IP_RECVTTL of ip(7), IPV6_RECVHOPLIMIT of ipv6(7).
     */
    public static int receivedTtl(MemorySegment control, long at) {
        int level = control.get(JAVA_INT_UNALIGNED, at + 8);
        int type = control.get(JAVA_INT_UNALIGNED, at + 12);
        boolean isTtl = level == SOL_IP && type == IP_TTL || level == SOL_IPV6 && type == IPV6_HOPLIMIT;
        return isTtl ? control.get(JAVA_INT_UNALIGNED, at + HEADER_BYTES) & 0xff : NONE;
    }

    private static void header(MemorySegment control, long at, int valueBytes, int level, int type) {
        control.set(JAVA_LONG, at, HEADER_BYTES + valueBytes);
        control.set(JAVA_INT, at + 8, level);
        control.set(JAVA_INT, at + 12, type);
    }
}
