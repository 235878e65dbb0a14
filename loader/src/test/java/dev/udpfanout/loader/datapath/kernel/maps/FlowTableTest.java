package dev.udpfanout.loader.datapath.kernel.maps;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.libbpf.BpfTestBench;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.lab.process.Command;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.datapath.FlowCounters;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The table of flows: it is there when somebody needs it, it has a bound, and what is idle goes out of it. */
@Tag("kernel")
class FlowTableTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final InetSocketAddress ASKED = new InetSocketAddress("192.0.2.1", 53);
    private static final int MAX = 1024;
    private static final int LAST_BYTE_OF_DESTINATION = 33;
    private static final FlowCounters NONE = new FlowCounters(-1, 0, 0, 0, 0, 0);

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(3).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private static ListenerConfig listener(boolean replies) {
        return listener(replies, 1);
    }

    private static ListenerConfig listener(boolean replies, int pods) {
        String downstream = IntStream.rangeClosed(1, pods)
                .mapToObj(pod -> "{ address: \"10.42.0.%d:53\" }".formatted(10 + pod))
                .collect(Collectors.joining(", "));
        try {
            return new ConfigReader(name -> true)
                    .parse("""
                            listeners:
                              - interface: lo
                                bind: "192.0.2.1:53"
                                replies: %s
                                downstream: [ %s ]
                            """.formatted(replies, downstream), "test")
                    .listeners()
                    .getFirst();
        } catch (InvalidConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private KernelProgram load(Duration idleTimeout) {
        return topology.node()
                .call(() -> KernelProgram.load(
                        KernelProgram.builtIn(), Optional.empty(), new FlowsConfig(MAX, idleTimeout)));
    }

    private void ask(KernelProgram program, int clients) {
        topology.node().call(() -> {
            try (BpfTestBench bench = new BpfTestBench(program.rewrite())) {
                for (int client = 0; client < clients; client++) {
                    InetSocketAddress from = new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, 10_000 + client);
                    bench.run(UdpFrame.between(from, ASKED)
                            .link(new MacAddress(2), new MacAddress(0))
                            .build());
                }
                return null;
            }
        });
    }

    @Test
    void shouldHoldNoMoreFlowsThanAreAskedForAndCountThoseThatGo() {
        KernelProgram program = load(Duration.ofSeconds(2));
        NodeDatapath datapath = NodeDatapath.open(topology.node(), program, listener(true));
        int asked = 3 * MAX;
        ask(program, asked);
        long created = datapath.counters(0).replies().orElseThrow().flowsCreated();
        assertTrue(created >= MAX, "there is room for " + MAX + ", but only " + created + " were made");
        assertTrue(
                BoundedWait.until(
                        () -> {
                            FlowCounters seen = datapath.flows().orElse(NONE);
                            return seen.expired() + seen.evicted() == created && seen.present() == 0;
                        },
                        LIMIT),
                () -> "" + datapath.flows());
        FlowCounters seen = datapath.flows().orElseThrow();
        assertEquals(MAX, seen.max());
        assertEquals(asked, created + seen.withoutRoom(), "each is a flow of its own, or was refused");
        assertTrue(seen.evicted() + seen.withoutRoom() >= asked - MAX, () -> "" + seen);
    }

    /** Which pod each client's datagram goes to: the last byte of the address that is written into it. */
    private int[] askOnce(KernelProgram program, int clients) {
        return topology.node().call(() -> {
            try (BpfTestBench bench = new BpfTestBench(program.rewrite())) {
                int[] pods = new int[clients];
                for (int client = 0; client < clients; client++) {
                    InetSocketAddress from = new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, 10_000 + client);
                    byte[] frame = UdpFrame.between(from, ASKED)
                            .link(new MacAddress(2), new MacAddress(0))
                            .build();
                    pods[client] = bench.run(frame).frame()[LAST_BYTE_OF_DESTINATION];
                }
                return pods;
            }
        });
    }

    @Test
    void shouldKeepTheClientsThatItHasRoomForWhenALittleTooManyKeepAsking() {
        KernelProgram program = load(Duration.ofSeconds(60));
        NodeDatapath datapath = NodeDatapath.open(topology.node(), program, listener(true, 3));
        int clients = MAX * 5 / 4;
        int[] first = askOnce(program, clients);
        boolean[] changed = new boolean[clients];
        // Longer than a flow is safe by its age alone.
        long untilNs = System.nanoTime() + Duration.ofSeconds(4).toNanos();
        int rounds = 1;
        for (; System.nanoTime() < untilNs || rounds < 4; rounds++) {
            int[] now = askOnce(program, clients);
            for (int client = 0; client < clients; client++) {
                changed[client] |= now[client] != first[client];
            }
        }
        int stayed = 0;
        for (boolean each : changed) {
            stayed += each ? 0 : 1;
        }
        int kept = stayed;
        assertTrue(kept >= MAX, () -> kept + " of " + clients + " stayed with their pod, there is room for " + MAX);
        assertEquals(MAX, datapath.counters(0).replies().orElseThrow().flowsCreated());
        int asked = rounds;
        assertTrue(
                BoundedWait.until(
                        () -> datapath.flows().orElse(NONE).withoutRoom() == (long) (clients - MAX) * asked, LIMIT),
                () -> asked + " rounds: " + datapath.flows());
        assertEquals(0, datapath.flows().orElseThrow().evicted());
    }

    @Test
    void shouldSendNothingToAnEndpointThatHasLeftHoweverSteadilyItsFlowsGoOn() {
        KernelProgram program = load(Duration.ofSeconds(60));
        NodeDatapath datapath = NodeDatapath.open(topology.node(), program, listener(true, 3));
        int clients = 300;
        int[] first = askOnce(program, clients);
        for (int round = 0; round < 3; round++) {
            assertArrayEquals(first, askOnce(program, clients), "each stays with its pod");
        }
        int gone = first[0];
        datapath.apply(
                0,
                IntStream.rangeClosed(11, 13)
                        .filter(pod -> pod != gone)
                        .mapToObj(pod -> new InetSocketAddress("10.42.0." + pod, 53))
                        .toList());
        int[] now = askOnce(program, clients);
        for (int client = 0; client < clients; client++) {
            if (first[client] == gone) {
                assertNotEquals(gone, now[client], "client " + client + " is sent to a pod that has left");
            } else {
                assertEquals(first[client], now[client], "client " + client + " stays with its pod");
            }
        }
    }

    /** That a flow is in use is noted once a second only. */
    @Test
    void shouldKeepASteadyFlowWhenTheTimeOutIsTheShortest() {
        KernelProgram program = load(Duration.ofSeconds(1));
        NodeDatapath datapath = NodeDatapath.open(topology.node(), program, listener(true, 3));
        int[] first = askOnce(program, 1);
        long untilNs = System.nanoTime() + Duration.ofSeconds(4).toNanos();
        while (System.nanoTime() < untilNs) {
            assertArrayEquals(first, askOnce(program, 1), "the client stays with its pod");
        }
        assertEquals(1, datapath.counters(0).replies().orElseThrow().flowsCreated());
        assertEquals(0, datapath.flows().orElse(NONE).expired());
    }

    @Test
    void shouldGiveTheRoomOfClientsThatAskedOnceToOthers() {
        KernelProgram program = load(Duration.ofSeconds(60));
        NodeDatapath datapath = NodeDatapath.open(topology.node(), program, listener(true));
        ask(program, MAX);
        assertTrue(
                BoundedWait.until(
                        () -> {
                            InetSocketAddress from = new InetSocketAddress("192.168.1.11", 10_000);
                            topology.node().call(() -> {
                                try (BpfTestBench bench = new BpfTestBench(program.rewrite())) {
                                    return bench.run(UdpFrame.between(from, ASKED)
                                            .link(new MacAddress(2), new MacAddress(0))
                                            .build());
                                }
                            });
                            return datapath.counters(0).replies().orElseThrow().flowsCreated() == MAX + 1;
                        },
                        LIMIT),
                () -> "" + datapath.flows());
        assertTrue(BoundedWait.until(() -> datapath.flows().orElse(NONE).evicted() == 1, LIMIT));
    }

    @Test
    void shouldTakeNoMemoryWhereNobodyAnswers() {
        KernelProgram program = load(Duration.ofSeconds(120));
        NodeDatapath datapath = NodeDatapath.open(topology.node(), program, listener(false));
        FlowTable table = new FlowTable(
                program.map(SharedMaps.FLOWS),
                program.map(SharedMaps.FLOW_CHANGES),
                program.flowsConfig(),
                Optional.empty());
        assertEquals(Optional.empty(), table.id());
        datapath.configure(listener(true));
        String shown = Command.run(List.of(
                "bpftool",
                "--json",
                "map",
                "show",
                "id",
                table.id().orElseThrow().toString()));
        assertTrue(shown.contains("\"max_entries\":" + 2 * MAX), shown);
        datapath.configure(listener(false));
        assertEquals(Optional.empty(), table.id());
    }
}
