package dev.udpfanout.loader.datapath.kernel.frames;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Optional;

/**
 * The fields of a frame that count, read by the RFCs: 791 and 768, 8200.
 *
 * @param later whether it is a fragment without ports
 * @param udp where the UDP header is
 * @param hops TTL or hop limit
 * @param bytes of the IP packet
 * @param checksummed whether its UDP checksum is one
 * @param fragment whether there is more of its datagram than this
 * @param staysWhole whether no router may cut it
 */
record FrameFields(
        boolean later,
        int udp,
        InetSocketAddress source,
        InetSocketAddress destination,
        int hops,
        int bytes,
        boolean checksummed,
        boolean fragment,
        boolean staysWhole) {
    /** Where the IP header begins, behind the link layer's. */
    static final int IP = 14;

    static boolean isIpv6(byte[] frame) {
        return at16(frame, 12) == 0x86dd;
    }

    static Optional<FrameFields> read(byte[] frame) {
        for (int i = 0; i < 6; i++) {
            if (frame[i] != 0) {
                return Optional.empty();
            }
        }
        return switch (at16(frame, 12)) {
            case 0x0800 -> readIpv4(frame);
            case 0x86dd -> readIpv6(frame);
            default -> Optional.empty();
        };
    }

    static Optional<FrameFields> readIpv4(byte[] frame) {
        if (frame.length < IP + 20) {
            return Optional.empty();
        }
        int header = (frame[IP] & 15) * 4;
        int total = at16(frame, IP + 2);
        boolean isUdp = frame[IP] >> 4 == 4 && header >= 20 && frame[IP + 9] == 17;
        if (!isUdp || total < header || IP + total > frame.length) {
            return Optional.empty();
        }
        int flags = at16(frame, IP + 6);
        return fields(
                frame,
                IP + header,
                IP + total,
                (flags & 0x1fff) != 0,
                (flags & 0x2000) != 0,
                Arrays.copyOfRange(frame, IP + 12, IP + 16),
                Arrays.copyOfRange(frame, IP + 16, IP + 20),
                frame[IP + 8]);
    }

    static Optional<FrameFields> readIpv6(byte[] frame) {
        if (frame.length < IP + 40 || (frame[IP] & 0xf0) != 0x60) {
            return Optional.empty();
        }
        int end = IP + 40 + at16(frame, IP + 4);
        if (end > frame.length) {
            return Optional.empty();
        }
        int type = frame[IP + 6] & 0xff;
        int at = IP + 40;
        boolean seenFragment = false;
        boolean more = false;
        for (int headers = 0; type != 17; headers++) {
            if (headers == 6 || at + 8 > frame.length) {
                return Optional.empty();
            }
            int length = ((frame[at + 1] & 0xff) + 1) * 8;
            boolean known =
                    switch (type) {
                        case 0 -> headers == 0;
                        case 60 -> true;
                        case 43 -> frame[at + 3] == 0;
                        case 44 -> !seenFragment;
                        default -> false;
                    };
            if (!known) {
                return Optional.empty();
            }
            if (type == 44) {
                length = 8;
                seenFragment = true;
                more = (frame[at + 3] & 1) != 0;
                if ((at16(frame, at + 2) & 0xfff8) != 0) {
                    int next = frame[at] & 0xff;
                    return next == 17 || next == 60
                            ? fields(
                                    frame,
                                    at + 8,
                                    end,
                                    true,
                                    more,
                                    Arrays.copyOfRange(frame, IP + 8, IP + 24),
                                    Arrays.copyOfRange(frame, IP + 24, IP + 40),
                                    frame[IP + 7])
                            : Optional.empty();
                }
            }
            type = frame[at] & 0xff;
            at += length;
        }
        return fields(
                frame,
                at,
                end,
                false,
                more,
                Arrays.copyOfRange(frame, IP + 8, IP + 24),
                Arrays.copyOfRange(frame, IP + 24, IP + 40),
                frame[IP + 7]);
    }

    static Optional<FrameFields> fields(
            byte[] frame, int udp, int end, boolean later, boolean more, byte[] from, byte[] to, byte hops) {
        int bytes = end - IP;
        if (later) {
            return udp < end
                    ? Optional.of(new FrameFields(
                            true, udp, at(from, 0), at(to, 0), hops & 0xff, bytes, false, true, staysWhole(frame)))
                    : Optional.empty();
        }
        if (udp + 8 > end) {
            return Optional.empty();
        }
        int length = at16(frame, udp + 4);
        if (length < 8 || !more && length > end - udp) {
            return Optional.empty();
        }
        return Optional.of(new FrameFields(
                false,
                udp,
                at(from, at16(frame, udp)),
                at(to, at16(frame, udp + 2)),
                hops & 0xff,
                bytes,
                at16(frame, udp + 6) != 0,
                more,
                staysWhole(frame)));
    }

    private static boolean staysWhole(byte[] frame) {
        return isIpv6(frame) || (frame[IP + 6] & 0x40) != 0;
    }

    static InetSocketAddress at(byte[] address, int port) {
        try {
            InetAddress inet = address.length == 16
                    ? java.net.Inet6Address.getByAddress(null, address, -1)
                    : InetAddress.getByAddress(address);
            return new InetSocketAddress(inet, port);
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    static int at16(byte[] bytes, int offset) {
        return (bytes[offset] & 0xff) << 8 | bytes[offset + 1] & 0xff;
    }
}
