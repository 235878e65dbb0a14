package dev.udpfanout.loader.datapath.kernel.frames;

import dev.udpfanout.loader.config.Prefix;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Says what must become of a frame that comes in on a test run's interface, from the RFCs and the design, and shares no
 * line with the program. Each listener has one endpoint, or none.
 *
 * @param listeners by destination; 0.0.0.0 and :: stand for the node's own addresses
 * @param allow by destination, too: where datagrams may come from; empty: from everywhere
 * @param own the node's addresses
 * @param mtu of the way to the endpoints
 */
record FrameOracle(
        Map<InetSocketAddress, Optional<InetSocketAddress>> listeners,
        Map<InetSocketAddress, List<Prefix>> allow,
        Set<InetAddress> own,
        int mtu) {
    private static final int IP = 14;

    /** What must become of a frame. */
    enum Fate {
        /** It is not a listener's: the next program gets it as it is. */
        NOT_OURS,
        /** It goes to the endpoint. */
        FORWARDED,
        /** The stack gets it as it is, and may answer. */
        TO_STACK,
        /** The stack gets it to send it on to the endpoint: it answers, or cuts it. */
        TOO_BIG,
        DROPPED,
        /** A fragment without ports: what becomes of it depends on those before it. */
        LATER_FRAGMENT
    }

    /** The fields of a frame that count. */
    private record Fields(
            boolean later,
            int udp,
            InetSocketAddress source,
            InetSocketAddress destination,
            int hops,
            int bytes,
            boolean checksummed) {}

    Fate fate(byte[] frame) {
        Optional<Fields> read = read(frame);
        if (read.isEmpty()) {
            return Fate.NOT_OURS;
        }
        Fields fields = read.get();
        if (fields.later()) {
            return Fate.LATER_FRAGMENT;
        }
        Optional<Optional<InetSocketAddress>> listener = listener(fields.destination());
        if (listener.isEmpty()) {
            return Fate.NOT_OURS;
        }
        if (isBadSource(fields.source().getAddress())) {
            return Fate.DROPPED;
        }
        if (!isAllowed(
                allow.getOrDefault(fields.destination(), List.of()),
                fields.source().getAddress())) {
            return Fate.DROPPED;
        }
        if (fields.hops() < 2) {
            return Fate.TO_STACK;
        }
        if (isIpv6(frame) && !fields.checksummed() || listener.get().isEmpty()) {
            return Fate.DROPPED;
        }
        if (isIpv6(frame) && fields.source().getAddress().isLinkLocalAddress()) {
            return Fate.DROPPED;
        }
        return fields.bytes() > mtu ? Fate.TOO_BIG : Fate.FORWARDED;
    }

    /**
     * What is wrong with a frame that was sent to its endpoint; empty if nothing.
     *
     * @param hops by how much its TTL or hop limit must be less
     */
    Optional<String> fault(byte[] before, byte[] after, int hops) {
        Fields fields = read(before).orElseThrow();
        boolean ipv6 = isIpv6(before);
        byte[] expected = before.clone();
        if (before.length != after.length) {
            return Optional.of("length " + after.length);
        }
        int addressBytes = ipv6 ? 16 : 4;
        int addressAt = IP + (ipv6 ? 24 : 16);
        if (fields.later()) {
            // To which endpoint is the first fragment's affair.
            System.arraycopy(after, addressAt, expected, addressAt, addressBytes);
        } else {
            InetSocketAddress endpoint =
                    listener(fields.destination()).orElseThrow().orElseThrow();
            System.arraycopy(endpoint.getAddress().getAddress(), 0, expected, addressAt, addressBytes);
            put16(expected, fields.udp() + 2, endpoint.getPort());
            // Which of the possible values, is judged below.
            put16(expected, fields.udp() + 6, at16(after, fields.udp() + 6));
        }
        expected[IP + (ipv6 ? 7 : 8)] -= (byte) hops;
        if (!ipv6) {
            put16(expected, IP + 10, at16(after, IP + 10));
        }
        if (!Arrays.equals(expected, after)) {
            return Optional.of("byte " + Arrays.mismatch(expected, after) + " differs");
        }
        if (!ipv6 && residue(headerSum(before)) != residue(headerSum(after))) {
            return Optional.of("IP header checksum");
        }
        if (!fields.later()) {
            boolean none = at16(before, fields.udp() + 6) == 0;
            if (none != (at16(after, fields.udp() + 6) == 0)) {
                return Optional.of("UDP checksum " + at16(after, fields.udp() + 6));
            }
            if (!none && residue(udpSum(before, fields)) != residue(udpSum(after, fields))) {
                return Optional.of("UDP checksum");
            }
        }
        return Optional.empty();
    }

    /** Whether the checksums of a frame are right, where it has any. */
    boolean isRight(byte[] frame) {
        Fields fields = read(frame).orElseThrow();
        return (isIpv6(frame) || residue(headerSum(frame)) == 0)
                && (at16(frame, fields.udp() + 6) == 0 || residue(udpSum(frame, fields)) == 0);
    }

    private Optional<Optional<InetSocketAddress>> listener(InetSocketAddress destination) {
        if (listeners.containsKey(destination)) {
            return Optional.of(listeners.get(destination));
        }
        if (!own.contains(destination.getAddress())) {
            return Optional.empty();
        }
        String any = destination.getAddress().getAddress().length == 4 ? "0.0.0.0" : "::";
        return Optional.ofNullable(listeners.get(new InetSocketAddress(any, destination.getPort())));
    }

    private static boolean isAllowed(List<Prefix> prefixes, InetAddress source) {
        return prefixes.isEmpty()
                || prefixes.stream().anyMatch(prefix -> {
                    byte[] network = prefix.network().getAddress();
                    int shift = network.length * 8 - prefix.bits();
                    return network.length == source.getAddress().length
                            && new BigInteger(1, network)
                                    .shiftRight(shift)
                                    .equals(new BigInteger(1, source.getAddress()).shiftRight(shift));
                });
    }

    private boolean isBadSource(InetAddress source) {
        byte[] bytes = source.getAddress();
        int first = Byte.toUnsignedInt(bytes[0]);
        return own.contains(source)
                || source.isAnyLocalAddress()
                || source.isLoopbackAddress()
                || source.isMulticastAddress()
                || bytes.length == 4 && (first == 0 || first >= 240)
                || bytes.length == 16 && isMapped(bytes);
    }

    private static boolean isMapped(byte[] address) {
        return new BigInteger(1, Arrays.copyOf(address, 12)).equals(BigInteger.valueOf(0xffff));
    }

    private static boolean isIpv6(byte[] frame) {
        return at16(frame, 12) == 0x86dd;
    }

    private static Optional<Fields> read(byte[] frame) {
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

    private static Optional<Fields> readIpv4(byte[] frame) {
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

    private static Optional<Fields> readIpv6(byte[] frame) {
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

    private static Optional<Fields> fields(
            byte[] frame, int udp, int end, boolean later, boolean more, byte[] from, byte[] to, byte hops) {
        int bytes = end - IP;
        if (later) {
            return udp < end
                    ? Optional.of(new Fields(true, udp, at(from, 0), at(to, 0), hops & 0xff, bytes, false))
                    : Optional.empty();
        }
        if (udp + 8 > end) {
            return Optional.empty();
        }
        int length = at16(frame, udp + 4);
        if (length < 8 || !more && length > end - udp) {
            return Optional.empty();
        }
        return Optional.of(new Fields(
                false,
                udp,
                at(from, at16(frame, udp)),
                at(to, at16(frame, udp + 2)),
                hops & 0xff,
                bytes,
                at16(frame, udp + 6) != 0));
    }

    private static InetSocketAddress at(byte[] address, int port) {
        try {
            InetAddress inet = address.length == 16
                    ? java.net.Inet6Address.getByAddress(null, address, -1)
                    : InetAddress.getByAddress(address);
            return new InetSocketAddress(inet, port);
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static long headerSum(byte[] frame) {
        return sum(frame, IP, (frame[IP] & 15) * 4);
    }

    private static long udpSum(byte[] frame, Fields fields) {
        int length = at16(frame, fields.udp() + 4);
        boolean ipv6 = isIpv6(frame);
        long pseudo = ipv6 ? sum(frame, IP + 8, 32) : sum(frame, IP + 12, 8);
        return pseudo + 17 + length + sum(frame, fields.udp(), Math.min(length, IP + fields.bytes() - fields.udp()));
    }

    private static long sum(byte[] bytes, int from, int length) {
        long sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (long) (bytes[from + i] & 0xff) << (i % 2 == 0 ? 8 : 0);
        }
        return sum;
    }

    /** In ones' complement arithmetic; 0 for a range that holds its right checksum. */
    private static long residue(long sum) {
        return sum % 0xffff;
    }

    private static int at16(byte[] bytes, int offset) {
        return (bytes[offset] & 0xff) << 8 | bytes[offset + 1] & 0xff;
    }

    private static void put16(byte[] bytes, int offset, int value) {
        bytes[offset] = (byte) (value >>> 8);
        bytes[offset + 1] = (byte) value;
    }
}
