package dev.udpfanout.loader.datapath.mode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.traffic.MetricReceiver;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.MetricNameOracle;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.ListenerText;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Metrics go to the receiver that their name leads to: in the kernel the whole datagram by its first, in user space
 * each by its own, in the order in which they were sent.
 */
@Tag("kernel")
class StatsdTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int PODS = 3;
    private static final int DATAGRAMS = 400;
    private static final int GAUGES = 40;
    private static final int MAX_METRICS = 30;
    private static final long SEED = 5;

    private static ListenerText statsd(boolean ipv6, String mode) {
        ListenerText text = (ipv6 ? NodeModes.onNic6() : NodeModes.onNic())
                .with("policy", "hash")
                .with("payload", "statsd");
        return mode.equals("tc_ebpf")
                ? text.with("mode", mode)
                : text.with("mode", "userspace").with("io", mode).with("workers", 1);
    }

    /** Gauges that count up: one that is overtaken shows. */
    private static List<List<String>> datagrams() {
        Random random = new Random(SEED);
        int number = 0;
        List<List<String>> datagrams = new ArrayList<>();
        for (int i = 0; i < DATAGRAMS; i++) {
            List<String> lines = new ArrayList<>();
            int metrics = random.nextInt(3) == 0 ? random.nextInt(1, MAX_METRICS) : 1;
            for (int j = 0; j < metrics; j++) {
                lines.add("app.gauge." + random.nextInt(GAUGES) + ":" + number++ + "|g");
            }
            datagrams.add(lines);
        }
        return datagrams;
    }

    private static long lines(List<MetricReceiver> receivers) {
        return receivers.stream().mapToLong(each -> each.lines().size()).sum();
    }

    private static void send(Topology topology, InetSocketAddress to, List<List<String>> datagrams) {
        topology.client().call(() -> {
            try (DatagramChannel channel = DatagramChannel.open()) {
                for (List<String> lines : datagrams) {
                    channel.send(ByteBuffer.wrap(String.join("\n", lines).getBytes(StandardCharsets.US_ASCII)), to);
                }
            }
            return null;
        });
    }

    /** What each endpoint is to get, in order. */
    private static List<List<String>> expected(
            boolean isInKernel, List<InetSocketAddress> endpoints, List<List<String>> datagrams) {
        MetricNameOracle oracle = new MetricNameOracle(endpoints.reversed());
        List<List<String>> expected = new ArrayList<>();
        endpoints.forEach(endpoint -> expected.add(new ArrayList<>()));
        for (List<String> lines : datagrams) {
            for (String line : lines) {
                String decides = isInKernel ? lines.getFirst() : line;
                InetSocketAddress owner = oracle.endpoint(decides.getBytes(StandardCharsets.US_ASCII))
                        .orElseThrow();
                expected.get(endpoints.indexOf(owner)).add(line);
            }
        }
        return expected;
    }

    @ParameterizedTest
    @CsvSource({"false, tc_ebpf", "true, io_uring", "false, epoll", "true, epoll", "false, nio"})
    void shouldBringEachMetricToTheReceiverThatItsNameLeadsTo(boolean ipv6, String mode) {
        try (Topology topology =
                Topology.builder().pods(PODS).ipv6(true).verifyChecksums(true).build()) {
            List<InetSocketAddress> endpoints =
                    ipv6 ? topology.podEndpoints6(NodeModes.POD_PORT) : topology.podEndpoints(NodeModes.POD_PORT);
            List<MetricReceiver> receivers = topology.pods().stream()
                    .map(pod -> MetricReceiver.in(pod, NodeModes.POD_PORT))
                    .toList();
            ListenerConfig listener = statsd(ipv6, mode).listener(endpoints);
            List<List<String>> datagrams = datagrams();
            long sent = datagrams.stream().mapToLong(List::size).sum();
            try (NodeModes modes = NodeModes.open(topology.node(), listener)) {
                send(topology, ipv6 ? NodeModes.NODE6 : NodeModes.NODE, datagrams);
                assertTrue(
                        BoundedWait.until(() -> lines(receivers) == sent, LIMIT),
                        () -> lines(receivers) + " of " + sent);
                List<List<String>> expected = expected(mode.equals("tc_ebpf"), endpoints, datagrams);
                for (int pod = 0; pod < PODS; pod++) {
                    assertEquals(expected.get(pod), receivers.get(pod).lines(), "pod " + pod);
                }
                checkCounts(modes, listener.name(), mode, receivers);
            } finally {
                receivers.forEach(MetricReceiver::close);
            }
        }
    }

    private static void checkCounts(NodeModes modes, String name, String mode, List<MetricReceiver> receivers) {
        long pieces = receivers.stream().mapToLong(MetricReceiver::datagrams).sum();
        assertTrue(mode.equals("tc_ebpf") ? pieces == DATAGRAMS : pieces > 2 * DATAGRAMS, () -> pieces + " pieces");
        assertTrue(
                BoundedWait.until(() -> modes.counters(name).stats().packetsForwarded() == pieces, LIMIT),
                () -> pieces + ": " + modes.counters(name));
        ListenerCounters counters = modes.counters(name);
        assertEquals(pieces, counters.stats().packetsReceived());
        assertEquals(0, counters.stats().packetsDropped());
    }
}
