package dev.udpfanout.loader.datapath.kernel.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.bindings.abi.counter.EarlyFragments;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.Fragmenter;
import dev.udpfanout.lab.frames.FrameSender;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.loader.config.ListenerBuilder;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fragments whose first one never comes: they are not sent on several times over, and each is counted. */
@Tag("kernel")
class UnknownFragmentTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int FRAGMENTS = 20_000;

    /** A second, each CPU, each source: {@code UF_EARLY_COST_NS} of early_fragment.h. */
    private static final int COPIES_PER_SECOND = 512;

    /** What else a pod gets while a test runs: ARP, neighbour discovery. */
    private static final int OTHER_FRAMES = 50;

    private static byte[] follower(StandardProtocolFamily family, InetSocketAddress to, int identification) {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        InetSocketAddress from =
                new InetSocketAddress(ipv6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS, 4711);
        byte[] payload = new byte[100];
        byte[] whole = ipv6
                ? Udp6Frame.between(from, to).payload(payload).build()
                : UdpFrame.between(from, to).payload(payload).build();
        return Fragmenter.cut(whole, identification, 64).get(1);
    }

    /** Frames that a namespace has received on eth0: the second number of its line in proc_net(5)'s dev. */
    private static long framesAt(LabNamespace pod) {
        return pod.call(() -> Files.readAllLines(Path.of("/proc/thread-self/net/dev")).stream()
                .map(String::trim)
                .filter(line -> line.startsWith("eth0:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring("eth0:".length()).trim().split("\\s+")[1]))
                .sum());
    }

    private static NodeDatapath open(WayIn wayIn, Topology topology, StandardProtocolFamily family, int listeners) {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        ListenerConfig first = ipv6 ? wayIn.listener(topology.podEndpoints6(WayIn.POD_PORT)) : wayIn.listener(topology);
        List<ListenerConfig> all = new ArrayList<>();
        for (int i = 0; i < listeners; i++) {
            all.add(ListenerBuilder.like(first)
                    .id(i)
                    .name("listener" + i)
                    .at(new InetSocketAddress(
                            ipv6 ? "::" : first.bind().getAddress().getHostAddress(), 5514 + i))
                    .build());
        }
        return NodeDatapath.open(topology.node(), all.toArray(ListenerConfig[]::new));
    }

    @ParameterizedTest
    @CsvSource({
        "NIC_TCX, INET, 8",
        "NIC_TCX, INET6, 8",
        "NIC_TCX, INET, 1",
        "DUMMY_TCX, INET, 8",
        "DUMMY_TCX, INET, 1",
        "DUMMY_EGRESS_TCX, INET, 8"
    })
    void shouldSendFewOnAndCountAllWhenTheFirstNeverComes(WayIn wayIn, StandardProtocolFamily family, int listeners) {
        try (Topology topology = Topology.builder()
                        .pods(1)
                        .ipv6(family == StandardProtocolFamily.INET6)
                        .build();
                NodeDatapath datapath = open(wayIn, topology, family, listeners);
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            LabNamespace pod = topology.pods().getFirst();
            // Straight to the dummy interface, without conntrack's defragmentation on the way.
            InetSocketAddress to =
                    wayIn.isOnDummy() ? wayIn.listener(topology).bind() : wayIn.destination(topology, family);
            long framesBefore = framesAt(pod);
            long beganNs = System.nanoTime();
            for (int i = 0; i < FRAGMENTS; i++) {
                sender.send(follower(family, to, i + 1));
            }
            assertTrue(
                    BoundedWait.until(() -> datapath.earlyFragments().received() >= FRAGMENTS, LIMIT),
                    () -> datapath.earlyFragments().toString());
            double seconds = (System.nanoTime() - beganNs) / 1e9;
            EarlyFragments early = datapath.earlyFragments();
            assertEquals(FRAGMENTS, early.received());
            long most = (long) (COPIES_PER_SECOND * (1 + seconds) * BpfMap.possibleCpus());
            assertTrue(early.sent() > 0 && early.sent() <= most, () -> early + ", at most " + most);
            assertEquals(FRAGMENTS - early.sent() / listeners, early.refused(), early::toString);
            long frames = framesAt(pod) - framesBefore;
            assertTrue(frames <= early.sent() + OTHER_FRAMES, () -> frames + " frames at the pod, " + early);
            long dropped = 0;
            for (int i = 0; i < listeners; i++) {
                dropped += datapath.counters(i).drops().get(DropReason.FRAGMENT.label());
            }
            // On a NIC the node itself gets the fragment, so it is not lost.
            assertEquals(wayIn.isOnDummy() ? early.refused() : 0, dropped);
        }
    }
}
