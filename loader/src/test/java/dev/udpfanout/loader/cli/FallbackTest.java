package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Bpffs;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.mode.NodeModes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shipped program where bpf(2), io_uring or libbpf are not to be had: it serves all the same, and says why and how.
 */
@Tag("kernel")
class FallbackTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int DATAGRAMS = 300;
    private static final String BY_SECCOMP =
            "bpf(2) answers EPERM although the process has CAP_BPF: blocked by a seccomp filter";

    @TempDir
    private Path directory;

    private final Path pins = Path.of(
            "/sys/fs/bpf", "udp-fanout-fallback-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
    private Topology topology;
    private SyscallFilter filter;

    @BeforeEach
    void setUp() {
        Bpffs.ensure();
        filter = SyscallFilter.compile(directory);
        topology = Topology.builder().pods(3).build();
        NodeModes.loadKubeProxy(topology);
    }

    @AfterEach
    void tearDown() {
        topology.close();
        Pins.removeAll(pins);
    }

    private List<String> daemon(String mode) throws IOException {
        Path config = Files.writeString(directory.resolve("config.yaml"), """
                listeners:
                  - name: syslog
                    bind: "10.255.0.1:5514"
                    interface: dummy0
                    mode: %s
                    downstream:
                      - { address: "10.42.0.11:40514" }
                      - { address: "10.42.0.12:40514" }
                      - { address: "10.42.0.13:40514" }
                """.formatted(mode));
        return List.of(Distribution.command(), "run", "--config", config.toString(), "--pin-dir", pins.toString());
    }

    private LabProcess start(List<String> command) {
        return topology.node().start(command.toArray(String[]::new));
    }

    private static String log(LabProcess process) {
        return String.join("\n", process.lines());
    }

    private void assertServes(LabProcess daemon) {
        daemon.awaitLine("ready listeners=1", LIMIT);
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
                PodReceivers pods = PodReceivers.start(topology.pods(), NodeModes.POD_PORT, sender.runId())) {
            sender.send(SendPlan.to(NodeModes.VIP).datagrams(DATAGRAMS).perSecond(10_000));
            assertTrue(pods.awaitReceived(DATAGRAMS, LIMIT), () -> pods.received() + " arrived\n" + log(daemon));
        }
    }

    @Test
    void shouldFallBackToIoUringAndSayWhyWhenSeccompBlocksBpf() throws IOException {
        LabProcess daemon = start(filter.without("bpf", daemon("auto")));
        assertServes(daemon);
        assertTrue(
                log(daemon)
                        .contains(
                                "WARN falling back to userspace datapath listener_id=0 reason=\"" + BY_SECCOMP + "\""),
                log(daemon));
        assertTrue(
                log(daemon).contains("INFO opened userspace sockets listener_id=0 transport=\"io_uring\""),
                log(daemon));
        assertEquals(
                1,
                daemon.lines().stream()
                        .filter(line -> line.contains("falling back"))
                        .count());
    }

    @Test
    void shouldFallBackToEpollAndSayWhyWhenSeccompBlocksIoUringToo() throws IOException {
        LabProcess daemon = start(filter.without("bpf,io_uring", daemon("auto")));
        assertServes(daemon);
        assertTrue(log(daemon).contains(BY_SECCOMP), log(daemon));
        assertTrue(log(daemon).contains("transport=\"epoll (not io_uring: "), log(daemon));
    }

    /** As on Linux before 6.0. */
    @Test
    void shouldReceiveOneByOneWhereThereIsNoMultishotReceive() throws IOException {
        LabProcess daemon = topology.node()
                .start(
                        Map.of("UDP_FANOUT_JAVA_OPTS", "-Dio.netty.iouring.recvMultiShotEnabled=false"),
                        line -> {},
                        daemon("userspace").toArray(String[]::new));
        assertServes(daemon);
        assertTrue(
                log(daemon).contains("transport=\"io_uring_single_shot (not io_uring: no multishot receive"),
                log(daemon));
    }

    @Test
    void shouldStayInTheKernelWhenSeccompBlocksOnlyIoUring() throws IOException {
        LabProcess daemon = start(filter.without("io_uring", daemon("auto")));
        assertServes(daemon);
        assertTrue(log(daemon).contains("INFO attached TC eBPF program to ingress interface=\"dummy0\""), log(daemon));
        assertFalse(log(daemon).contains("userspace"), log(daemon));
    }

    @Test
    void shouldUseEpollWhenSeccompBlocksIoUringAndTheModeIsUserspace() throws IOException {
        LabProcess daemon = start(filter.without("io_uring", daemon("userspace")));
        assertServes(daemon);
        assertTrue(log(daemon).contains("transport=\"epoll (not io_uring: "), log(daemon));
        assertFalse(log(daemon).contains("falling back"), log(daemon));
    }

    @Test
    void shouldExitWithTheReasonWhenTheKernelIsDemandedAndSeccompBlocksBpf() throws IOException {
        LabProcess daemon = start(filter.without("bpf", daemon("tc_ebpf")));
        assertEquals(1, daemon.awaitExit(LIMIT));
        assertEquals(
                List.of("udp-fanout: listener syslog: mode: tc_ebpf is not possible: " + BY_SECCOMP), daemon.lines());
        assertFalse(topology.node().exec("ip", "link").contains("dummy0"));
    }

    @Test
    void shouldFallBackWhenThereIsNoLibbpf() throws IOException {
        // An empty file in the library's place, in a mount namespace of the daemon's own.
        String hide = "for library in /usr/lib/*/libbpf.so.1 /lib/*/libbpf.so.1; do"
                + " if [ -e \"$library\" ]; then mount --bind /dev/null \"$library\"; fi; done; exec \"$@\"";
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", hide, "sh"));
        command.addAll(daemon("auto"));
        LabProcess daemon = start(command);
        assertServes(daemon);
        assertTrue(
                log(daemon)
                        .contains(
                                "falling back to userspace datapath listener_id=0 reason=\"failed to load libbpf.so.1"),
                log(daemon));
    }

    @Test
    void shouldTakeOverWithoutBpfWhenAnEarlierDaemonLeftTheKernelPathWorking() throws IOException {
        LabProcess killed = start(daemon("tc_ebpf"));
        killed.awaitLine("ready listeners=1", LIMIT);
        killed.signal("KILL");
        killed.awaitExit(LIMIT);
        LabProcess daemon = start(filter.without("bpf", daemon("auto")));
        assertServes(daemon);
        assertFalse(topology.node().exec("ip", "route", "show", "table", "all").contains("proto 117"), log(daemon));
        assertFalse(Files.exists(pins), "the pins that held the program are gone");
    }

    @Test
    void shouldSwitchUnderLoadWhenTheFileChanges() throws Exception {
        List<SequenceTraffic.Receiver> receivers = topology.pods().stream()
                .map(pod -> new SequenceTraffic.Receiver(pod, NodeModes.POD_PORT))
                .toList();
        LabProcess daemon = start(daemon("tc_ebpf"));
        daemon.awaitLine("ready listeners=1", LIMIT);
        try (SequenceTraffic traffic = new SequenceTraffic(topology.client(), NodeModes.VIP, 5_000)) {
            daemon("userspace");
            daemon.awaitLine("switched datapath listener_id=0 mode=\"userspace\" reason=\"configured\"", LIMIT);
            daemon("auto");
            daemon.awaitLine("switched datapath listener_id=0 mode=\"tc_ebpf\" reason=\"mode auto\"", LIMIT);
            long sent = traffic.stop();
            assertTrue(
                    BoundedWait.until(() -> received(receivers) >= sent, LIMIT),
                    () -> received(receivers) + " of " + sent + " arrived\n" + log(daemon));
            assertEquals(sent, received(receivers), "each once");
        }
        daemon.signal("TERM");
        assertEquals(143, daemon.awaitExit(LIMIT), log(daemon));
        assertFalse(topology.node().exec("ip", "route", "show", "table", "all").contains("proto 117"));
    }

    private static long received(List<SequenceTraffic.Receiver> receivers) {
        return receivers.stream().mapToLong(SequenceTraffic.Receiver::received).sum();
    }

    @Test
    void shouldPrintWhatIsMissingAndTheModeThatFollowsWhenProbing() {
        List<String> probe = List.of(Distribution.command(), "probe", "--pin-dir", pins.toString());
        LabProcess here = start(probe);
        assertEquals(0, here.awaitExit(LIMIT));
        assertEquals("mode: auto means tc_ebpf", here.lines().getLast());

        LabProcess filtered = start(filter.without("bpf,io_uring", probe));
        assertEquals(0, filtered.awaitExit(LIMIT));
        assertEquals(
                "mode: auto means userspace (bpf(2) by libbpf: " + BY_SECCOMP + ")",
                filtered.lines().getLast());
        assertTrue(log(filtered).matches("(?s).*transport io_uring +no .*"), log(filtered));

        List<String> forPrograms = new ArrayList<>(probe);
        forPrograms.add("--json");
        LabProcess json = start(filter.without("bpf", forPrograms));
        assertEquals(0, json.awaitExit(LIMIT));
        assertEquals(1, json.lines().size(), log(json));
        assertTrue(
                json.lines().getFirst().startsWith("{\"mode\":\"userspace\",\"reason\":\"bpf(2) by libbpf: "),
                log(json));
    }
}
