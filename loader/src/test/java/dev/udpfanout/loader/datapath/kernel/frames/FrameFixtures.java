package dev.udpfanout.loader.datapath.kernel.frames;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.frames.Frames;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The rows of the table: a packet in, and what comes of it. */
final class FrameFixtures {
    private static final InetSocketAddress FROM = new InetSocketAddress("203.0.113.9", 4711);
    private static final InetSocketAddress FROM6 = new InetSocketAddress("2001:db8:5::9", 4711);
    private static final InetSocketAddress FROM_ELSEWHERE = new InetSocketAddress("203.0.113.99", 4711);
    private static final InetSocketAddress TO = new InetSocketAddress(TestRunNode.ADDRESS, TestRunNode.PORT);
    private static final InetSocketAddress TO6 = new InetSocketAddress(TestRunNode.ADDRESS6, TestRunNode.PORT);
    private static final byte[] SIX = {1, 4, 0, 0, 0, 0};

    private FrameFixtures() {}

    private static UdpFrame v4(InetSocketAddress from, InetSocketAddress to) {
        return UdpFrame.between(from, to)
                .link(new MacAddress(2), new MacAddress(0))
                .payload("forty-two".getBytes(StandardCharsets.US_ASCII));
    }

    private static Udp6Frame v6(InetSocketAddress from, InetSocketAddress to) {
        return Udp6Frame.between(from, to)
                .link(new MacAddress(2), new MacAddress(0))
                .payload("forty-two".getBytes(StandardCharsets.US_ASCII));
    }

    private static FrameRow v4(String what, UnaryOperator<UdpFrame> change, FrameOutcome outcome) {
        return row("IPv4, " + what, change.apply(v4(FROM, TO)).build(), outcome, null, "exact");
    }

    private static FrameRow v4(String what, UnaryOperator<UdpFrame> change, FrameOutcome outcome, DropReason reason) {
        return row("IPv4, " + what, change.apply(v4(FROM, TO)).build(), outcome, reason, "exact");
    }

    private static FrameRow v6(String what, UnaryOperator<Udp6Frame> change, FrameOutcome outcome) {
        return row("IPv6, " + what, change.apply(v6(FROM6, TO6)).build(), outcome, null, "exact6");
    }

    private static FrameRow v6(String what, UnaryOperator<Udp6Frame> change, FrameOutcome outcome, DropReason reason) {
        return row("IPv6, " + what, change.apply(v6(FROM6, TO6)).build(), outcome, reason, "exact6");
    }

    private static FrameRow between(
            String from, String to, int port, FrameOutcome outcome, DropReason reason, String listener) {
        InetSocketAddress source = new InetSocketAddress(from, 4711);
        InetSocketAddress destination = new InetSocketAddress(to, port);
        byte[] frame = from.contains(":")
                ? v6(source, destination).build()
                : v4(source, destination).build();
        return row(from + " to " + to + " port " + port, frame, outcome, reason, listener);
    }

    private static FrameRow row(String what, byte[] frame, FrameOutcome outcome, DropReason reason, String listener) {
        return new FrameRow(what, frame, outcome, Optional.ofNullable(reason), listener, 1, 0, 0);
    }

    private static byte[] large(int bytes) {
        return new byte[bytes];
    }

    private static byte[] routing(int segmentsLeft) {
        byte[] bytes = new byte[22];
        bytes[0] = 4;
        bytes[1] = (byte) segmentsLeft;
        return bytes;
    }

    /**
     * A frame whose tags are still in it: the kernel takes the outer one off before the hook, unless it has seen two
     * (QinQ).
     *
     * @param tags from the outer one, each with its type in the upper two bytes
     */
    private static FrameRow tagged(String what, byte[] plain, int... tags) {
        return row(what, VlanTags.put(plain, tags), FrameOutcome.NOT_OURS, null, "exact");
    }

    /** All of them. */
    static Stream<FrameRow> rows() {
        return Stream.of(
                v4("as it should be", f -> f, FrameOutcome.FORWARDED),
                v4("no payload", f -> f.payload(large(0)), FrameOutcome.FORWARDED),
                v4("no checksum", f -> f.udpChecksum(0), FrameOutcome.FORWARDED),
                v4("a wrong checksum, which stays as wrong", f -> f.udpChecksum(0x1234), FrameOutcome.FORWARDED),
                v4("all IP options that fit", f -> f.ipOptions(new byte[40]), FrameOutcome.FORWARDED),
                v4("DSCP and ECN", f -> f.tos(0xbb), FrameOutcome.FORWARDED),
                v4("don't fragment", f -> f, FrameOutcome.FORWARDED),
                v4("may be fragmented", f -> f.fragment(0, false), FrameOutcome.FORWARDED),
                v4("a first fragment", f -> f.fragment(0, true).identification(77), FrameOutcome.FORWARDED),
                v4("an evil bit", f -> f.fragment(0x8000 * 8, false), FrameOutcome.FORWARDED),
                v4("two hops left", f -> f.ttl(2), FrameOutcome.FORWARDED),
                v4("one hop left", f -> f.ttl(1), FrameOutcome.TO_STACK, DropReason.TTL_EXPIRED),
                v4("no hop left", f -> f.ttl(0), FrameOutcome.TO_STACK, DropReason.TTL_EXPIRED),
                v4("as large as the MTU", f -> f.payload(large(1472)), FrameOutcome.FORWARDED),
                v4("larger than the MTU", f -> f.payload(large(1473)), FrameOutcome.ANSWERED, DropReason.TOO_BIG),
                v4(
                        "larger than the MTU, and may be cut",
                        f -> f.payload(large(1473)).fragment(0, false),
                        FrameOutcome.BY_STACK),
                v4(
                        "larger than the MTU, with all IP options that fit and no checksum",
                        f -> f.ipOptions(new byte[40]).payload(large(1473)).udpChecksum(0),
                        FrameOutcome.ANSWERED,
                        DropReason.TOO_BIG),
                v4("a super-packet of small segments", f -> f.payload(large(3000)), FrameOutcome.FORWARDED)
                        .segments(3, 1000),
                v4(
                                "a super-packet of segments that are too large",
                                f -> f.payload(large(3000)),
                                FrameOutcome.ANSWERED,
                                DropReason.TOO_BIG)
                        .segments(2, 1500),
                v4("a super-packet that nobody has counted", f -> f.payload(large(3000)), FrameOutcome.FORWARDED)
                        .uncountedSegments(3, 1000),
                v4("the same with a last segment of one byte", f -> f.payload(large(3001)), FrameOutcome.FORWARDED)
                        .uncountedSegments(4, 1000),
                v4("the same with one segment", f -> f.payload(large(1)), FrameOutcome.FORWARDED)
                        .uncountedSegments(1, 1000),
                v4("the same without payload", f -> f.payload(large(0)), FrameOutcome.FORWARDED)
                        .uncountedSegments(1, 1000),
                v4(
                                "the same behind IP options",
                                f -> f.ipOptions(new byte[40]).payload(large(2999)),
                                FrameOutcome.FORWARDED)
                        .uncountedSegments(3, 1000),
                v4("the same that is too large", f -> f.payload(large(3001)), FrameOutcome.ANSWERED, DropReason.TOO_BIG)
                        .uncountedSegments(3, 1500),
                v4("TCP", f -> f.protocol(6), FrameOutcome.NOT_OURS),
                v4("a UDP length of 7", f -> f.udpLength(7), FrameOutcome.NOT_OURS),
                v4("a UDP length beyond the packet", f -> f.udpLength(18), FrameOutcome.NOT_OURS),
                v4("a UDP length short of the packet", f -> f.udpLength(12), FrameOutcome.FORWARDED),
                v4("a total length beyond the frame", f -> f.totalLength(38), FrameOutcome.NOT_OURS),
                v4("IHL 4", f -> f.ihl(4), FrameOutcome.NOT_OURS),
                v4("version 6", f -> f.version(6), FrameOutcome.NOT_OURS),
                v4(
                        "a frame for another host",
                        f -> f.link(new MacAddress(2), new MacAddress(4)),
                        FrameOutcome.NOT_OURS),
                v4("a broadcast frame", f -> f.link(new MacAddress(2), MacAddress.BROADCAST), FrameOutcome.NOT_OURS),
                v6("as it should be", f -> f, FrameOutcome.FORWARDED),
                v6("no payload", f -> f.payload(large(0)), FrameOutcome.FORWARDED),
                v6("no checksum", f -> f.udpChecksum(0), FrameOutcome.DROPPED, DropReason.NO_CHECKSUM),
                v6("traffic class", f -> f.trafficClass(0xbb), FrameOutcome.FORWARDED),
                v6("flow label", f -> f.flowLabel(0xfffff), FrameOutcome.FORWARDED),
                v6("hop-by-hop options", f -> f.extension(Udp6Frame.HOP_BY_HOP, SIX), FrameOutcome.FORWARDED),
                v6(
                        "hop-by-hop options not first",
                        f -> f.extension(Udp6Frame.DESTINATION_OPTIONS, SIX).extension(Udp6Frame.HOP_BY_HOP, SIX),
                        FrameOutcome.NOT_OURS),
                v6("destination options", f -> f.extension(Udp6Frame.DESTINATION_OPTIONS, SIX), FrameOutcome.FORWARDED),
                v6(
                        "a routing header, used up",
                        f -> f.extension(Udp6Frame.ROUTING, routing(0)),
                        FrameOutcome.FORWARDED),
                v6(
                        "a routing header, on the way",
                        f -> f.extension(Udp6Frame.ROUTING, routing(1)),
                        FrameOutcome.NOT_OURS),
                v6(
                        "an authentication header",
                        f -> f.extension(Udp6Frame.AUTHENTICATION, large(22)),
                        FrameOutcome.NOT_OURS),
                v6(
                        "a fragment header that is whole",
                        f -> f.extension(Udp6Frame.FRAGMENT, large(6)),
                        FrameOutcome.FORWARDED),
                v6(
                        "a first fragment",
                        f -> f.extension(Udp6Frame.FRAGMENT, new byte[] {0, 1, 0, 0, 0, 78}),
                        FrameOutcome.FORWARDED),
                v6("six extension headers", f -> options(f, 6), FrameOutcome.FORWARDED),
                v6("seven extension headers", f -> options(f, 7), FrameOutcome.NOT_OURS),
                v6(
                        "an extension header longer than the packet",
                        f -> f.extension(Udp6Frame.DESTINATION_OPTIONS, 200, SIX),
                        FrameOutcome.NOT_OURS),
                v6("no next header", f -> f.lastType(59), FrameOutcome.NOT_OURS),
                v6("a jumbogram", f -> f.payloadLength(0), FrameOutcome.NOT_OURS),
                v6("one hop left", f -> f.hopLimit(1), FrameOutcome.TO_STACK, DropReason.TTL_EXPIRED),
                v6("as large as the MTU", f -> f.payload(large(1452)), FrameOutcome.FORWARDED),
                v6("larger than the MTU", f -> f.payload(large(1453)), FrameOutcome.ANSWERED, DropReason.TOO_BIG),
                v6("a super-packet of small segments", f -> f.payload(large(3000)), FrameOutcome.FORWARDED)
                        .segments(3, 1000),
                v6("a super-packet that nobody has counted", f -> f.payload(large(3001)), FrameOutcome.FORWARDED)
                        .uncountedSegments(4, 1000),
                v6(
                                "the same behind an extension header",
                                f -> f.extension(Udp6Frame.DESTINATION_OPTIONS, SIX)
                                        .payload(large(3000)),
                                FrameOutcome.FORWARDED)
                        .uncountedSegments(3, 1000),
                row(
                        "ARP",
                        Frames.ethernet(new MacAddress(2), new MacAddress(0), 0x0806, large(46)),
                        FrameOutcome.NOT_OURS,
                        null,
                        "exact"),
                tagged(
                        "a tag of VLAN 7 that no card has taken off",
                        v4(FROM, TO).build(),
                        VlanTags.CUSTOMER | 7),
                tagged("the same, IPv6", v6(FROM6, TO6).build(), VlanTags.CUSTOMER | 7),
                tagged("a provider's tag", v4(FROM, TO).build(), VlanTags.PROVIDER | 7),
                tagged(
                        "a customer's tag in a provider's",
                        v4(FROM, TO).build(),
                        VlanTags.PROVIDER | 7,
                        VlanTags.CUSTOMER | 8),
                tagged("the same, IPv6", v6(FROM6, TO6).build(), VlanTags.PROVIDER | 7, VlanTags.CUSTOMER | 8),
                tagged("two customer's tags", v4(FROM, TO).build(), VlanTags.CUSTOMER | 7, VlanTags.CUSTOMER | 8),
                tagged(
                        "a priority's tag behind VLAN 7's",
                        v4(FROM, TO).build(),
                        VlanTags.CUSTOMER | 7,
                        VlanTags.CUSTOMER),
                tagged(
                        "three tags",
                        v4(FROM, TO).build(),
                        VlanTags.PROVIDER | 7,
                        VlanTags.CUSTOMER | 8,
                        VlanTags.CUSTOMER | 9),
                between("203.0.113.9", "192.168.1.1", 7000, FrameOutcome.FORWARDED, null, "own"),
                between("203.0.113.9", "10.42.0.1", 7000, FrameOutcome.FORWARDED, null, "own"),
                between("203.0.113.9", "10.42.0.11", 7000, FrameOutcome.NOT_OURS, null, "own"),
                between("203.0.113.9", "192.0.2.1", 7000, FrameOutcome.NOT_OURS, null, "own"),
                between("203.0.113.9", "224.0.0.1", 5514, FrameOutcome.NOT_OURS, null, "exact"),
                between("203.0.113.9", "192.0.2.255", 5514, FrameOutcome.NOT_OURS, null, "exact"),
                between("203.0.113.9", "192.0.2.1", 5515, FrameOutcome.DROPPED, DropReason.NO_ENDPOINTS, "none"),
                between("2001:db8:5::9", "2001:db8:1::1", 7000, FrameOutcome.FORWARDED, null, "own6"),
                between("2001:db8:5::9", "2001:db8:42::11", 7000, FrameOutcome.NOT_OURS, null, "own6"),
                between("2001:db8:5::9", "ff02::1", 5514, FrameOutcome.NOT_OURS, null, "exact6"),
                between("2001:db8:5::9", "2001:db8:2::1", 5515, FrameOutcome.DROPPED, DropReason.NO_ENDPOINTS, "none6"),
                between("203.0.113.7", "192.0.2.1", 5516, FrameOutcome.DROPPED, DropReason.NOT_ALLOWED, "allowing"),
                between("203.0.113.8", "192.0.2.1", 5516, FrameOutcome.FORWARDED, null, "allowing"),
                between("203.0.113.11", "192.0.2.1", 5516, FrameOutcome.FORWARDED, null, "allowing"),
                between("203.0.113.12", "192.0.2.1", 5516, FrameOutcome.DROPPED, DropReason.NOT_ALLOWED, "allowing"),
                between("203.0.113.17", "192.0.2.1", 5516, FrameOutcome.FORWARDED, null, "allowing"),
                between("203.0.113.16", "192.0.2.1", 5516, FrameOutcome.DROPPED, DropReason.NOT_ALLOWED, "allowing"),
                between("192.168.1.1", "192.0.2.1", 5516, FrameOutcome.DROPPED, DropReason.BAD_SOURCE, "allowing"),
                row(
                        "one hop left, from where it may not come",
                        v4(FROM_ELSEWHERE, new InetSocketAddress(TestRunNode.ADDRESS, 5516))
                                .ttl(1)
                                .build(),
                        FrameOutcome.DROPPED,
                        DropReason.NOT_ALLOWED,
                        "allowing"),
                between(
                        "2001:db8:5::7",
                        "2001:db8:2::1",
                        5516,
                        FrameOutcome.DROPPED,
                        DropReason.NOT_ALLOWED,
                        "allowing6"),
                between("2001:db8:5::8", "2001:db8:2::1", 5516, FrameOutcome.FORWARDED, null, "allowing6"),
                between("2001:db8:5::f", "2001:db8:2::1", 5516, FrameOutcome.FORWARDED, null, "allowing6"),
                between(
                        "2001:db8:5::10",
                        "2001:db8:2::1",
                        5516,
                        FrameOutcome.DROPPED,
                        DropReason.NOT_ALLOWED,
                        "allowing6"),
                between("2001:db8:6:1::9", "2001:db8:2::1", 5516, FrameOutcome.FORWARDED, null, "allowing6"),
                between("192.168.1.1", "192.0.2.1", 5514, FrameOutcome.DROPPED, DropReason.BAD_SOURCE, "exact"),
                between("0.0.0.0", "192.0.2.1", 5514, FrameOutcome.DROPPED, DropReason.BAD_SOURCE, "exact"),
                between("127.0.0.1", "192.0.2.1", 5514, FrameOutcome.DROPPED, DropReason.BAD_SOURCE, "exact"),
                between("224.0.0.1", "192.0.2.1", 5514, FrameOutcome.DROPPED, DropReason.BAD_SOURCE, "exact"),
                between("255.255.255.255", "192.0.2.1", 5514, FrameOutcome.DROPPED, DropReason.BAD_SOURCE, "exact"),
                between("2001:db8:1::1", "2001:db8:2::1", 5514, FrameOutcome.DROPPED, DropReason.BAD_SOURCE, "exact6"),
                between("::1", "2001:db8:2::1", 5514, FrameOutcome.DROPPED, DropReason.BAD_SOURCE, "exact6"),
                between("ff02::1", "2001:db8:2::1", 5514, FrameOutcome.DROPPED, DropReason.BAD_SOURCE, "exact6"),
                between(
                        "fe80::1",
                        "2001:db8:2::1",
                        5514,
                        FrameOutcome.DROPPED,
                        DropReason.FIB_NOT_FORWARDED,
                        "exact6"));
    }

    private static Udp6Frame options(Udp6Frame frame, int count) {
        for (int i = 0; i < count; i++) {
            frame.extension(Udp6Frame.DESTINATION_OPTIONS, SIX);
        }
        return frame;
    }
}
