package dev.udpfanout.loader.drops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.bindings.libbpf.BpfTestBench;
import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.FrameSender;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.loader.config.reader.SocketAddressText;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.trace.OwnNamespace;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Drops whose packet the program does not free are told one by one, too: what becomes the answer to its sender, what
 * the stack answers, and a copy for which the kernel has no room.
 */
@Tag("kernel")
class PassedDropsTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int PER_SECOND = 100;
    private static final int POLL_MS = 50;
    private static final int MTU = 1400;
    private static final int PAYLOAD = 1420;
    private static final int SENDER_PORT = 4711;
    private static final int PODS = 3;

    private final List<DropEvent> events = new ArrayList<>();

    private static boolean isIpv6(StandardProtocolFamily family) {
        return family == StandardProtocolFamily.INET6;
    }

    private static byte[] frame(StandardProtocolFamily family, InetSocketAddress to) {
        byte[] payload = new byte[PAYLOAD];
        return isIpv6(family)
                ? Udp6Frame.between(new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS6, SENDER_PORT), to)
                        .payload(payload)
                        .build()
                : UdpFrame.between(new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, SENDER_PORT), to)
                        .payload(payload)
                        .build();
    }

    /** Watches while something happens, until the daemon's counters have it; what was told by then. */
    private DropWatch.Totals watch(Topology topology, Runnable happening, NodeDatapath datapath, DropReason reason) {
        return topology.node().call(() -> {
            try (DropWatch watch = DropWatch.begin(OwnNamespace.inode(), PER_SECOND, events::add)) {
                happening.run();
                long end = System.nanoTime() + LIMIT.toNanos();
                while (System.nanoTime() < end
                        && (events.isEmpty() || datapath.counters(0).drops().get(reason.label()) == 0)) {
                    watch.poll(POLL_MS);
                }
                // What is told a second time comes as the packet goes on.
                watch.poll(POLL_MS);
                return watch.totals();
            }
        });
    }

    private DropEvent only(DropWatch.Totals totals) {
        assertEquals(1, events.size(), events::toString);
        assertEquals(new DropWatch.Totals(1, 1), totals);
        return events.getFirst();
    }

    @ParameterizedTest
    @EnumSource(
            value = StandardProtocolFamily.class,
            names = {"INET", "INET6"})
    void shouldTellOnceOfWhatIsTooBigWhoeverAnswersIt(StandardProtocolFamily family) {
        try (Topology topology = Topology.builder().pods(1).ipv6(isIpv6(family)).build()) {
            topology.node().exec("ip", "link", "set", "cni0", "mtu", Integer.toString(MTU));
            NodeDatapath datapath = WayIn.NIC_TCX.open(topology, family);
            InetSocketAddress to = WayIn.NIC_TCX.destination(topology, family);
            DropEvent told = only(watch(
                    topology,
                    () -> {
                        try (FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
                            sender.send(frame(family, to));
                        }
                    },
                    datapath,
                    DropReason.TOO_BIG));
            assertEquals("too_big", told.reason());
            assertEquals("eth0", told.device());
            assertEquals(Optional.of(to), told.destination());
            assertEquals(SENDER_PORT, told.source().orElseThrow().getPort());
            assertEquals(PAYLOAD + (isIpv6(family) ? 48 : 28), told.bytes());
        }
    }

    @Test
    void shouldTellOfACopyThatTheKernelDoesNotTakeAndWhoseItWas() {
        try (Topology topology = Topology.builder().pods(PODS).build()) {
            InetSocketAddress to = new InetSocketAddress("192.0.2.1", WayIn.LISTENER_PORT);
            KernelProgram program = topology.node().call(() -> KernelProgram.load(KernelProgram.builtIn()));
            NodeDatapath datapath = NodeDatapath.open(
                    topology.node(),
                    program,
                    ListenerText.on("lo", SocketAddressText.write(to))
                            .with("policy", "replicate")
                            .listener(topology.podEndpoints(WayIn.POD_PORT)));
            // What comes in by an interface that is down is freed.
            topology.node().exec("ip", "link", "set", "lo", "down");
            DropWatch.Totals totals = watch(
                    topology,
                    () -> {
                        try (BpfTestBench bench = new BpfTestBench(program.rewrite())) {
                            bench.run(UdpFrame.between(
                                            new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, SENDER_PORT), to)
                                    .link(new MacAddress(2), new MacAddress(0))
                                    .build());
                        }
                    },
                    datapath,
                    DropReason.COPY_FAILED);
            assertEquals(new DropWatch.Totals(PODS - 1, PODS - 1), totals, events::toString);
            assertEquals(PODS - 1, datapath.counters(0).drops().get(DropReason.COPY_FAILED.label()));
            assertTrue(
                    events.stream()
                            .allMatch(told -> told.reason().equals("copy_failed")
                                    && told.source().orElseThrow().getPort() == SENDER_PORT),
                    events::toString);
            assertEquals(
                    PODS - 1,
                    events.stream()
                            .mapToInt(DropEvent::counter)
                            .filter(counter -> counter > 0)
                            .distinct()
                            .count(),
                    events::toString);
        }
    }

    @Test
    void shouldTellOfWhatTheStackAnswersForAHookAtEgress() {
        try (Topology topology = Topology.builder().pods(1).build()) {
            NodeDatapath datapath = WayIn.DUMMY_EGRESS_TCX.open(topology);
            InetSocketAddress to = new InetSocketAddress("10.255.0.1", WayIn.LISTENER_PORT);
            DropEvent told = only(watch(
                    topology,
                    () -> {
                        try (FrameSender sender = FrameSender.open(topology.node(), "dummy0")) {
                            sender.send(UdpFrame.between(
                                            new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, SENDER_PORT), to)
                                    .ttl(0)
                                    .build());
                        }
                    },
                    datapath,
                    DropReason.TTL_EXPIRED));
            assertEquals("ttl_expired", told.reason());
            assertEquals("dummy0", told.device());
            assertEquals(Optional.of(to), told.destination());
        }
    }
}
