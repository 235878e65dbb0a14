package dev.udpfanout.loader.datapath.kernel.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.EndpointStats;
import dev.udpfanout.bindings.abi.endpoint.HashedEndpoints;
import dev.udpfanout.bindings.abi.endpoint.SourceHash;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.libbpf.BpfProgram.TestRun;
import dev.udpfanout.bindings.libbpf.BpfTestBench;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Bpffs;
import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.config.Policy;
import dev.udpfanout.loader.config.ReceiverSet.HashOn;
import dev.udpfanout.loader.control.HashTable;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import dev.udpfanout.loader.datapath.kernel.frames.TestRunNode;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The endpoint follows from the source, in the kernel as in Java, and through every change of policy and daemon. */
@Tag("kernel")
class HashPolicyTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int ENDPOINTS = 7;
    private static final int SOURCES = 2000;
    private static final long SEED = 42;

    static Stream<Arguments> familiesAndKeys() {
        return Stream.of(HashOn.values()).flatMap(on -> Stream.of(Arguments.of(false, on), Arguments.of(true, on)));
    }

    private static Topology topology() {
        return Topology.builder().pods(1).ipv6(true).build();
    }

    private static KernelProgram loaded(Topology topology, Optional<Pins> pins) {
        return topology.node().call(() -> KernelProgram.load(KernelProgram.builtIn(), pins));
    }

    /** Ports of one pod stand for endpoints. */
    private static List<InetSocketAddress> endpoints(Topology topology, boolean ipv6) {
        List<InetSocketAddress> endpoints = new ArrayList<>();
        for (int port = 40_514; endpoints.size() < ENDPOINTS; port++) {
            endpoints.addAll(ipv6 ? topology.podEndpoints6(port) : topology.podEndpoints(port));
        }
        return endpoints;
    }

    private static InetSocketAddress bind(boolean ipv6) {
        return new InetSocketAddress(ipv6 ? "2001:db8:2::1" : "192.0.2.1", 5514);
    }

    private static ListenerText listener(boolean ipv6, Policy policy) {
        return ListenerText.on("lo", ipv6 ? "[2001:db8:2::1]:5514" : "192.0.2.1:5514")
                .with("policy", policy);
    }

    private static List<InetSocketAddress> sources(boolean ipv6) {
        Random random = new Random(SEED);
        List<InetSocketAddress> sources = new ArrayList<>();
        for (int i = 0; i < SOURCES; i++) {
            String host = ipv6
                    ? "2001:db8:5::" + Integer.toHexString(random.nextInt(1, 500))
                    : "203.0." + random.nextInt(2) + "." + random.nextInt(1, 250);
            sources.add(new InetSocketAddress(host, random.nextInt(1, 65_536)));
        }
        return sources;
    }

    private static byte[] frame(InetSocketAddress from, InetSocketAddress to) {
        byte[] payload = new byte[20];
        return from.getAddress() instanceof Inet6Address
                ? Udp6Frame.between(from, to)
                        .link(new MacAddress(2), new MacAddress(0))
                        .payload(payload)
                        .build()
                : UdpFrame.between(from, to)
                        .link(new MacAddress(2), new MacAddress(0))
                        .payload(payload)
                        .build();
    }

    /** Where the program sends a datagram of each source. */
    private static List<InetSocketAddress> destinations(Topology topology, KernelProgram program, boolean ipv6) {
        return topology.node().call(() -> {
            List<InetSocketAddress> destinations = new ArrayList<>();
            try (BpfTestBench bench = new BpfTestBench(program.rewrite())) {
                for (InetSocketAddress source : sources(ipv6)) {
                    TestRun run = bench.run(frame(source, bind(ipv6)));
                    assertEquals(TestRunNode.REDIRECT, run.verdict());
                    destinations.add(destination(run.frame(), ipv6));
                }
            }
            return destinations;
        });
    }

    /** Of a frame without options and extension headers. */
    private static InetSocketAddress destination(byte[] frame, boolean ipv6) throws UnknownHostException {
        int end = 14 + (ipv6 ? 40 : 20);
        byte[] address = Arrays.copyOfRange(frame, end - (ipv6 ? 16 : 4), end);
        return new InetSocketAddress(
                InetAddress.getByAddress(address),
                Short.toUnsignedInt(ByteBuffer.wrap(frame).getShort(end + 2)));
    }

    private static List<InetSocketAddress> expected(List<InetSocketAddress> endpoints, boolean ipv6, HashOn on) {
        HashTable table = HashTable.of(endpoints, Integer.numberOfTrailingZeros(HashedEndpoints.BUCKETS));
        return sources(ipv6).stream()
                .map(source -> on == HashOn.SOURCE
                        ? SourceHash.of(source.getAddress())
                        : SourceHash.of(source.getAddress(), source.getPort()))
                .map(hash -> table.endpoints().get(table.owner(SourceHash.bucket(hash))))
                .toList();
    }

    private static void assertSame(List<InetSocketAddress> expected, List<InetSocketAddress> actual) {
        for (int i = 0; i < SOURCES; i++) {
            assertEquals(expected.get(i), actual.get(i), "source " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("familiesAndKeys")
    void shouldSendEachSourceWhereTheTableSaysAlsoWhenAnEndpointGoes(boolean ipv6, HashOn on) {
        try (Topology topology = topology()) {
            KernelProgram program = loaded(topology, Optional.empty());
            List<InetSocketAddress> endpoints = endpoints(topology, ipv6);
            NodeDatapath datapath = NodeDatapath.open(
                    topology.node(),
                    program,
                    listener(ipv6, Policy.HASH).with("hash_on", on).listener(endpoints));
            List<InetSocketAddress> before = destinations(topology, program, ipv6);
            assertSame(expected(endpoints, ipv6, on), before);
            assertEquals(ENDPOINTS, new HashSet<>(before).size(), "all have some");
            assertEquals(SOURCES, datapath.counters(0).stats().packetsForwarded());
            assertEquals(
                    SOURCES,
                    datapath.counters(0).endpoints().values().stream()
                            .mapToLong(EndpointStats::packets)
                            .sum());

            InetSocketAddress gone = endpoints.removeFirst();
            datapath.apply(0, endpoints.reversed());
            List<InetSocketAddress> after = destinations(topology, program, ipv6);
            for (int i = 0; i < SOURCES; i++) {
                assertTrue(
                        before.get(i).equals(gone)
                                ? !after.get(i).equals(gone)
                                : after.get(i).equals(before.get(i)),
                        "source " + i + " went from " + before.get(i) + " to " + after.get(i));
            }
            datapath.apply(0, List.of());
            topology.node().call(() -> {
                try (BpfTestBench bench = new BpfTestBench(program.rewrite())) {
                    assertEquals(
                            TestRunNode.SHOT,
                            bench.run(frame(sources(ipv6).getFirst(), bind(ipv6)))
                                    .verdict());
                }
                return null;
            });
            assertEquals(1, datapath.counters(0).drops().get("no_endpoints"));
        }
    }

    @Test
    void shouldLoseNothingWhenThePolicyChangesUnderTraffic() {
        try (Topology topology = Topology.builder().pods(3).build()) {
            KernelProgram program = loaded(topology, Optional.empty());
            List<ListenerConfig> policies = Stream.of(Policy.ROUND_ROBIN, Policy.HASH)
                    .map(policy -> ListenerText.on("eth0", "0.0.0.0:" + WayIn.LISTENER_PORT)
                            .with("attach", AttachMethod.TCX)
                            .with("policy", policy)
                            .listener(topology.podEndpoints(WayIn.POD_PORT)))
                    .toList();
            NodeDatapath datapath = NodeDatapath.open(topology.node(), program, policies.getFirst());
            int sent = 6000;
            Thread traffic = Thread.ofPlatform().start(() -> {
                try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
                    sender.send(SendPlan.to(WayIn.NIC_TCX.destination(topology))
                            .datagrams(sent)
                            .perSecond(4000));
                }
            });
            int changes = 0;
            while (traffic.isAlive()) {
                boolean hashed = ++changes % 2 == 1;
                datapath.configure(policies.get(changes % 2));
                assertEquals(
                        hashed,
                        datapath.call(() -> program.map(SharedMaps.HASH_TABLES).has(0)),
                        "a table of buckets");
                assertEquals(
                        !hashed,
                        datapath.call(() -> program.map(SharedMaps.ENDPOINTS).has(0)),
                        "a table of turns");
            }
            assertTrue(
                    BoundedWait.until(() -> datapath.counters(0).stats().packetsForwarded() == sent, LIMIT),
                    () -> datapath.counters(0).toString());
            assertEquals(0, datapath.counters(0).stats().packetsDropped());
            assertTrue(changes > 2, "it never changed");
        }
    }

    @Test
    void shouldGoOnWithTheTableOfAnEarlierDaemonUntilItHasEndpointsOfItsOwn() {
        Bpffs.ensure();
        try (Topology topology = topology()) {
            Optional<Pins> pins = Pins.open(topology.pinDirectory());
            List<InetSocketAddress> endpoints = endpoints(topology, false);
            KernelProgram first = loaded(topology, pins);
            NodeDatapath.open(
                            topology.node(), first, listener(false, Policy.HASH).listener(endpoints))
                    .close();

            KernelProgram second = loaded(topology, pins);
            // As with receivers from Kubernetes before the API server has answered: no endpoints yet.
            NodeDatapath datapath = NodeDatapath.openWithoutEndpoints(
                    topology.node(), second, listener(false, Policy.ROUND_ROBIN).listener(endpoints));
            assertSame(expected(endpoints, false, HashOn.SOURCE), destinations(topology, second, false));
            datapath.apply(0, endpoints);
            assertFalse(
                    datapath.call(() -> second.map(SharedMaps.HASH_TABLES).has(0)),
                    "what is not used any more is gone");
            Set<InetSocketAddress> ofOne = new HashSet<>();
            InetSocketAddress source = new InetSocketAddress(InetAddress.ofLiteral("203.0.113.9"), 4711);
            topology.node().call(() -> {
                try (BpfTestBench bench = new BpfTestBench(second.rewrite())) {
                    for (int i = 0; i < 10 * ENDPOINTS; i++) {
                        ofOne.add(destination(
                                bench.run(frame(source, bind(false))).frame(), false));
                    }
                }
                return null;
            });
            assertEquals(new HashSet<>(endpoints), ofOne, "now each in turn");
        }
    }
}
