package dev.udpfanout.loader.datapath.kernel.frames;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.bindings.libbpf.BpfProgram.TestRun;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.ParsedFrame;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.loader.datapath.ReplyCounters;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an endpoint's answer is when it leaves for the client, frame by frame; and that nothing else is touched. */
@Tag("kernel")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplyFixtureTest extends ReplyFixtureNode {
    static Stream<UnaryOperator<UdpFrame>> ipv4() {
        return Stream.of(
                frame -> frame,
                frame -> frame.udpChecksum(0),
                frame -> frame.ipOptions(new byte[40]),
                frame -> frame.tos(0xb8),
                frame -> frame.payload(new byte[0]),
                frame -> frame.payload(new byte[1471]),
                frame -> frame.fragment(0, true).identification(91));
    }

    @ParameterizedTest
    @MethodSource("ipv4")
    void shouldComeFromWhereTheClientAsked(UnaryOperator<UdpFrame> more) {
        askBoth();
        TestRun run = answer(with(v4(POD, CLIENT), more).build());
        assertEquals(TestRunNode.REDIRECT, run.verdict());
        // Whatever the generator makes of these headers: the checksums are computed afresh.
        assertArrayEquals(with(v4(ASKED, CLIENT), more).ttl(HOPS - 1).build(), run.frame());
        assertTrue(ParsedFrame.of(run.frame()).ipChecksumValid());
    }

    static Stream<UnaryOperator<Udp6Frame>> ipv6() {
        return Stream.of(
                frame -> frame,
                frame -> frame.trafficClass(0xb8).flowLabel(0x12345),
                frame -> frame.extension(Udp6Frame.DESTINATION_OPTIONS, new byte[] {1, 4, 0, 0, 0, 0}),
                frame -> frame.payload(new byte[1451]));
    }

    @ParameterizedTest
    @MethodSource("ipv6")
    void shouldComeFromWhereTheClientAskedOverIpv6(UnaryOperator<Udp6Frame> more) {
        askBoth();
        TestRun run = answer(more.apply(v6(POD6, CLIENT6)).build());
        assertEquals(TestRunNode.REDIRECT, run.verdict());
        assertArrayEquals(more.apply(v6(ASKED6, CLIENT6)).hopLimit(HOPS - 1).build(), run.frame());
    }

    @Test
    void shouldHaveAValidChecksumWhateverTheAddressesAddUpTo() {
        for (int port = 1; port < 3000; port++) {
            InetSocketAddress client = new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, 20_000 + port);
            ask(v4(client, ASKED).build());
            byte[] payload = {(byte) (port >> 8), (byte) port};
            TestRun run = answer(v4(POD, client).payload(payload).build());
            assertArrayEquals(v4(ASKED, client).payload(payload).ttl(HOPS - 1).build(), run.frame());
        }
    }

    /** RFC 768: a checksum that is computed as zero is sent as all ones; RFC 8200 has none over IPv6. */
    @Test
    void shouldSendAChecksumOfAllOnesWhereItIsComputedAsZero() {
        askBoth();
        // What a checksum is of zeros, as the payload, makes the sum all ones.
        byte[] payload4 = udpChecksum(v4(ASKED, CLIENT).payload(new byte[2]).build(), 34);
        byte[] expected4 = v4(ASKED, CLIENT).payload(payload4).ttl(HOPS - 1).build();
        assertArrayEquals(new byte[] {-1, -1}, udpChecksum(expected4, 34));
        assertArrayEquals(
                expected4, answer(v4(POD, CLIENT).payload(payload4).build()).frame());

        byte[] payload6 = udpChecksum(v6(ASKED6, CLIENT6).payload(new byte[2]).build(), 54);
        byte[] expected6 =
                v6(ASKED6, CLIENT6).payload(payload6).hopLimit(HOPS - 1).build();
        assertArrayEquals(new byte[] {-1, -1}, udpChecksum(expected6, 54));
        assertArrayEquals(
                expected6, answer(v6(POD6, CLIENT6).payload(payload6).build()).frame());
    }

    private static byte[] udpChecksum(byte[] frame, int udpOffset) {
        return Arrays.copyOfRange(frame, udpOffset + 6, udpOffset + 8);
    }

    @Test
    void shouldLeaveAloneWhatNobodyAsked() {
        askBoth();
        InetSocketAddress otherClient = new InetSocketAddress(CLIENT.getAddress(), 4712);
        InetSocketAddress otherPort = new InetSocketAddress(POD.getAddress(), 40_513);
        InetSocketAddress otherPod = new InetSocketAddress("10.42.0.12", POD.getPort());
        List<byte[]> frames = List.of(
                v4(POD, otherClient).build(),
                v4(otherPort, CLIENT).build(),
                v4(otherPod, CLIENT).build(),
                v4(CLIENT, POD).build(),
                v4(POD, CLIENT).protocol(6).build(),
                v4(POD, CLIENT).fragment(1480, false).identification(17).build(),
                v4(POD, CLIENT).truncatedTo(40).build(),
                v6(POD6, new InetSocketAddress(CLIENT6.getAddress(), 4712)).build(),
                v6(new InetSocketAddress(POD6.getAddress(), 1), CLIENT6).build());
        for (byte[] frame : frames) {
            TestRun run = answer(frame);
            assertEquals(TestRunNode.UNSPEC, run.verdict(), () -> "" + ParsedFrame.of(frame));
            assertArrayEquals(frame, run.frame());
        }
    }

    @Test
    void shouldSendTheFragmentsOfAnAnswerWhereTheFirstWent() {
        askBoth();
        answer(v4(POD, CLIENT).fragment(0, true).identification(300).build());
        byte[] later = v4(POD, CLIENT).fragment(1480, false).identification(300).build();
        TestRun run = answer(later);
        assertEquals(TestRunNode.REDIRECT, run.verdict());
        ParsedFrame before = ParsedFrame.of(later);
        ParsedFrame after = ParsedFrame.of(run.frame());
        assertTrue(after.ipChecksumValid());
        assertEquals(HOPS - 1, after.ttl());
        assertArrayEquals(ipAddress(ASKED), Arrays.copyOfRange(run.frame(), 26, 30));
        assertArrayEquals(
                Arrays.copyOfRange(later, 30, later.length), Arrays.copyOfRange(run.frame(), 30, later.length));
        assertEquals(before.identification(), after.identification());
    }

    private static byte[] ipAddress(InetSocketAddress address) {
        return address.getAddress().getAddress();
    }

    @Test
    void shouldLeaveToTheStackWhatItHasToAnswer() {
        askBoth();
        byte[] old = v4(POD, CLIENT).ttl(1).build();
        TestRun run = answer(old);
        assertEquals(TestRunNode.UNSPEC, run.verdict());
        assertArrayEquals(old, run.frame());
    }

    @Test
    void shouldCountWhatIsNotForwardedByItsReasonAndNothingElse() {
        askBoth();
        ReplyCounters before = replies();
        answer(v4(POD, CLIENT).ttl(1).build());
        ReplyCounters after = replies();
        Map<String, Long> expected = new HashMap<>(before.packetsDropped());
        expected.merge(DropReason.TTL_EXPIRED.label(), 1L, Long::sum);
        assertEquals(expected, after.packetsDropped());
        assertEquals(before.packetsForwarded(), after.packetsForwarded());
        assertEquals(0, before.packetsDropped().get(DropReason.FRAGMENT.label()), "nothing was");
    }

    private ReplyCounters replies() {
        return node.datapath().counters(node.id("exact")).replies().orElseThrow();
    }

    private String podOf(int port) {
        TestRun run = ask(v4(new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, port), ASKED)
                .build());
        assertEquals(TestRunNode.REDIRECT, run.verdict());
        return ParsedFrame.of(run.frame()).destination().getAddress().getHostAddress();
    }

    private static List<InetSocketAddress> pods(int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(i -> new InetSocketAddress("10.42.0." + (11 + i), 40_514))
                .toList();
    }

    @Test
    void shouldStayWithAPodAsLongAsItIsOne() {
        try {
            node.datapath().apply(node.id("exact"), pods(0, 4));
            List<String> first =
                    IntStream.range(0, 40).mapToObj(i -> podOf(30_000 + i)).toList();
            assertEquals(4, first.stream().distinct().count(), "flows are spread");
            assertEquals(
                    first,
                    IntStream.range(0, 40).mapToObj(i -> podOf(30_000 + i)).toList());

            // Other places in another table; two pods more, the first one gone.
            node.datapath().apply(node.id("exact"), pods(1, 5).reversed());
            List<String> later =
                    IntStream.range(0, 40).mapToObj(i -> podOf(30_000 + i)).toList();
            for (int i = 0; i < first.size(); i++) {
                if (first.get(i).equals("10.42.0.11")) {
                    assertTrue(!later.get(i).equals("10.42.0.11"), "to one that is none any more");
                } else {
                    assertEquals(first.get(i), later.get(i));
                }
            }
            assertEquals(
                    later,
                    IntStream.range(0, 40).mapToObj(i -> podOf(30_000 + i)).toList());
        } finally {
            node.datapath().apply(node.id("exact"), List.of(POD));
        }
    }

    @Test
    void shouldSendAllFragmentsOfAQuestionWhereItsFlowGoes() {
        try {
            node.datapath().apply(node.id("exact"), pods(0, 4));
            InetSocketAddress client = new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, 31_000);
            String pod = podOf(31_000);
            for (int id = 400; id < 408; id++) {
                UdpFrame first = v4(client, ASKED).fragment(0, true).identification(id);
                UdpFrame second = v4(client, ASKED).fragment(1480, false).identification(id);
                for (UdpFrame piece : List.of(first, second)) {
                    TestRun run = ask(piece.build());
                    assertEquals(TestRunNode.REDIRECT, run.verdict());
                    assertEquals(
                            pod,
                            ParsedFrame.of(run.frame())
                                    .destination()
                                    .getAddress()
                                    .getHostAddress());
                }
            }
        } finally {
            node.datapath().apply(node.id("exact"), List.of(POD));
        }
    }
}
