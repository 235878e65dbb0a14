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
 * @param fragmentsByStack whether larger packets come in by the interface than that
 * @param byLoopback whether they come from the node itself
 */
record FrameOracle(
        Map<InetSocketAddress, Optional<InetSocketAddress>> listeners,
        Map<InetSocketAddress, List<Prefix>> allow,
        Set<InetAddress> own,
        int mtu,
        boolean fragmentsByStack,
        boolean byLoopback) {
    /**
     * Broadcast addresses; and of IPv6 the lowest, which is a network's routers' (of IPv4 a host's since Linux 5.14).
     */
    private static final List<String> NETWORKS =
            List.of("10.42.0.255", "192.168.1.255", "2001:db8:1:0:0:0:0:0", "2001:db8:42:0:0:0:0:0");

    private static final int IDENTIFICATION_AT = FrameFields.IP + 4;
    private static final int DONT_FRAGMENT_AT = FrameFields.IP + 6;
    private static final int DONT_FRAGMENT = 0x40;
    private static final int CHECKSUM_AT = FrameFields.IP + 10;

    /** What must become of a frame. */
    enum Fate {
        /** It is not a listener's: the next program gets it as it is. */
        NOT_OURS,
        /** It goes to the endpoint. */
        FORWARDED,
        /** The stack gets it as it is, and may answer. */
        TO_STACK,
        /** The stack gets it to send it on to the endpoint, and cuts it. */
        BY_STACK,
        /** It is too big, and its sender is told. */
        ANSWERED,
        /** It is too big, and nobody is told: its source is no host's, but a network's. */
        WITHHELD,
        DROPPED,
        /** A fragment without ports: what becomes of it depends on those before it. */
        LATER_FRAGMENT
    }

    Fate fate(byte[] frame) {
        Optional<FrameFields> read = FrameFields.read(frame);
        if (read.isEmpty()) {
            return Fate.NOT_OURS;
        }
        FrameFields fields = read.get();
        if (fields.later()) {
            return Fate.LATER_FRAGMENT;
        }
        Optional<Optional<InetSocketAddress>> listener = listener(fields.destination());
        if (listener.isEmpty()) {
            return Fate.NOT_OURS;
        }
        if (isBadSource(fields.source().getAddress(), fields.destination().getAddress())) {
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
        if (FrameFields.isIpv6(frame) && !fields.checksummed() || listener.get().isEmpty()) {
            return Fate.DROPPED;
        }
        if (FrameFields.isIpv6(frame) && fields.source().getAddress().isLinkLocalAddress()) {
            return Fate.DROPPED;
        }
        if (fields.bytes() > mtu && staysWhole(fields, frame)) {
            boolean isWithheld = !byLoopback && isNetwork(fields.source().getAddress());
            return isWithheld ? Fate.WITHHELD : Fate.ANSWERED;
        }
        if (listener.get().orElseThrow().getAddress().equals(fields.source().getAddress())) {
            // Its only endpoint has sent it.
            return Fate.DROPPED;
        }
        boolean isCut = fields.bytes() > mtu || fields.fragment() && fragmentsByStack && !staysWhole(fields, frame);
        return isCut ? Fate.BY_STACK : Fate.FORWARDED;
    }

    /** What the sender of a frame that is too big is told, in bytes: of its own address it learns less than its MTU. */
    int toldMtu() {
        return byLoopback ? mtu - 1 : mtu;
    }

    /** What a router may cut; and IPv4 of the node's own, whose sender has no use for an answer. */
    private boolean staysWhole(FrameFields fields, byte[] frame) {
        return fields.staysWhole() && (FrameFields.isIpv6(frame) || !byLoopback);
    }

    /** What is wrong with a frame that the stack is to send to its endpoint; empty if nothing. */
    Optional<String> faultByStack(byte[] before, byte[] after) {
        if (!byLoopback) {
            return fault(before, after, 0);
        }
        byte[] cut = before.clone();
        FrameFields fields = FrameFields.read(before).orElseThrow();
        boolean isLetBeCut = !FrameFields.isIpv6(before) && (after[DONT_FRAGMENT_AT] & DONT_FRAGMENT) == 0;
        if (fields.staysWhole() && isLetBeCut) {
            int sum = FrameFields.at16(before, IDENTIFICATION_AT) + FrameFields.at16(before, DONT_FRAGMENT_AT);
            if (!fields.fragment()) {
                System.arraycopy(after, IDENTIFICATION_AT, cut, IDENTIFICATION_AT, 2);
            }
            cut[DONT_FRAGMENT_AT] &= (byte) ~DONT_FRAGMENT;
            sum -= FrameFields.at16(cut, IDENTIFICATION_AT) + FrameFields.at16(cut, DONT_FRAGMENT_AT);
            // The checksum follows: as right or wrong as it was.
            int checksum = Math.floorMod(FrameFields.at16(before, CHECKSUM_AT) + sum, 0xffff);
            put16(cut, CHECKSUM_AT, checksum);
        } else if (fields.staysWhole() && !fields.later() && fate(before) == Fate.BY_STACK) {
            return Optional.of("the stack may not cut it");
        }
        return fault(cut, after, 1);
    }

    /**
     * What is wrong with a frame that was sent to its endpoint; empty if nothing.
     *
     * @param hops by how much its TTL or hop limit must be less
     */
    Optional<String> fault(byte[] before, byte[] after, int hops) {
        FrameFields fields = FrameFields.read(before).orElseThrow();
        boolean ipv6 = FrameFields.isIpv6(before);
        byte[] expected = before.clone();
        if (before.length != after.length) {
            return Optional.of("length " + after.length);
        }
        int addressBytes = ipv6 ? 16 : 4;
        int addressAt = FrameFields.IP + (ipv6 ? 24 : 16);
        if (fields.later()) {
            // To which endpoint is the first fragment's affair.
            System.arraycopy(after, addressAt, expected, addressAt, addressBytes);
        } else {
            InetSocketAddress endpoint =
                    listener(fields.destination()).orElseThrow().orElseThrow();
            System.arraycopy(endpoint.getAddress().getAddress(), 0, expected, addressAt, addressBytes);
            put16(expected, fields.udp() + 2, endpoint.getPort());
            // Which of the possible values, is judged below.
            put16(expected, fields.udp() + 6, FrameFields.at16(after, fields.udp() + 6));
        }
        expected[FrameFields.IP + (ipv6 ? 7 : 8)] -= (byte) hops;
        if (!ipv6) {
            put16(expected, FrameFields.IP + 10, FrameFields.at16(after, FrameFields.IP + 10));
        }
        if (!Arrays.equals(expected, after)) {
            return Optional.of("byte " + Arrays.mismatch(expected, after) + " differs");
        }
        if (!ipv6 && residue(headerSum(before)) != residue(headerSum(after))) {
            return Optional.of("FrameFields.IP header checksum");
        }
        if (!fields.later()) {
            boolean none = FrameFields.at16(before, fields.udp() + 6) == 0;
            if (none != (FrameFields.at16(after, fields.udp() + 6) == 0)) {
                return Optional.of("UDP checksum " + FrameFields.at16(after, fields.udp() + 6));
            }
            if (!none && residue(udpSum(before, fields)) != residue(udpSum(after, fields))) {
                return Optional.of("UDP checksum");
            }
        }
        return Optional.empty();
    }

    /** Whether the checksums of a frame are right, where it has any. */
    boolean isRight(byte[] frame) {
        FrameFields fields = FrameFields.read(frame).orElseThrow();
        return (FrameFields.isIpv6(frame) || residue(headerSum(frame)) == 0)
                && (FrameFields.at16(frame, fields.udp() + 6) == 0 || residue(udpSum(frame, fields)) == 0);
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

    private boolean isBadSource(InetAddress source, InetAddress destination) {
        byte[] bytes = source.getAddress();
        int first = Byte.toUnsignedInt(bytes[0]);
        boolean isOwn = own.contains(source) || source.equals(destination);
        return isOwn && !byLoopback
                || source.isAnyLocalAddress()
                || source.isLoopbackAddress()
                || source.isMulticastAddress()
                || bytes.length == 4 && (first == 0 || first >= 240)
                || bytes.length == 16 && isMapped(bytes);
    }

    /**
     * Whether an address is one of a network of the lab: its broadcast address, or its routers' (RFC 4291 section
     * 2.6.1).
     */
    private static boolean isNetwork(InetAddress address) {
        String text = address.getHostAddress();
        return NETWORKS.stream().anyMatch(text::equals);
    }

    private static boolean isMapped(byte[] address) {
        return new BigInteger(1, Arrays.copyOf(address, 12)).equals(BigInteger.valueOf(0xffff));
    }

    private static long headerSum(byte[] frame) {
        return sum(frame, FrameFields.IP, (frame[FrameFields.IP] & 15) * 4);
    }

    private static long udpSum(byte[] frame, FrameFields fields) {
        int length = FrameFields.at16(frame, fields.udp() + 4);
        boolean ipv6 = FrameFields.isIpv6(frame);
        long pseudo = ipv6 ? sum(frame, FrameFields.IP + 8, 32) : sum(frame, FrameFields.IP + 12, 8);
        return pseudo
                + 17
                + length
                + sum(frame, fields.udp(), Math.min(length, FrameFields.IP + fields.bytes() - fields.udp()));
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

    private static void put16(byte[] bytes, int offset, int value) {
        bytes[offset] = (byte) (value >>> 8);
        bytes[offset + 1] = (byte) value;
    }
}
