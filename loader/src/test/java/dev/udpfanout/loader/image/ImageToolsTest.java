package dev.udpfanout.loader.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.cli.Distribution;
import dev.udpfanout.loader.manifests.Manifests;
import dev.udpfanout.loader.manifests.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image's own faces of tcpdump, bpftool and iptables, with the capabilities that the DaemonSet gives and no others.
 */
@Tag("kernel")
class ImageToolsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Path TOOLS = Manifests.ROOT.resolve("image/tools");

    @TempDir
    private Path directory;

    private Topology topology;
    private LabProcess daemon;

    @BeforeEach
    void setUp() throws IOException {
        topology = Topology.builder().pods(1).build();
        Path config = Files.writeString(directory.resolve("config.yaml"), """
                listeners:
                  - name: syslog
                    bind: "10.255.0.1:5514"
                    interface: dummy0
                    mode: tc_ebpf
                    attach: clsact
                    downstream: [ { address: "10.42.0.11:5514" } ]
                metrics: { bind: "127.0.0.1:9090" }
                """);
        daemon = inPod(Distribution.command(), "run", "--config=" + config, "--pin-dir=" + topology.pinDirectory());
        daemon.awaitLine("ready listeners=1", LIMIT);
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private LabProcess inPod(String... command) {
        String capabilities = Variant.METALLB.container().getSecurityContext().getCapabilities().getAdd().stream()
                .map(name -> ",+" + name.toLowerCase(Locale.ROOT))
                .collect(Collectors.joining("", "-all", ""));
        List<String> all = new ArrayList<>(
                List.of("setpriv", "--no-new-privs", "--inh-caps=-all", "--bounding-set=" + capabilities));
        all.addAll(List.of(command));
        Map<String, String> environment = Map.of(
                "PATH",
                TOOLS + ":" + Path.of(Distribution.command()).getParent() + ":" + System.getenv("PATH"),
                "UDP_FANOUT_PIN_DIR",
                topology.pinDirectory().toString());
        return topology.node().start(environment, line -> {}, all.toArray(String[]::new));
    }

    private String typed(String script) {
        LabProcess process = inPod("bash", "-c", script);
        int exitCode = process.awaitExit(LIMIT);
        assertEquals(0, exitCode, () -> script + ": " + process.lines());
        return String.join("\n", process.lines());
    }

    @Test
    void shouldCaptureWhenTheContainerMayNotChangeItsUser() {
        LabProcess capture = inPod("tcpdump", "-n", "-c", "1", "-i", "lo", "udp", "port", "9");
        capture.awaitLine("listening on lo", LIMIT);
        topology.node().exec("bash", "-c", "echo x > /dev/udp/127.0.0.1/9");
        assertEquals(0, capture.awaitExit(LIMIT), () -> capture.lines().toString());
        assertTrue(capture.lines().stream().anyMatch(line -> line.contains("> 127.0.0.1.9: UDP")), () -> capture.lines()
                .toString());
    }

    @Test
    void shouldShowTheProgramThatTheFilterNames() {
        String shown = typed("bpftool prog show id $(tc filter show dev dummy0 ingress | grep -oP 'id \\K\\d+')");
        assertTrue(shown.matches("(?s)\\d+: sched_cls +name udp_fanout +tag .*"), shown);
    }

    /** Byte for byte what bpftool prints that may ask the kernel for everything. */
    @Test
    void shouldDumpTheCountersAsBpftoolDoes() {
        topology.node().exec("bash", "-c", "for i in 1 2 3; do echo x > /dev/udp/10.255.0.1/5514; done");
        String expected = topology.node()
                .exec(
                        "/usr/sbin/bpftool",
                        "map",
                        "dump",
                        "pinned",
                        typed("ls " + topology.pinDirectory() + "/v*/STATS"));
        assertTrue(expected.contains("\"pkts_received\""), expected);

        assertEquals(expected.strip(), typed("bpftool map dump name STATS").strip());
    }

    @Test
    void shouldLeaveAllElseToBpftool() {
        assertTrue(typed("bpftool version").contains("bpftool v"));
        LabProcess other = inPod("bpftool", "map", "dump", "name", "NOBODYS");
        assertEquals(255, other.awaitExit(LIMIT), () -> other.lines().toString());
    }

    @Test
    void shouldShowTheRulesOfEachBackEnd() {
        for (String backend : List.of("nft", "legacy")) {
            topology.node().exec("/usr/sbin/iptables-" + backend, "-t", "nat", "-N", "KUBE-SERVICES");
            assertTrue(typed("iptables -t nat -L KUBE-SERVICES -n -v").startsWith("Chain KUBE-SERVICES"), backend);
            topology.node().exec("/usr/sbin/iptables-" + backend, "-t", "nat", "-X", "KUBE-SERVICES");
        }
        assertTrue(typed("ip6tables -t nat -L -n").startsWith("Chain PREROUTING"));
    }
}
