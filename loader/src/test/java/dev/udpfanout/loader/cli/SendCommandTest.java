package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.traffic.Payload;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code udp-fanout send} to {@code udp-fanout receive}, straight and through a daemon. */
@Tag("kernel")
@Timeout(120)
class SendCommandTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int PODS = 3;
    private static final InetSocketAddress VIP = new InetSocketAddress(TopologyPlan.VIP, 5514);

    @TempDir
    private Path directory;

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(PODS).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private LabProcess receive(int pod) {
        LabProcess receiver = topology.pod(pod).start(Distribution.command(), "receive", "--bind", "0.0.0.0:5514");
        receiver.awaitLine("Receiving.", LIMIT);
        return receiver;
    }

    private static List<String> end(LabProcess receiver) {
        receiver.signal("TERM");
        receiver.awaitExit(LIMIT);
        return receiver.lines();
    }

    private static long figure(String line, String name) {
        Matcher matcher = Pattern.compile(" " + name + "=(\\d+)").matcher(line);
        assertTrue(matcher.find(), () -> name + " is not in " + line);
        return Long.parseLong(matcher.group(1));
    }

    @Test
    void shouldSayOfEachSourceWhatArrivedAndWhatIsMissing() {
        try (LabProcess receiver = receive(1);
                LabProcess sender = topology.node()
                        .start(
                                Distribution.command(),
                                "send",
                                "--to=10.42.0.11:5514",
                                "--sources=2",
                                "--count=400",
                                "--rate=0",
                                "--size=1472")) {
            assertEquals(ExitCode.OK, sender.awaitExit(LIMIT), sender.lines()::toString);
            assertEquals("Sent datagrams. sent=400 refused=0", sender.lines().getLast());
            receiver.awaitLine("Collected events. events=400", LIMIT);
            sendByHand(0, 1, 5, 3, 3);
            receiver.awaitLine("Collected events. events=405", LIMIT);

            List<String> last = end(receiver).reversed();
            assertEquals("Collected events. events=405", last.get(0));
            assertTrue(
                    last.get(1).endsWith(" events=5 missing=2 duplicated=1 reordered=1 late=0 corrupt=0"),
                    last::toString);
            for (int source : new int[] {2, 3}) {
                assertTrue(
                        last.get(source)
                                .matches("Sender\\. from=10\\.42\\.0\\.1:\\d+ events=200 missing=0"
                                        + " duplicated=0 reordered=0 late=0 corrupt=0"),
                        last::toString);
            }
        }
    }

    private void sendByHand(long... numbers) {
        topology.node().call(() -> {
            try (DatagramChannel channel = DatagramChannel.open()) {
                for (long number : numbers) {
                    channel.send(
                            ByteBuffer.wrap(Payload.of(4711, number, 40)),
                            new InetSocketAddress(InetAddress.ofLiteral("10.42.0.11"), 5514));
                }
                return numbers.length;
            }
        });
    }

    @Test
    void shouldShowThatEachReceiverGetsItsShareOfAListener() throws Exception {
        new KubeProxy(topology)
                .load(KubeProxyRules.labService(
                        VIP, ExternalTrafficPolicy.LOCAL, List.of(new InetSocketAddress("10.255.0.1", 5514))));
        Path config = Files.writeString(directory.resolve("config.yaml"), """
                listeners:
                  - name: syslog
                    bind: "10.255.0.1:5514"
                    interface: dummy0
                    downstream:
                      - { address: "10.42.0.11:5514" }
                      - { address: "10.42.0.12:5514" }
                      - { address: "10.42.0.13:5514" }
                """);
        List<LabProcess> receivers = List.of(receive(1), receive(2), receive(3));
        try (LabProcess daemon = topology.node()
                .start(Distribution.command(), "--config=" + config, "--pin-dir=" + topology.pinDirectory())) {
            daemon.awaitLine("ready listeners=", LIMIT);
            try (LabProcess sender = topology.client()
                    .start(Distribution.command(), "send", "--to=" + TopologyPlan.VIP + ":5514", "--count=300")) {
                assertEquals(ExitCode.OK, sender.awaitExit(LIMIT), sender.lines()::toString);
            }
            receivers.forEach(receiver ->
                    assertTrue(BoundedWait.until(() -> figure(lastCollected(receiver), "events") >= 90, LIMIT)));
            long events = 0;
            for (LabProcess receiver : receivers) {
                events += figure(end(receiver).getLast(), "events");
            }
            assertEquals(300, events);
        } finally {
            receivers.forEach(LabProcess::close);
        }
    }

    private static String lastCollected(LabProcess receiver) {
        return receiver.lines().stream()
                .filter(line -> line.startsWith("Collected"))
                .reduce("Collected events. events=0", (before, after) -> after);
    }

    @Test
    void shouldCountWhatNobodyTakes() {
        try (LabProcess sender = topology.node()
                .start(Distribution.command(), "send", "--to=10.42.0.11:5999", "--count=50", "--rate=200")) {
            assertEquals(ExitCode.FAILED, sender.awaitExit(LIMIT));
            assertTrue(figure(sender.lines().getLast(), "refused") > 0, sender.lines()::toString);
        }
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        for (String option : List.of("--size=10", "--count=0", "--sources=0", "--rate=-1", "--to=10.0.0.1")) {
            try (LabProcess sender =
                    topology.node().start(Distribution.command(), "send", "--to=10.42.0.11:5514", option)) {
                assertEquals(ExitCode.BAD_INPUT, sender.awaitExit(LIMIT), option);
            }
        }
    }
}
