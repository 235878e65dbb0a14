package dev.udpfanout.loader.datapath.kernel.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
    private static final FlowCounters NONE = new FlowCounters(-1, 0, 0, 0);

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(1).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private static ListenerConfig listener(boolean replies) {
        try {
            return new ConfigReader(name -> true)
                    .parse("""
                            listeners:
                              - interface: lo
                                bind: "192.0.2.1:53"
                                replies: %s
                                downstream: [ { address: "10.42.0.11:53" } ]
                            """.formatted(replies), "test")
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
        assertEquals(asked, datapath.counters(0).replies().orElseThrow().flowsCreated(), "each is a flow of its own");
        assertTrue(
                BoundedWait.until(
                        () -> {
                            FlowCounters seen = datapath.flows().orElse(NONE);
                            return seen.expired() + seen.evicted() == asked && seen.present() == 0;
                        },
                        LIMIT),
                () -> "" + datapath.flows());
        FlowCounters seen = datapath.flows().orElseThrow();
        assertEquals(MAX, seen.max());
        assertTrue(seen.evicted() >= asked - 2 * MAX && seen.evicted() < asked, () -> "" + seen);
    }

    @Test
    void shouldTakeNoMemoryWhereNobodyAnswers() {
        KernelProgram program = load(Duration.ofSeconds(120));
        NodeDatapath datapath = NodeDatapath.open(topology.node(), program, listener(false));
        FlowTable table = new FlowTable(program.map(SharedMaps.FLOWS), program.flowsConfig(), Optional.empty());
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
