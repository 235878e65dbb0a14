package dev.udpfanout.loader.datapath.kernel.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.admission.PacketLimit;
import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.BpfTestBench;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.Fragmenter;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How much is let through: never more than the limit, whatever comes on whichever CPU. */
@Tag("kernel")
class RateLimitTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final InetSocketAddress FROM = new InetSocketAddress("203.0.113.9", 4711);
    private static final InetSocketAddress TO = new InetSocketAddress("192.0.2.1", 5514);
    private static final int SECOND_NS = 1_000_000_000;

    private Topology topology;
    private KernelProgram program;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(1).build();
        program = topology.node().call(() -> KernelProgram.load(KernelProgram.builtIn()));
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private ListenerConfig limited(String interfaceName, String bind, String limit) {
        return ListenerText.on(interfaceName, bind)
                .with("attach", AttachMethod.TCX)
                .with("rate_limit", "{ " + limit + " }")
                .listener(topology.podEndpoints(WayIn.POD_PORT));
    }

    /** On the interface at which test runs come in. */
    private NodeDatapath open(String limit) {
        return NodeDatapath.open(topology.node(), program, limited("lo", "192.0.2.1:5514", limit));
    }

    private static UdpFrame frame(int payloadBytes) {
        return UdpFrame.between(FROM, TO)
                .link(new MacAddress(2), new MacAddress(0))
                .payload(new byte[payloadBytes]);
    }

    private static long limitedPackets(ListenerCounters counters) {
        assertEquals(counters.stats().packetsDropped(), counters.drops().get(DropReason.RATE_LIMITED.label()));
        return counters.stats().packetsDropped();
    }

    /** What the bucket held may have grown by so much meanwhile. */
    private static long accrued(long perSecond, long sinceNs) {
        return Math.ceilDiv((System.nanoTime() - sinceNs) * perSecond, SECOND_NS);
    }

    private void run(int count, UdpFrame frame) {
        byte[] bytes = frame.build();
        topology.node().call(() -> {
            try (BpfTestBench bench = new BpfTestBench(program.rewrite())) {
                for (int i = 0; i < count; i++) {
                    bench.run(bytes);
                }
            }
            return null;
        });
    }

    @Test
    void shouldLetTheBurstThroughAndCountTheRestWhenMoreComesAtOnce() {
        NodeDatapath datapath = open("packets_per_second: 1, burst: 500");
        long beganNs = System.nanoTime();
        run(2000, frame(10));
        ListenerCounters counters = datapath.counters(0);
        long most = 500 + accrued(1, beganNs);
        long least = PacketLimit.of(1, 500, BpfMap.possibleCpus(), 1).bucketPackets();
        long forwarded = counters.stats().packetsForwarded();
        assertTrue(forwarded >= least && forwarded <= most, () -> forwarded + " of " + least + " to " + most);
        assertEquals(2000 - forwarded, limitedPackets(counters));
    }

    @Test
    void shouldMakeUpForASuperPacketThatTookMoreThanThereWas() {
        NodeDatapath datapath = open("packets_per_second: 20, burst: 1");
        int segments = 60;
        topology.node().call(() -> {
            try (BpfTestBench bench = new BpfTestBench(program.rewrite())) {
                bench.segments(segments, 50).run(frame(segments * 50).build());
            }
            return null;
        });
        assertEquals(segments, datapath.counters(0).stats().packetsForwarded(), "the bucket was full");
        long takenNs = System.nanoTime();
        // 59 more than there were, and one for the next: 3 s.
        Duration owed = Duration.ofMillis(2500);
        int tries = 0;
        while (System.nanoTime() - takenNs < owed.toNanos()) {
            run(100, frame(10));
            tries += 100;
            if (System.nanoTime() - takenNs < owed.toNanos()) {
                assertEquals(segments, datapath.counters(0).stats().packetsForwarded(), "after " + tries);
            }
        }
        assertTrue(
                BoundedWait.until(
                        () -> {
                            run(1, frame(10));
                            return datapath.counters(0).stats().packetsForwarded() > segments;
                        },
                        LIMIT),
                "never again");
    }

    @Test
    void shouldForwardOrRefuseADatagramInFragmentsWhole() {
        NodeDatapath datapath = open("packets_per_second: 1, burst: 1");
        List<byte[]> pieces = new ArrayList<>(Fragmenter.cut(frame(3900).build(), 7, 1024));
        int each = pieces.size();
        pieces.addAll(Fragmenter.cut(frame(3900).build(), 8, 1024));
        long beganNs = System.nanoTime();
        topology.node().call(() -> {
            try (BpfTestBench bench = new BpfTestBench(program.rewrite())) {
                pieces.forEach(bench::run);
            }
            return null;
        });
        assertTrue(System.nanoTime() - beganNs < 4L * SECOND_NS, "too slow to tell");
        assertEquals(each, datapath.counters(0).stats().packetsForwarded(), "all of the first");
        assertEquals(each, limitedPackets(datapath.counters(0)), "none of the second, for which the first has paid");
    }

    @Test
    void shouldKeepTheLimitOverAllCpusWhenSeveralSendersSendMoreThanIsAllowed() throws InterruptedException {
        int perSecond = 2000;
        int burst = 300;
        NodeDatapath datapath = NodeDatapath.open(
                topology.node(),
                program,
                limited("eth0", "0.0.0.0:" + WayIn.LISTENER_PORT, "packets_per_second: 2000, burst: 300"));
        int each = 10_000;
        int senders = 3;
        long beganNs = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < senders; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
                    sender.send(SendPlan.to(WayIn.NIC_TCX.destination(topology))
                            .datagrams(each)
                            .perSecond(each));
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertTrue(
                BoundedWait.until(() -> datapath.counters(0).stats().packetsReceived() == (long) senders * each, LIMIT),
                () -> datapath.counters(0).toString());
        ListenerCounters counters = datapath.counters(0);
        long most = burst + accrued(perSecond, beganNs);
        assertTrue(counters.stats().packetsForwarded() <= most, () -> counters + ", at most " + most);
        assertTrue(counters.stats().packetsForwarded() >= burst / 2, counters::toString);
        assertEquals(senders * each - counters.stats().packetsForwarded(), limitedPackets(counters));
    }

    @Test
    void shouldGoByTheNewLimitWhenItChangesAndByNoneWhenItIsTakenAway() {
        NodeDatapath datapath = open("packets_per_second: 1, burst: 10");
        long beganNs = System.nanoTime();
        run(100, frame(10));
        long first = datapath.counters(0).stats().packetsForwarded();
        assertTrue(first <= 10 + accrued(1, beganNs), () -> "forwarded " + first);
        datapath.configure(limited("lo", "192.0.2.1:5514", "packets_per_second: 100000000, burst: 100000000"));
        assertEquals(
                PacketLimit.of(100_000_000, 100_000_000, BpfMap.possibleCpus(), 2),
                datapath.call(() -> new RateLimits(program.map(SharedMaps.LIMITS)).of(0)));
        assertTrue(
                BoundedWait.until(
                        () -> {
                            run(1, frame(10));
                            return datapath.counters(0).stats().packetsForwarded() > first + 50;
                        },
                        LIMIT),
                "the old limit holds");
        datapath.configure(ListenerText.on("lo", "192.0.2.1:5514")
                .with("attach", AttachMethod.TCX)
                .listener(topology.podEndpoints(WayIn.POD_PORT)));
        long before = datapath.counters(0).stats().packetsForwarded();
        run(1000, frame(10));
        assertEquals(before + 1000, datapath.counters(0).stats().packetsForwarded());
    }
}
