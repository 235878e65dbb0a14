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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one mode has learnt of exporters, the other knows: a collector that joins after the change misses nothing. */
@Tag("kernel")
class ModeHandoverTest {
    private static final String NAME = "flows";
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final List<String> CHANGES = List.of("userspace", "tc_ebpf", "userspace", "tc_ebpf");

    /** Records between two changes. */
    private static final int SOME = 200;

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

    /** Records come all the time: the one datapath lets go of them when the other has them. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldLoseAndDoubleNoRecordWhileTheModeChanges(boolean onDummy) throws Exception {
        List<FlowCollector> collectors = new ArrayList<>();
        try (Topology topology = Topology.builder().pods(3).build()) {
            if (onDummy) {
                NodeModes.loadKubeProxy(topology);
            }
            List<InetSocketAddress> pods = topology.podEndpoints(NodeModes.POD_PORT);
            topology.pods().forEach(pod -> collectors.add(FlowCollector.open(pod, NodeModes.POD_PORT)));
            NodeModes modes = NodeModes.open(topology, NetflowConfig.IN_MEMORY, listener("tc_ebpf", pods, onDummy));
            modes.apply(NAME, pods);
            try (DatagramSocket socket = topology.client().call(() -> new DatagramSocket())) {
                InetSocketAddress to = onDummy ? NodeModes.VIP : NodeModes.NODE;
                send(socket, to, new FlowMessage(false, 0).template());
                assertTrue(BoundedWait.until(
                        () -> collectors.stream()
                                .noneMatch(each -> each.templates().isEmpty()),
                        LIMIT));
                RecordStream records = new RecordStream(socket, to);
                for (String mode : CHANGES) {
                    records.awaitFurther(SOME);
                    modes.configure(listener(mode, pods, onDummy));
                    assertEquals(mode, modes.state(NAME).mode());
                    modes.apply(NAME, pods);
                }
                records.awaitFurther(SOME);
                List<Integer> sent = records.end();
                BoundedWait.until(() -> read(collectors).size() >= sent.size(), LIMIT);
                assertEquals(sent, read(collectors));
                collectors.forEach(each -> assertEquals(List.of(), each.faults()));
            }
        } finally {
            for (FlowCollector collector : collectors) {
                collector.close();
            }
        }
    }

    private static List<Integer> read(List<FlowCollector> collectors) {
        return collectors.stream()
                .flatMap(each -> each.records().stream())
                .sorted()
                .toList();
    }

    private static ListenerConfig listener(String mode, List<InetSocketAddress> pods) {
        return listener(mode, pods, false);
    }

    private static ListenerConfig listener(String mode, List<InetSocketAddress> pods, boolean onDummy) {
        return (onDummy ? NodeModes.onDummy() : NodeModes.onNic())
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
        send(exporter, NodeModes.NODE, message);
    }

    static void send(DatagramSocket exporter, InetSocketAddress to, FlowMessage message) throws IOException {
        byte[] bytes = message.bytes();
        exporter.send(new DatagramPacket(bytes, bytes.length, to));
    }
}
