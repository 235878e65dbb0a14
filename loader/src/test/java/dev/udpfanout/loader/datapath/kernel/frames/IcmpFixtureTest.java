package dev.udpfanout.loader.datapath.kernel.frames;

import static dev.udpfanout.loader.datapath.kernel.frames.ReplyFixtureNode.v4;
import static dev.udpfanout.loader.datapath.kernel.frames.ReplyFixtureNode.v6;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.libbpf.BpfProgram.TestRun;
import dev.udpfanout.bindings.libbpf.BpfTestBench;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an ICMP error is when it leaves for the client, frame by frame; and that nothing else is touched. */
@Tag("kernel")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IcmpFixtureTest {
    private static final InetSocketAddress CLIENT = ReplyFixtureNode.CLIENT;
    private static final InetSocketAddress CLIENT6 = ReplyFixtureNode.CLIENT6;
    private static final InetSocketAddress ASKED = ReplyFixtureNode.ASKED;
    private static final InetSocketAddress ASKED6 = ReplyFixtureNode.ASKED6;
    private static final InetSocketAddress POD = ReplyFixtureNode.POD;
    private static final InetSocketAddress POD6 = ReplyFixtureNode.POD6;
    private static final InetAddress ROUTER = InetAddress.ofLiteral("10.42.7.7");
    private static final InetAddress ROUTER6 = InetAddress.ofLiteral("2001:db8:42::77");
    private static final int HOPS = 64;
    private static final int ALL = 1 << 16;

    private TestRunNode node;

    @BeforeAll
    void setUp() {
        node = TestRunNode.open();
    }

    @AfterAll
    void tearDown() {
        node.close();
    }

    private TestRun run(byte[] frame) {
        return node.call(() -> {
            try (BpfTestBench bench = node.bench(node.program().named(KernelProgram.ICMP))) {
                return bench.run(frame);
            }
        });
    }

    private static byte[] error4(InetAddress from, int hops, int type, byte[] quoted, int bytes) {
        return IcmpErrorFrame.of(quoted, from, CLIENT.getAddress(), hops, type, 4, quoted, bytes);
    }

    private static byte[] error6(InetAddress from, int hops, int type, byte[] quoted, int bytes) {
        return IcmpErrorFrame.of(quoted, from, CLIENT6.getAddress(), hops, type, 0, quoted, bytes);
    }

    private static UdpFrame with(UdpFrame frame, UnaryOperator<UdpFrame> more) {
        return more.apply(frame);
    }

    static Stream<UnaryOperator<UdpFrame>> ipv4() {
        return Stream.of(
                frame -> frame,
                frame -> frame.udpChecksum(0),
                frame -> frame.ttl(1),
                frame -> frame.ipOptions(new byte[8]),
                frame -> frame.payload(new byte[0]),
                frame -> frame.payload(new byte[501]),
                frame -> frame.fragment(0, true).identification(91));
    }

    @ParameterizedTest
    @MethodSource("ipv4")
    void shouldQuoteWhatTheClientHasSent(UnaryOperator<UdpFrame> more) {
        byte[] asSent = with(v4(CLIENT, ASKED), more).build();
        byte[] asGot = with(v4(CLIENT, POD), more).build();
        for (int type : new int[] {3, 11, 12}) {
            TestRun run = run(error4(ROUTER, HOPS, type, asGot, ALL));
            assertEquals(TestRunNode.REDIRECT, run.verdict());
            assertArrayEquals(error4(ASKED.getAddress(), HOPS - 1, type, asSent, ALL), run.frame());
        }
    }

    static Stream<UnaryOperator<Udp6Frame>> ipv6() {
        return Stream.of(
                frame -> frame,
                frame -> frame.hopLimit(1),
                frame -> frame.payload(new byte[1101]),
                frame -> frame.extension(Udp6Frame.DESTINATION_OPTIONS, new byte[] {1, 4, 0, 0, 0, 0}));
    }

    @ParameterizedTest
    @MethodSource("ipv6")
    void shouldQuoteWhatTheClientHasSentOverIpv6(UnaryOperator<Udp6Frame> more) {
        byte[] asSent = more.apply(v6(CLIENT6, ASKED6)).build();
        byte[] asGot = more.apply(v6(CLIENT6, POD6)).build();
        for (int type : new int[] {1, 2, 3, 4}) {
            TestRun run = run(error6(ROUTER6, HOPS, type, asGot, ALL));
            assertEquals(TestRunNode.REDIRECT, run.verdict());
            assertArrayEquals(error6(ASKED6.getAddress(), HOPS - 1, type, asSent, ALL), run.frame());
        }
    }

    @Test
    void shouldHaveAValidChecksumWhateverIsQuoted() {
        Random random = new Random(4711);
        for (int i = 0; i < 2000; i++) {
            byte[] payload = new byte[random.nextInt(64)];
            random.nextBytes(payload);
            UnaryOperator<UdpFrame> more = frame -> frame.payload(payload);
            TestRun run =
                    run(error4(ROUTER, HOPS, 3, with(v4(CLIENT, POD), more).build(), ALL));
            assertArrayEquals(
                    error4(
                            ASKED.getAddress(),
                            HOPS - 1,
                            3,
                            with(v4(CLIENT, ASKED), more).build(),
                            ALL),
                    run.frame());
            Udp6Frame got = v6(CLIENT6, POD6).payload(payload);
            Udp6Frame sent = v6(CLIENT6, ASKED6).payload(payload);
            assertArrayEquals(
                    error6(ASKED6.getAddress(), HOPS - 1, 2, sent.build(), ALL),
                    run(error6(ROUTER6, HOPS, 2, got.build(), ALL)).frame());
        }
    }

    /** As much as RFC 792 has to be quoted: the IP header and 8 bytes. */
    @Test
    void shouldDoWithAsLittleAsMustBeQuoted() {
        byte[] asGot = v4(CLIENT, POD).build();
        TestRun run = run(error4(ROUTER, HOPS, 3, asGot, 28));
        assertArrayEquals(
                error4(ASKED.getAddress(), HOPS - 1, 3, v4(CLIENT, ASKED).build(), 28), run.frame());
        assertUntouched(error4(ROUTER, HOPS, 3, asGot, 27));
    }

    @Test
    void shouldLeaveEverythingElseAsItIs() {
        byte[] asGot = v4(CLIENT, POD).build();
        assertUntouched(asGot);
        assertUntouched(error4(ROUTER, HOPS, 8, asGot, ALL));
        assertUntouched(error4(ROUTER, HOPS, 4, asGot, ALL));
        assertUntouched(error4(ROUTER, 1, 3, asGot, ALL));
        assertUntouched(error4(ROUTER, HOPS, 3, v4(CLIENT, ASKED).build(), ALL));
        assertUntouched(error4(
                ROUTER,
                HOPS,
                3,
                v4(new InetSocketAddress("203.0.113.9", 1), POD).build(),
                ALL));
        assertUntouched(
                error4(ROUTER, HOPS, 3, v4(CLIENT, POD).fragment(64, false).build(), ALL));
        assertUntouched(error6(ROUTER6, HOPS, 129, v6(CLIENT6, POD6).build(), ALL));
        assertUntouched(error6(ROUTER6, HOPS, 2, v6(CLIENT6, ASKED6).build(), ALL));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x2000, 0x0001})
    void shouldLeaveAnErrorInFragmentsAsItIs(int fragment) {
        byte[] frame = error4(ROUTER, HOPS, 3, v4(CLIENT, POD).build(), ALL);
        frame[20] = (byte) (fragment >> 8);
        frame[21] = (byte) fragment;
        assertUntouched(frame);
    }

    private void assertUntouched(byte[] frame) {
        TestRun run = run(frame);
        assertEquals(TestRunNode.UNSPEC, run.verdict());
        assertArrayEquals(frame, run.frame());
    }

    /** Every length is dealt with, and whatever is wrong with an error: it stays one, of the same size. */
    @Test
    void shouldNeverMakeMoreOfAGarbledError() {
        Random random = new Random(42);
        byte[] whole = error4(ROUTER, HOPS, 3, v4(CLIENT, POD).build(), ALL);
        byte[] whole6 = error6(ROUTER6, HOPS, 2, v6(CLIENT6, POD6).build(), ALL);
        for (int length = 34; length < 14 + 20 + 8 + 28; length++) {
            assertUntouched(Arrays.copyOf(whole, length));
        }
        for (int i = 0; i < 20_000; i++) {
            byte[] frame = (i % 2 == 0 ? whole : whole6).clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                frame[14 + random.nextInt(frame.length - 14)] ^= (byte) (1 << random.nextInt(8));
            }
            TestRun run = run(frame);
            assertEquals(frame.length, run.frame().length);
            if (run.verdict() != TestRunNode.REDIRECT) {
                assertEquals(TestRunNode.UNSPEC, run.verdict());
                assertArrayEquals(frame, run.frame());
            }
        }
    }
}
