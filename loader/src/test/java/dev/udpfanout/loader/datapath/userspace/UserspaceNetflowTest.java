package dev.udpfanout.loader.datapath.userspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.mode.NodeModes;
import dev.udpfanout.traffic.FlowLayout;
import dev.udpfanout.traffic.FlowMessage;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What nfcapd, of Debian's package nfdump, decodes of an exporter that sends its templates once: every record, once.
 */
@Tag("kernel")
class UserspaceNetflowTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int PODS = 3;
    private static final int MESSAGES = 200;
    private static final int FIRST_BYTES = 1000;
    private static final FlowLayout FLOW = new FlowLayout(256, 0);

    @TempDir
    private Path flows;

    private Topology topology;

    @AfterEach
    void tearDown() {
        if (topology != null) {
            topology.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "io_uring, false, false",
        "epoll, false, true",
        "io_uring, true, true",
        "epoll, true, false",
    })
    void shouldHaveEachRecordDecodedByOneCollector(String io, boolean ipv6, boolean ipfix) throws Exception {
        topology = Topology.builder().pods(PODS).ipv6(ipv6).build();
        NodeModes modes = NodeModes.open(topology.node(), listener(io, ipv6));
        List<LabProcess> collectors =
                IntStream.range(0, PODS).mapToObj(pod -> collect(pod, ipv6)).toList();
        long sent = topology.client().call(() -> export(ipv6 ? NodeModes.NODE6 : NodeModes.NODE, ipfix));
        assertTrue(
                BoundedWait.until(
                        () -> modes.counters("listener-0").stats().packetsForwarded() == MESSAGES + PODS, LIMIT),
                () -> modes.counters("listener-0").toString());
        for (int pod = 0; pod < PODS; pod++) {
            awaitRead(topology.pods().get(pod));
            collectors.get(pod).stop(LIMIT);
        }
        List<Long> decoded = new ArrayList<>();
        for (int pod = 0; pod < PODS; pod++) {
            List<Long> mine = decoded(pod);
            assertTrue(mine.size() >= MESSAGES / PODS, "pod " + pod + " decoded " + mine.size());
            decoded.addAll(mine);
        }
        assertEquals(
                LongStream.range(FIRST_BYTES, sent).boxed().toList(),
                decoded.stream().sorted().toList());
    }

    private ListenerConfig listener(String io, boolean ipv6) {
        return (ipv6 ? NodeModes.onNic6() : NodeModes.onNic())
                .with("mode", "userspace")
                .with("io", io)
                .with("workers", 2)
                .with("payload", "netflow")
                .listener(
                        ipv6 ? topology.podEndpoints6(NodeModes.POD_PORT) : topology.podEndpoints(NodeModes.POD_PORT));
    }

    private LabProcess collect(int pod, boolean ipv6) {
        try {
            Path directory = Files.createDirectory(flows.resolve("pod" + pod));
            LabProcess collector = topology.pods()
                    .get(pod)
                    .start(
                            "nfcapd",
                            ipv6 ? "-6" : "-4",
                            "-p",
                            Integer.toString(NodeModes.POD_PORT),
                            "-w",
                            directory.toString());
            assertTrue(BoundedWait.until(
                    () -> sockets(topology.pods().get(pod)).contains(":" + NodeModes.POD_PORT), LIMIT));
            return collector;
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** A collector that ends does not read what still waits in its socket. */
    private static void awaitRead(LabNamespace pod) {
        Pattern empty = Pattern.compile("\\S+\\s+0\\s.*:" + NodeModes.POD_PORT + "\\b.*");
        assertTrue(
                BoundedWait.until(
                        () -> sockets(pod).lines().anyMatch(line -> empty.matcher(line)
                                .matches()),
                        LIMIT),
                () -> sockets(pod));
    }

    /** UDP sockets that listen: state, bytes that wait to be read, room for what is sent, address and port. */
    private static String sockets(LabNamespace pod) {
        return pod.exec("ss", "-Hlun");
    }

    /** One message of a template, then records of 1 to 3 flows a message; the number behind the last. */
    private static long export(InetSocketAddress to, boolean ipfix) throws Exception {
        long next = FIRST_BYTES;
        try (DatagramSocket socket = new DatagramSocket()) {
            send(socket, to, message(ipfix, 0).templates(FLOW).bytes());
            for (int i = 1; i <= MESSAGES; i++) {
                long first = next;
                next += 1 + i % 3;
                send(
                        socket,
                        to,
                        message(ipfix, i)
                                .records(FLOW, LongStream.range(first, next).toArray())
                                .bytes());
            }
        }
        return next;
    }

    private static FlowMessage message(boolean ipfix, int sequence) {
        return ipfix ? FlowMessage.ipfix(sequence, 1) : FlowMessage.v9(sequence, 1);
    }

    private static void send(DatagramSocket socket, InetSocketAddress to, byte[] message) throws Exception {
        socket.send(new DatagramPacket(message, message.length, to));
    }

    /** The counts of bytes that nfdump prints, which are the records' numbers. */
    private List<Long> decoded(int pod) {
        String text = topology.pods()
                .get(pod)
                .exec("nfdump", "-R", flows.resolve("pod" + pod).toString(), "-q", "-N", "-o", "fmt:%byt");
        return text.lines()
                .map(String::strip)
                .filter(line -> line.matches("\\d+"))
                .map(Long::valueOf)
                .toList();
    }
}
