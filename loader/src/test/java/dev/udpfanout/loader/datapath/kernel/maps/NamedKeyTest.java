package dev.udpfanout.loader.datapath.kernel.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.libbpf.BpfTestBench;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.config.PayloadKey.Named;
import dev.udpfanout.loader.control.PayloadKeyOracle;
import dev.udpfanout.loader.control.ProtocolDatagram;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Datagrams of the protocols that keys are named for, in the kernel and on a node that learnt of endpoints otherwise.
 */
@Tag("kernel")
class NamedKeyTest {
    private static final int KEYS = 100;
    private static final int OF_EACH = 5;

    @ParameterizedTest
    @EnumSource(Named.class)
    void shouldSendWhatBelongsTogetherToOneEndpointOnEveryNode(Named named) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (Topology topology = PayloadKeyTest.topology()) {
            KernelProgram program =
                    topology.node().call(() -> KernelProgram.load(KernelProgram.builtIn(), Optional.empty()));
            List<InetSocketAddress> here = new ArrayList<>(PayloadKeyTest.endpoints(topology, false));
            List<InetSocketAddress> there = new ArrayList<>(here);
            Collections.shuffle(here, random);
            Collections.shuffle(there, random);
            NodeDatapath.open(
                    topology.node(),
                    program,
                    ListenerText.on("lo", "192.0.2.1:5514")
                            .with("policy", "hash")
                            .with("hash_on", named.text())
                            .listener(here));
            PayloadKeyOracle oracle = new PayloadKeyOracle(there, named.key());
            InetSocketAddress source = PayloadKeyTest.source(false, 7);
            topology.node().call(() -> {
                try (BpfTestBench bench = new BpfTestBench(program.rewrite())) {
                    for (int i = 0; i < KEYS * OF_EACH; i++) {
                        byte[] payload = ProtocolDatagram.of(named, i / OF_EACH, random);
                        assertEquals(
                                oracle.endpoint(source.getAddress(), payload),
                                Optional.of(PayloadKeyTest.destination(
                                        bench.run(PayloadKeyTest.frame(source, payload))
                                                .frame(),
                                        false)),
                                "datagram " + i + " of seed " + seed);
                    }
                }
                return null;
            });
        }
    }
}
