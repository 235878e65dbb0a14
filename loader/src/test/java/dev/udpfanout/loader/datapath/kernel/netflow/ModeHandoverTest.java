package dev.udpfanout.loader.datapath.kernel.netflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.NetflowConfig;
import dev.udpfanout.loader.datapath.mode.NodeModes;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one mode has learnt of exporters, the other knows: a collector that joins after the change misses nothing. */
@Tag("kernel")
class ModeHandoverTest {
    private static final String NAME = "flows";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path memory;

    @Test
    void shouldHandTemplatesOverInBothDirections() throws Exception {
        NetflowConfig inMemory = NetflowConfig.IN_MEMORY;
        NetflowConfig netflow = new NetflowConfig(
                inMemory.maxTemplates(), inMemory.lifetime(), Optional.of(memory), inMemory.retelling());
        try (Topology topology = Topology.builder().pods(3).build()) {
            List<InetSocketAddress> pods = topology.podEndpoints(NodeModes.POD_PORT);
            NodeModes modes = NodeModes.open(topology, netflow, listener("tc_ebpf", pods.subList(0, 1)));
            try (FlowCollector first = FlowCollector.open(topology.pod(1), NodeModes.POD_PORT);
                    FlowCollector second = FlowCollector.open(topology.pod(2), NodeModes.POD_PORT);
                    FlowCollector third = FlowCollector.open(topology.pod(3), NodeModes.POD_PORT);
                    DatagramSocket exporter = topology.client().call(() -> new DatagramSocket())) {
                send(exporter, new FlowMessage(false, 0).template());
                assertTrue(BoundedWait.until(() -> first.templates().size() == 1, LIMIT));

                join(modes, "userspace", pods.subList(1, 2));
                send(exporter, new FlowMessage(false, 1).optionsTemplate().data(11));
                await(second, 11);
                send(exporter, new FlowMessage(false, 2).options(100));
                assertTrue(BoundedWait.until(() -> second.sampled().size() == 1, LIMIT));

                join(modes, "tc_ebpf", pods.subList(2, 3));
                send(exporter, new FlowMessage(false, 3).data(22));
                await(third, 22);
                assertEquals(1, third.sampled().size(), "the options data that came in user space");
            }
        }
    }

    private static ListenerConfig listener(String mode, List<InetSocketAddress> pods) {
        return NodeModes.onNic()
                .with("name", NAME)
                .with("mode", mode)
                .with("payload", "netflow")
                .listener(pods);
    }

    private static void join(NodeModes modes, String mode, List<InetSocketAddress> joining) {
        modes.configure(listener(mode, joining));
        assertEquals(mode, modes.state(NAME).mode());
        modes.apply(NAME, joining);
    }

    private static void await(FlowCollector collector, int record) {
        assertTrue(
                BoundedWait.until(() -> collector.records().equals(List.of(record)), LIMIT),
                () -> collector.records() + " " + collector.faults());
        assertEquals(List.of(), collector.faults());
    }

    private static void send(DatagramSocket exporter, FlowMessage message) throws IOException {
        byte[] bytes = message.bytes();
        exporter.send(new DatagramPacket(bytes, bytes.length, NodeModes.NODE));
    }
}
