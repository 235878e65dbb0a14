package dev.udpfanout.loader.datapath.kernel.netflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Templates and options data reach every collector before the data that need them; a record reaches one.
 * {@code -Dudpfanout.netflow=all} ({@code make netflow-test}) takes all ways in; otherwise a sample.
 */
@Tag("kernel")
class TemplateSpreadTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int PODS = 3;
    private static final int EXPORTERS = 20;
    private static final int MESSAGES = 60;
    private static final String NETFLOW_V5 = "0005000100000000000000000000000000000000000000000000";

    private static boolean isWhole() {
        return "all".equals(System.getProperty("udpfanout.netflow"));
    }

    static Stream<Arguments> waysFamiliesAndVersions() {
        if (!isWhole()) {
            return Stream.of(
                    Arguments.of(WayIn.DUMMY_CLSACT, StandardProtocolFamily.INET, false),
                    Arguments.of(WayIn.NIC_TCX, StandardProtocolFamily.INET6, true));
        }
        return Stream.of(WayIn.DUMMY_TCX, WayIn.DUMMY_CLSACT, WayIn.NIC_TCX, WayIn.NIC_CLSACT)
                .flatMap(wayIn -> Stream.of(StandardProtocolFamily.INET, StandardProtocolFamily.INET6)
                        .flatMap(family -> Stream.of(false, true).map(ipfix -> Arguments.of(wayIn, family, ipfix))));
    }

    private static ListenerConfig listener(WayIn wayIn, List<InetSocketAddress> endpoints) {
        ListenerConfig one = wayIn.listener(endpoints);
        String bind = one.bind().getAddress().getHostAddress();
        return ListenerText.on(
                        one.interfaces().getFirst(),
                        (bind.contains(":") ? "[" + bind + "]" : bind) + ":"
                                + one.bind().getPort())
                .with("attach", one.attach())
                .with("mode", "tc_ebpf")
                .with("payload", "netflow")
                .listener(endpoints);
    }

    /** Templates come at the start, between data, alone and not at all. */
    private static byte[] message(boolean ipfix, int number, int record) {
        FlowMessage message = new FlowMessage(ipfix, number);
        return switch (number % 20) {
            case 0 ->
                message.template().data(record).optionsTemplate().options(100).bytes();
            case 7 -> message.template().optionsTemplate().bytes();
            case 11 -> message.options(100).bytes();
            case 13 -> message.template().options(100).data(record).bytes();
            default -> message.data(record).bytes();
        };
    }

    private static boolean hasRecord(int number) {
        return number % 20 != 7 && number % 20 != 11;
    }

    /**
     * Without a pause, data follow templates as closely as can be.
     *
     * @param pause after each message, where its copies would fill the CPU's queue (net.core.netdev_max_backlog)
     */
    private static List<Integer> send(Topology topology, InetSocketAddress to, boolean ipfix, Duration pause) {
        return topology.client().call(() -> {
            List<Integer> sent = new ArrayList<>();
            for (int exporter = 0; exporter < EXPORTERS; exporter++) {
                try (DatagramSocket socket = new DatagramSocket()) {
                    for (int number = 0; number < MESSAGES; number++) {
                        int record = exporter * MESSAGES + number;
                        byte[] bytes = message(ipfix, number, record);
                        socket.send(new DatagramPacket(bytes, bytes.length, to));
                        LockSupport.parkNanos(pause.toNanos());
                        if (hasRecord(number)) {
                            sent.add(record);
                        }
                    }
                }
            }
            return sent;
        });
    }

    private static List<Integer> records(List<FlowCollector> collectors) {
        return collectors.stream()
                .flatMap(each -> each.records().stream())
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("waysFamiliesAndVersions")
    void shouldGiveTemplatesToAllCollectorsAndEachRecordToOne(WayIn wayIn, StandardProtocolFamily family, boolean ipfix)
            throws InterruptedException {
        spread(wayIn, family, ipfix, PODS, Duration.ZERO);
    }

    @ParameterizedTest
    @CsvSource({"INET, false", "INET6, true"})
    @EnabledIfSystemProperty(
            named = "udpfanout.netflow",
            matches = "all",
            disabledReason = "make netflow-test takes it")
    void shouldServeAsManyCollectorsAsThereAreCopies(StandardProtocolFamily family, boolean ipfix)
            throws InterruptedException {
        spread(WayIn.NIC_TCX, family, ipfix, 64, Duration.ofMillis(3));
    }

    private static void spread(WayIn wayIn, StandardProtocolFamily family, boolean ipfix, int pods, Duration pause)
            throws InterruptedException {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        List<FlowCollector> collectors = new ArrayList<>();
        try (Topology topology = Topology.builder()
                        .pods(pods)
                        .ipv6(ipv6)
                        .verifyChecksums(ipfix)
                        .build();
                NodeDatapath datapath = wayIn.open(
                        topology,
                        listener(
                                wayIn,
                                ipv6
                                        ? topology.podEndpoints6(WayIn.POD_PORT)
                                        : topology.podEndpoints(WayIn.POD_PORT)))) {
            topology.pods().forEach(pod -> collectors.add(FlowCollector.open(pod, WayIn.POD_PORT)));
            awaitNeighbours(topology, wayIn.destination(topology, family), collectors);
            List<Integer> sent = send(topology, wayIn.destination(topology, family), ipfix, pause);
            assertTrue(
                    BoundedWait.until(
                            () -> records(collectors).size() >= sent.size()
                                    && collectors.stream().allMatch(TemplateSpreadTest::isComplete),
                            LIMIT),
                    () -> records(collectors).size() + " of " + sent.size() + " records, "
                            + collectors.stream()
                                    .flatMap(each -> each.faults().stream())
                                    .limit(5)
                                    .toList()
                            + datapath.counters(0));
            assertEquals(sent, records(collectors));
            for (FlowCollector collector : collectors) {
                assertEquals(List.of(), collector.faults());
                int share = collector.records().size();
                assertTrue(share * pods > sent.size() / 3, () -> share + " records of " + sent.size());
            }
            assertEquals(0, datapath.counters(0).stats().packetsDropped(), () -> "" + datapath.counters(0));
        } finally {
            for (FlowCollector collector : collectors) {
                collector.close();
            }
        }
    }

    /** The kernel keeps a few packets only for a pod whose hardware address it has yet to learn. */
    private static void awaitNeighbours(Topology topology, InetSocketAddress to, List<FlowCollector> collectors) {
        assertTrue(BoundedWait.until(
                () -> {
                    send(topology, to, NETFLOW_V5);
                    return collectors.stream().allMatch(FlowCollector::isReached);
                },
                LIMIT));
    }

    private static boolean isComplete(FlowCollector collector) {
        return collector.templates().size() == 2 * EXPORTERS
                && collector.sampled().size() == EXPORTERS;
    }

    /** The first of {@link #NOT_READABLE}; the others are no messages. */
    private static final int MALFORMED = 6;

    private static final List<String> NOT_READABLE = List.of(
            "000900010000000000000000000000000000000000000000", // a set without a length
            "0009000100000000000000000000000000000000000000ff", // a set longer than its message
            "000a00ff0000000000000000000000000002000801000001", // a message longer than its datagram
            "0009000100000000000000000000000000000000000000080100ffff", // more fields than the set
            // And with more of them than the program reads: 200 of 65,535, and of 16,384.
            "000a0338000000000000000000000000000203280100ffff" + "00010004".repeat(200),
            "00090001000000000000000000000000000000000001032a02000004fffc" + "00010004".repeat(200),
            NETFLOW_V5,
            "00",
            "000a",
            "0009");

    private static void send(Topology topology, InetSocketAddress to, String hexadecimal) {
        byte[] bytes = HexFormat.of().parseHex(hexadecimal);
        topology.client().call(() -> {
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.send(new DatagramPacket(bytes, bytes.length, to));
                return bytes.length;
            }
        });
    }

    @Test
    void shouldSpreadWhatIsNoMessageAsAnyDatagram() {
        try (Topology topology = Topology.builder().pods(PODS).build();
                NodeDatapath datapath =
                        WayIn.NIC_TCX.open(topology, listener(WayIn.NIC_TCX, topology.podEndpoints(WayIn.POD_PORT)))) {
            InetSocketAddress to = WayIn.NIC_TCX.destination(topology);
            int expected = NOT_READABLE.size();
            NOT_READABLE.forEach(each -> send(topology, to, each));
            assertTrue(
                    BoundedWait.until(() -> datapath.counters(0).stats().packetsReceived() >= expected, LIMIT),
                    () -> "" + datapath.counters(0));
            assertEquals(expected, datapath.counters(0).stats().packetsForwarded(), () -> "" + datapath.counters(0));
            assertEquals(
                    MALFORMED,
                    datapath.counters(0).netflow().orElseThrow().malformed(),
                    () -> "" + datapath.counters(0));
        }
    }
}
