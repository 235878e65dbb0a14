package dev.udpfanout.loader.datapath.kernel.netflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.OtherLayout;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A collector that joins knows the templates before its first record, though the exporter sends them no more. */
@Tag("kernel")
class JoiningCollectorTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int PODS = 10;
    private static final int AT_FIRST = 3;
    private static final int RECORDS = 200;

    @ParameterizedTest
    @CsvSource({"NIC_TCX, INET, false", "DUMMY_TCX, INET6, true"})
    void shouldLoseNoRecordWhileCollectorsJoinAndLeave(WayIn wayIn, StandardProtocolFamily family, boolean ipfix)
            throws InterruptedException {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        List<FlowCollector> collectors = new ArrayList<>();
        try (Topology topology = Topology.builder().pods(PODS).ipv6(ipv6).build()) {
            List<InetSocketAddress> all =
                    ipv6 ? topology.podEndpoints6(WayIn.POD_PORT) : topology.podEndpoints(WayIn.POD_PORT);
            topology.pods().forEach(pod -> collectors.add(FlowCollector.open(pod, WayIn.POD_PORT)));
            try (NodeDatapath datapath = wayIn.open(topology, listener(wayIn, all));
                    DatagramSocket exporter = topology.client().call(() -> new DatagramSocket())) {
                InetSocketAddress to = wayIn.destination(topology, family);
                awaitNeighbours(exporter, to, collectors);
                datapath.apply(0, all.subList(0, AT_FIRST));
                send(exporter, to, new FlowMessage(ipfix, 0).template().optionsTemplate());
                send(exporter, to, new FlowMessage(ipfix, 1).options(100));
                send(exporter, to, ipfix, 0);
                datapath.apply(0, all);
                send(exporter, to, ipfix, 1);
                datapath.apply(0, all.subList(0, 2));
                send(exporter, to, ipfix, 2);
                datapath.apply(0, all.subList(1, PODS));
                send(exporter, to, ipfix, 3);
                List<Integer> sent = IntStream.range(0, 4 * RECORDS).boxed().toList();
                assertTrue(
                        BoundedWait.until(() -> records(collectors).size() >= sent.size(), LIMIT),
                        () -> records(collectors).size() + " of " + sent.size() + " records, " + faults(collectors)
                                + datapath.counters(0));
                assertEquals(sent, records(collectors));
                assertEquals(List.of(), faults(collectors));
                collectors.forEach(each -> assertEquals(1, each.sampled().size()));
            }
        } finally {
            for (FlowCollector collector : collectors) {
                collector.close();
            }
        }
    }

    @Test
    void shouldKnowTemplatesThatCameBeforeTheDaemonDied() throws InterruptedException {
        WayIn wayIn = WayIn.NIC_TCX;
        try (Topology topology = Topology.builder().pods(2).build()) {
            List<InetSocketAddress> all = topology.podEndpoints(WayIn.POD_PORT);
            Pins pins = pins(topology);
            InetSocketAddress to = wayIn.destination(topology);
            try (FlowCollector joining = FlowCollector.open(topology.pods().getLast(), WayIn.POD_PORT);
                    DatagramSocket exporter = topology.client().call(() -> new DatagramSocket())) {
                try (NodeDatapath died = open(topology, pins, listener(wayIn, all.subList(0, 1)))) {
                    send(exporter, to, new FlowMessage(false, 0).template());
                    assertTrue(BoundedWait.until(() -> died.counters(0).stats().packetsForwarded() == 1, LIMIT));
                }
                try (NodeDatapath next = open(topology, pins, listener(wayIn, all.subList(1, 2)))) {
                    send(exporter, to, new FlowMessage(false, 1).data(7));
                    assertTrue(
                            BoundedWait.until(() -> joining.records().equals(List.of(7)), LIMIT),
                            () -> joining.faults() + " " + next.counters(0));
                    assertEquals(List.of(), joining.faults());
                }
            }
        }
    }

    @Test
    void shouldKnowTemplatesThatAProgramOfLayoutSevenHasLeft() throws Exception {
        WayIn wayIn = WayIn.NIC_TCX;
        try (Topology topology = Topology.builder().pods(2).build()) {
            List<InetSocketAddress> all = topology.podEndpoints(WayIn.POD_PORT);
            InetSocketAddress to = wayIn.destination(topology);
            try (FlowCollector joining = FlowCollector.open(topology.pods().getLast(), WayIn.POD_PORT);
                    DatagramSocket exporter = topology.client().call(() -> new DatagramSocket())) {
                NodeDatapath earlier = open(topology, pins(topology), listener(wayIn, all.subList(0, 1)));
                send(exporter, to, new FlowMessage(false, 0).template());
                assertTrue(BoundedWait.until(() -> earlier.counters(0).stats().packetsForwarded() == 1, LIMIT));
                earlier.release();
                OtherLayout.renameToSeven(topology.pinDirectory());
                try (NodeDatapath next = open(topology, pins(topology), listener(wayIn, all.subList(1, 2)))) {
                    send(exporter, to, new FlowMessage(false, 1).data(7));
                    assertTrue(
                            BoundedWait.until(() -> joining.records().equals(List.of(7)), LIMIT),
                            () -> joining.faults() + " " + next.counters(0));
                    assertEquals(List.of(), joining.faults());
                }
            }
        }
    }

    private static Pins pins(Topology topology) {
        return Pins.open(topology.pinDirectory()).orElseThrow();
    }

    /** As a daemon does that may find another's maps. */
    private static NodeDatapath open(Topology topology, Pins pins, ListenerConfig listener) {
        KernelProgram program =
                topology.node().call(() -> KernelProgram.load(KernelProgram.builtIn(), Optional.of(pins)));
        return NodeDatapath.open(topology.node(), program, listener);
    }

    private static ListenerConfig listener(WayIn wayIn, List<InetSocketAddress> endpoints) {
        ListenerConfig one = wayIn.listener(endpoints);
        String bind = one.bind().getAddress().getHostAddress();
        return ListenerText.on(
                        one.interfaces().getFirst(),
                        (bind.contains(":") ? "[" + bind + "]" : bind) + ":"
                                + one.bind().getPort())
                .with("mode", "tc_ebpf")
                .with("payload", "netflow")
                .listener(endpoints);
    }

    private static void send(DatagramSocket exporter, InetSocketAddress to, FlowMessage message) {
        send(exporter, to, message.bytes());
    }

    /** Data without any template. */
    private static void send(DatagramSocket exporter, InetSocketAddress to, boolean ipfix, int round) {
        for (int record = round * RECORDS; record < (round + 1) * RECORDS; record++) {
            send(exporter, to, new FlowMessage(ipfix, record).data(record));
        }
    }

    /** The kernel keeps a few packets only for a pod whose hardware address it has yet to learn. */
    private static void awaitNeighbours(DatagramSocket exporter, InetSocketAddress to, List<FlowCollector> collectors) {
        byte[] version5 = new byte[24];
        version5[1] = 5;
        assertTrue(BoundedWait.until(
                () -> {
                    send(exporter, to, version5);
                    return collectors.stream().allMatch(FlowCollector::isReached);
                },
                LIMIT));
    }

    private static void send(DatagramSocket exporter, InetSocketAddress to, byte[] bytes) {
        try {
            exporter.send(new DatagramPacket(bytes, bytes.length, to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Integer> records(List<FlowCollector> collectors) {
        return collectors.stream()
                .flatMap(each -> each.records().stream())
                .sorted()
                .toList();
    }

    private static List<String> faults(List<FlowCollector> collectors) {
        return collectors.stream().flatMap(each -> each.faults().stream()).toList();
    }
}
