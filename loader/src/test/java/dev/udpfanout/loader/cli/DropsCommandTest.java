package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Bpffs;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.FrameSender;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.datapath.mode.NodeModes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped command beside the shipped daemon: what it drops is shown, and only while somebody watches. */
@Tag("kernel")
class DropsCommandTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String METRICS = "127.0.0.1:19090";
    private static final int FLOOD = 2000;

    @TempDir
    private Path directory;

    private Topology topology;
    private LabProcess daemon;

    @BeforeEach
    void setUp() {
        Bpffs.ensure();
        topology = Topology.builder().pods(1).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private void daemon(String mode) throws IOException {
        daemon(mode, "10.0.0.0/8");
    }

    private void daemon(String mode, String allow) throws IOException {
        Path config = Files.writeString(directory.resolve("config.yaml"), """
                metrics: { bind: "%s" }
                health: { enabled: false }
                listeners:
                  - name: syslog
                    bind: "0.0.0.0:5514"
                    interface: eth0
                    mode: %s
                    allow: [ "%s" ]
                    downstream: [ { address: "10.42.0.11:40514" } ]
                """.formatted(METRICS, mode, allow));
        daemon = topology.node()
                .start(
                        Distribution.command(),
                        "run",
                        "--config",
                        config.toString(),
                        "--pin-dir",
                        topology.pinDirectory().toString());
        daemon.awaitLine("ready listeners=1", LIMIT);
    }

    private LabProcess drops(String... more) {
        return topology.node()
                .start(Stream.concat(
                                Stream.of(
                                        Distribution.command(),
                                        "drops",
                                        "--metrics",
                                        METRICS,
                                        "--pin-dir",
                                        topology.pinDirectory().toString()),
                                Stream.of(more))
                        .toArray(String[]::new));
    }

    /** Has the client send until the command has said something. */
    private void sendUntil(LabProcess command, String said) {
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
            assertTrue(
                    BoundedWait.until(
                            () -> {
                                sender.send(SendPlan.to(NodeModes.NODE).datagrams(10));
                                return isSaid(command, said);
                            },
                            LIMIT),
                    () -> String.join("\n", command.lines()) + String.join("\n", daemon.lines()));
        }
    }

    private static boolean isSaid(LabProcess command, String text) {
        return command.lines().stream().anyMatch(line -> line.contains(text));
    }

    @Test
    void shouldShowReasonListenerAndSenderToEachOfTwoWhoWatch() throws IOException {
        daemon("tc_ebpf");
        LabProcess first = drops("--follow");
        LabProcess second = drops("--follow", "--json");
        sendUntil(first, "not_allowed");
        sendUntil(second, "not_allowed");

        String line = first.lines().stream()
                .filter(each -> each.contains("not_allowed"))
                .findFirst()
                .orElseThrow();
        assertTrue(
                line.matches(
                        ".* not_allowed +syslog eth0 192\\.168\\.1\\.10:\\d+ to 192\\.168\\.1\\.1:5514, \\d+ bytes"),
                line);
        sendUntil(first, "counted: syslog not_allowed +");
        JsonNode event = new ObjectMapper()
                .readTree(second.lines().stream()
                        .filter(each -> each.contains("not_allowed"))
                        .findFirst()
                        .orElseThrow());
        assertEquals("syslog", event.path("listener").asText());
    }

    @Test
    void shouldShowWhatTheStackAnswersSinceItsTtlIsOver() throws IOException {
        daemon("tc_ebpf", "0.0.0.0/0");
        LabProcess command = drops("--follow");
        sendUntil(command, frame().ttl(1), "ttl_expired    syslog eth0 192.168.1.10:4711 to 192.168.1.1:5514, ");
        // Nothing is told twice: by the note, and when the stack has freed the packet.
        sendUntil(command, frame().ttl(1), "counted: syslog ttl_expired +");
        LabProcess whole = drops("--seconds", "2");
        assertEquals(0, whole.awaitExit(LIMIT));
        assertEquals("0 packets dropped in the kernel, 0 shown", whole.lines().getLast());
    }

    private static UdpFrame frame() {
        return UdpFrame.between(new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, 4711), NodeModes.NODE);
    }

    private void sendUntil(LabProcess command, UdpFrame frame, String said) {
        try (FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            assertTrue(
                    BoundedWait.until(
                            () -> {
                                sender.send(frame.build());
                                return isSaid(command, said);
                            },
                            LIMIT),
                    () -> String.join("\n", command.lines()) + String.join("\n", daemon.lines()));
        }
    }

    @Test
    void shouldShowNoMoreThanTheRateWhenThereIsAFlood() throws IOException {
        daemon("tc_ebpf");
        LabProcess command = drops("--seconds", "3", "--rate", "1");
        sendUntil(command, "not_allowed");
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
            sender.send(SendPlan.to(NodeModes.NODE).datagrams(FLOOD));
        }
        assertEquals(0, command.awaitExit(LIMIT));
        List<String> lines = command.lines();
        long shown =
                lines.stream().filter(line -> line.contains(" to 192.168.1.1")).count();
        // A watch of three seconds touches four seconds of the clock.
        assertTrue(shown >= 1 && shown <= 4, lines.toString());
        assertTrue(lines.getLast().endsWith(", " + shown + " shown"), lines.getLast());
    }

    @Test
    void shouldShowReasonListenerAndSenderOfWhatUserSpaceDrops() throws IOException {
        daemon("userspace");
        LabProcess command = drops("--follow");
        sendUntil(command, "not_allowed    syslog userspace 192.168.1.10:");
        sendUntil(command, "counted: syslog not_allowed +");
        LabProcess objects = drops("--follow", "--json");
        sendUntil(objects, "not_allowed");
        JsonNode event = new ObjectMapper()
                .readTree(objects.lines().stream()
                        .filter(each -> each.contains("not_allowed"))
                        .findFirst()
                        .orElseThrow());
        assertEquals("userspace", event.path("datapath").asText());
        assertTrue(event.path("source").asText().startsWith("192.168.1.10:"), event::toString);
    }

    @Test
    void shouldGoOnInTheOtherDatapathWhenTheModeChanges() throws IOException {
        daemon("tc_ebpf");
        LabProcess command = drops("--follow");
        sendUntil(command, "not_allowed    syslog eth0 ");
        Path config = directory.resolve("config.yaml");
        Files.writeString(config, Files.readString(config).replace("mode: tc_ebpf", "mode: userspace"));
        sendUntil(command, "listener syslog is served by userspace now");
        sendUntil(command, "not_allowed    syslog userspace 192.168.1.10:");
    }

    @Test
    void shouldNameTheListenerFromThePinsWhenTheDaemonIsDead() throws IOException {
        daemon("tc_ebpf");
        daemon.signal("KILL");
        daemon.awaitExit(LIMIT);
        LabProcess command = drops("--follow");
        sendUntil(command, "not_allowed    syslog eth0 192.168.1.10");
        sendUntil(command, "counted: syslog not_allowed +");
    }

    private String probes() {
        return topology.node().exec("sh", "-c", "bpftool prog show | grep -c 'name uf_drops_free' || true");
    }

    @Test
    void shouldLeaveNothingWhenItIsKilled() {
        String before = probes();
        LabProcess command = drops("--follow");
        assertTrue(BoundedWait.until(() -> !probes().equals(before), LIMIT), () -> command.lines()
                .toString());

        command.signal("KILL");
        command.awaitExit(LIMIT);

        assertTrue(BoundedWait.until(() -> probes().equals(before), LIMIT), this::probes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--rate 0", "--rate 1001", "--seconds 0", "--metrics nowhere"})
    void shouldReturn2WhenAnArgumentIsWrong(String arguments) {
        assertEquals(2, drops(arguments.split(" ")).awaitExit(LIMIT));
    }
}
