package dev.udpfanout.loader.datapath.kernel.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.libbpf.BpfProgram.TestRun;
import dev.udpfanout.bindings.libbpf.BpfTestBench;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.MetricNameOracle;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.frames.TestRunNode;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The endpoint follows from the name of a StatsD payload's first metric, in the kernel as in Java. */
@Tag("kernel")
class MetricNameTest {
    private static final int DATAGRAMS = 3000;
    private static final long SEED = 11;

    private static ListenerConfig listener(Topology topology, boolean ipv6) {
        return ListenerText.on("lo", ipv6 ? "[2001:db8:2::1]:5514" : "192.0.2.1:5514")
                .with("policy", "hash")
                .with("payload", "statsd")
                .listener(PayloadKeyTest.endpoints(topology, ipv6));
    }

    /** Names of every length around that of a word and the longest one, some without an end, some with odd bytes. */
    private static byte[] payload(Random random) {
        byte[] name = new byte[random.nextInt(Limits.MAX_NAME_BYTES + 4)];
        random.nextBytes(name);
        if (random.nextInt(4) > 0) {
            for (int i = 0; i < name.length; i++) {
                name[i] = (byte) ('a' + Math.floorMod(name[i], 26));
            }
        }
        String behind = List.of(":1|c", "", "\n", "\nb:1|g", ":", ":1|c\nb:2|g").get(random.nextInt(6));
        return (new String(name, StandardCharsets.ISO_8859_1) + behind).getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSendEachDatagramWhereItsFirstNameLeads(boolean ipv6) {
        try (Topology topology = PayloadKeyTest.topology()) {
            KernelProgram program =
                    topology.node().call(() -> KernelProgram.load(KernelProgram.builtIn(), Optional.empty()));
            List<InetSocketAddress> endpoints = PayloadKeyTest.endpoints(topology, ipv6);
            NodeDatapath datapath = NodeDatapath.open(topology.node(), program, listener(topology, ipv6));
            // A node that learned of them in another order.
            MetricNameOracle oracle = new MetricNameOracle(endpoints.reversed());
            Set<InetSocketAddress> inTurn = new HashSet<>();
            Set<InetSocketAddress> byName = new HashSet<>();
            topology.node().call(() -> {
                Random random = new Random(SEED);
                try (BpfTestBench bench = new BpfTestBench(program.rewrite())) {
                    for (int i = 0; i < DATAGRAMS; i++) {
                        byte[] payload = payload(random);
                        TestRun run =
                                bench.run(PayloadKeyTest.frame(PayloadKeyTest.source(ipv6, 1 + i % 200), payload));
                        assertEquals(TestRunNode.REDIRECT, run.verdict());
                        InetSocketAddress destination = PayloadKeyTest.destination(run.frame(), ipv6);
                        Optional<InetSocketAddress> expected = oracle.endpoint(payload);
                        if (expected.isPresent()) {
                            assertEquals(expected.get(), destination, "datagram " + i);
                        }
                        (expected.isPresent() ? byName : inTurn).add(destination);
                    }
                }
                return null;
            });
            assertEquals(Set.copyOf(endpoints), inTurn);
            assertEquals(Set.copyOf(endpoints), byName);
            assertEquals(DATAGRAMS, datapath.counters(0).stats().packetsForwarded());
        }
    }
}
