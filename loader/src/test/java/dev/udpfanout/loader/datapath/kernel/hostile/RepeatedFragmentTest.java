package dev.udpfanout.loader.datapath.kernel.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.generated.abi.uf_bucket;
import dev.udpfanout.bindings.libbpf.BpfTestBench;
import dev.udpfanout.bindings.map.ArrayMap;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.frames.Fragmenter;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Fragments without ports are not judged: the one with the ports is. A sender who repeats them gets neither past a
 * limit, nor can it use the limit up for a long time.
 */
@Tag("kernel")
class RepeatedFragmentTest {
    /** {@code UF_MAX_PIECES} of fragment_key.h. */
    private static final int MAX_PIECES = 128;

    private static final int PER_SECOND = 1000;
    private static final int BURST = 100;
    private static final int REPETITIONS = 20_000;
    private static final int SMALL = 10;
    private static final int LARGE = 2000;

    /** Longer than what may be owed takes, shorter than what {@link #REPETITIONS} would. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Topology topology;
    private KernelProgram program;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(1).ipv6(true).build();
        program = topology.node().call(() -> KernelProgram.load(KernelProgram.builtIn()));
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private NodeDatapath open(StandardProtocolFamily family, boolean isLimited) {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        ListenerText text = ListenerText.on("lo", ipv6 ? "[2001:db8:2::1]:5514" : "192.0.2.1:5514")
                .with("attach", AttachMethod.TCX);
        if (isLimited) {
            text = text.with("rate_limit", "{ packets_per_second: " + PER_SECOND + ", burst: " + BURST + " }");
        }
        ListenerConfig listener =
                text.listener(ipv6 ? topology.podEndpoints6(WayIn.POD_PORT) : topology.podEndpoints(WayIn.POD_PORT));
        return NodeDatapath.open(topology.node(), program, listener);
    }

    private static byte[] datagram(StandardProtocolFamily family, int payloadBytes) {
        byte[] payload = new byte[payloadBytes];
        if (family == StandardProtocolFamily.INET6) {
            return Udp6Frame.between(
                            new InetSocketAddress("2001:db8:5::9", 4711), new InetSocketAddress("2001:db8:2::1", 5514))
                    .link(new MacAddress(2), new MacAddress(0))
                    .payload(payload)
                    .build();
        }
        return UdpFrame.between(new InetSocketAddress("203.0.113.9", 4711), new InetSocketAddress("192.0.2.1", 5514))
                .link(new MacAddress(2), new MacAddress(0))
                .payload(payload)
                .build();
    }

    private void run(List<byte[]> frames) {
        topology.node().call(() -> {
            try (BpfTestBench bench = new BpfTestBench(program.rewrite())) {
                frames.forEach(bench::run);
            }
            return null;
        });
    }

    private void repeat(int times, byte[] frame) {
        topology.node().call(() -> {
            try (BpfTestBench bench = new BpfTestBench(program.rewrite())) {
                for (int i = 0; i < times; i++) {
                    bench.run(frame);
                }
            }
            return null;
        });
    }

    private static long accrued(long sinceNs) {
        return Math.ceilDiv((System.nanoTime() - sinceNs) * PER_SECOND, 1_000_000_000L);
    }

    private void assertOthersPassSoon(NodeDatapath datapath, StandardProtocolFamily family) {
        byte[] other = datagram(family, SMALL);
        long before = datapath.counters(0).stats().packetsForwarded();
        assertTrue(
                BoundedWait.until(
                        () -> {
                            run(List.of(other));
                            return datapath.counters(0).stats().packetsForwarded() > before;
                        },
                        LIMIT),
                () -> "what was taken in advance keeps others out: " + datapath.counters(0));
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void shouldForwardNoMorePiecesThanADatagramHasWhenOneIsRepeated(StandardProtocolFamily family) {
        for (boolean isLimited : new boolean[] {false, true}) {
            NodeDatapath datapath = open(family, isLimited);
            List<byte[]> pieces = Fragmenter.cut(datagram(family, LARGE), 7, 1024);
            run(List.of(pieces.getFirst()));
            repeat(REPETITIONS, pieces.get(1));
            ListenerCounters counters = datapath.counters(0);
            assertEquals(1 + MAX_PIECES, counters.stats().packetsForwarded(), counters::toString);
            assertEquals(REPETITIONS - MAX_PIECES, counters.drops().get(DropReason.FRAGMENT.label()));
            assertOthersPassSoon(datapath, family);
            datapath.close();
            tearDown();
            setUp();
        }
    }

    @Test
    void shouldOweNoMoreThanABucketWhenEachOfManyDatagramsHasManyPieces() {
        NodeDatapath datapath = open(StandardProtocolFamily.INET, true);
        long beganNs = System.nanoTime();
        List<List<byte[]>> datagrams = IntStream.rangeClosed(1, BURST)
                .mapToObj(id -> Fragmenter.cut(datagram(StandardProtocolFamily.INET, LARGE), id, 1024))
                .toList();
        // While there are tokens: who is refused by its first piece is refused whole.
        run(datagrams.stream().map(List::getFirst).toList());
        datagrams.forEach(pieces -> repeat(2 * MAX_PIECES, pieces.get(1)));
        long most = BURST + MAX_PIECES + accrued(beganNs);
        ListenerCounters counters = datapath.counters(0);
        assertTrue(counters.stats().packetsForwarded() <= most, () -> counters + ", at most " + most);
        assertOthersPassSoon(datapath, StandardProtocolFamily.INET);
    }

    @Test
    void shouldForgiveWhatAnEarlierVersionLetABucketOwe() {
        NodeDatapath datapath = open(StandardProtocolFamily.INET, true);
        run(List.of(datagram(StandardProtocolFamily.INET, SMALL)));
        topology.node().call(() -> {
            @SuppressWarnings("unchecked")
            ArrayMap<MemorySegment> buckets = (ArrayMap<MemorySegment>) program.map(SharedMaps.LIMIT_BUCKETS);
            MemorySegment bucket = buckets.get(0);
            uf_bucket.pkts(bucket, -1_250_000);
            buckets.put(0, bucket);
            return null;
        });
        repeat(BURST, datagram(StandardProtocolFamily.INET, SMALL));
        assertOthersPassSoon(datapath, StandardProtocolFamily.INET);
    }
}
