package dev.udpfanout.loader.datapath.kernel.netflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.frames.FrameSender;
import dev.udpfanout.lab.frames.SegmentSender;
import dev.udpfanout.lab.frames.TunDevice;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What an exporter's datagrams come in makes no difference: templates reach all, each record one. */
@Tag("kernel")
class FrameKindsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int PODS = 3;
    private static final int EXPORTER_PORT = 4711;
    private static final int RECORDS = 30;

    /** Records before templates that come together with a record. */
    private static final int ALONE = 20;

    private final List<FlowCollector> collectors = new ArrayList<>();
    private Topology topology;
    private NodeDatapath datapath;
    private FrameSender client;
    private TunDevice tun;

    static Stream<Arguments> kindsAndFamilies() {
        return Stream.of(FrameKind.values())
                .flatMap(kind -> Stream.of(false, true).filter(kind::isOf).map(ipv6 -> Arguments.of(kind, ipv6)));
    }

    /**
     * @param cutsSuperPackets or else they stay whole on their way to the node, and their checksums are not complete
     */
    private void open(boolean ipv6, boolean cutsSuperPackets) {
        topology = Topology.builder()
                .pods(PODS)
                .ipv6(true)
                .verifyChecksums(cutsSuperPackets)
                .build();
        tun = FrameKind.openTun(topology);
        List<InetSocketAddress> endpoints =
                ipv6 ? topology.podEndpoints6(WayIn.POD_PORT) : topology.podEndpoints(WayIn.POD_PORT);
        ListenerConfig listener = ListenerText.on(
                        FrameKind.INTERFACES, (ipv6 ? "[::]:" : "0.0.0.0:") + WayIn.LISTENER_PORT)
                .with("mode", "tc_ebpf")
                .with("payload", "netflow")
                .listener(endpoints);
        datapath = NodeDatapath.open(topology.node(), listener);
        client = FrameSender.open(topology.client(), "eth0");
        topology.pods().forEach(pod -> collectors.add(FlowCollector.open(pod, WayIn.POD_PORT)));
        // The kernel keeps a few packets only for a pod whose hardware address it has yet to learn.
        byte[] version5 = new byte[24];
        version5[1] = 5;
        Consumer<byte[]> other = FrameKind.PLAIN.sender(client, tun, ipv6, EXPORTER_PORT + 1);
        assertTrue(BoundedWait.until(
                () -> {
                    other.accept(version5);
                    return collectors.stream().allMatch(FlowCollector::isReached);
                },
                LIMIT));
    }

    @AfterEach
    void close() throws InterruptedException {
        for (FlowCollector collector : collectors) {
            collector.close();
        }
        client.close();
        datapath.close();
        topology.close();
    }

    @ParameterizedTest
    @MethodSource("kindsAndFamilies")
    void shouldGiveTemplatesToAllAndEachRecordToOne(FrameKind kind, boolean ipv6) {
        open(ipv6, true);
        Consumer<byte[]> exporter = kind.sender(client, tun, ipv6, EXPORTER_PORT);
        exporter.accept(new FlowMessage(true, 0).template().optionsTemplate().bytes());
        exporter.accept(new FlowMessage(true, 1).options(100).bytes());
        for (int record = 0; record < RECORDS; record++) {
            FlowMessage message = new FlowMessage(true, record);
            exporter.accept((record == ALONE ? message.template() : message)
                    .data(record)
                    .bytes());
        }
        awaitRecords();
        for (FlowCollector collector : collectors) {
            assertEquals(List.of(), collector.faults());
            assertEquals(2, collector.templates().size());
            assertEquals(1, collector.sampled().size());
            assertTrue(!collector.records().isEmpty(), "data take turns");
        }
        // Behind an extension header nothing is cut; that is counted.
        long uncut = kind == FrameKind.EXTENSION_HEADER ? PODS - 1 : 0;
        assertEquals(
                Map.of(DropReason.COPY_FAILED.label(), uncut),
                Map.of(
                        DropReason.COPY_FAILED.label(),
                        datapath.counters(0).drops().get(DropReason.COPY_FAILED.label())));
        assertEquals(uncut, datapath.counters(0).stats().packetsDropped(), () -> "" + datapath.counters(0));
    }

    private void awaitRecords() {
        assertTrue(
                BoundedWait.until(
                        () -> records().size() >= RECORDS
                                && collectors.stream()
                                        .noneMatch(each -> each.sampled().isEmpty()),
                        LIMIT),
                () -> records() + " " + datapath.counters(0));
        assertEquals(IntStream.range(0, RECORDS).boxed().toList(), records());
    }

    private List<Integer> records() {
        return collectors.stream()
                .map(FlowCollector::records)
                .flatMap(Collection::stream)
                .sorted()
                .toList();
    }

    /** As the page says: it goes whole to one receiver, templates too. */
    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void shouldGiveASuperPacketWholeToOneCollector(StandardProtocolFamily family) {
        open(family == StandardProtocolFamily.INET6, false);
        // All of the same length, as the kernel joins datagrams.
        int bytes = new FlowMessage(true, 0).template().bytes().length;
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        messages.writeBytes(new FlowMessage(true, 0).template().bytes());
        messages.writeBytes(new FlowMessage(true, 1).template().bytes());
        try (SegmentSender exporter =
                SegmentSender.open(topology.client(), WayIn.NIC_TCX.destination(topology, family), bytes)) {
            exporter.send(messages.toByteArray());
            assertTrue(BoundedWait.until(() -> knowing() == 1, LIMIT), () -> "" + datapath.counters(0));
            // What comes alone afterwards reaches all, as ever.
            exporter.send(new FlowMessage(true, 2).template().bytes());
            assertTrue(BoundedWait.until(() -> knowing() == PODS, LIMIT), () -> "" + datapath.counters(0));
        }
        assertEquals(0, datapath.counters(0).stats().packetsDropped());
        collectors.forEach(each -> assertEquals(List.of(), each.faults()));
    }

    private long knowing() {
        return collectors.stream().filter(each -> !each.templates().isEmpty()).count();
    }
}
