package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.process.LabProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped program as a process of its own: what it prints, what it returns, and what it leaves in the kernel. */
@Tag("kernel")
class CommandLineTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(1).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private Path config(String attach) throws IOException {
        return Files.writeString(directory.resolve("config.yaml"), """
                listeners:
                  - name: syslog
                    bind: "10.255.0.1:5514"
                    interface: dummy0
                    mode: tc_ebpf
                    attach: %s
                    downstream:
                      - { name: pod-1, address: "10.42.0.11:40514" }
                """.formatted(attach));
    }

    private LabProcess udpFanout(String... arguments) {
        List<String> command = new java.util.ArrayList<>(List.of(Distribution.command()));
        command.addAll(List.of(arguments));
        if (!Set.of("setup-dummy", "check-config").contains(arguments[0])) {
            command.add("--pin-dir");
            command.add(topology.pinDirectory().toString());
        }
        return topology.node().start(command.toArray(String[]::new));
    }

    private String tcFilters() {
        return topology.node().exec("tc", "filter", "show", "dev", "dummy0", "ingress");
    }

    private String routes() {
        return topology.node().exec("ip", "route", "show", "table", "all");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcx", "clsact"})
    void shouldLogInTheGuidesWordsAndPutEverythingBackWhenTerminated(String attach) throws IOException {
        LabProcess daemon = udpFanout("run", "--config", config(attach).toString());
        daemon.awaitLine("ready listeners=1", LIMIT);
        String log = String.join("\n", daemon.lines());
        assertTrue(log.contains("INFO attached TC eBPF program to ingress interface=\"dummy0\""), log);
        assertTrue(log.contains("INFO updated tc_ebpf downstream set listener_id=0 endpoints=1"), log);
        assertEquals(attach.equals("clsact"), tcFilters().contains(" name udp_fanout "), tcFilters());
        assertTrue(routes().contains("10.255.0.1 dev dummy0 proto 117 scope link"), routes());

        daemon.signal("TERM");
        daemon.awaitExit(LIMIT);
        assertTrue(daemon.lines().contains("INFO stopped"), () -> String.join("\n", daemon.lines()));
        assertFalse(tcFilters().contains("udp_fanout"));
        assertTrue(routes().contains("local 10.255.0.1 dev dummy0"), routes());
        assertFalse(routes().contains("proto 117"), routes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcx", "clsact"})
    void shouldRemoveLeftoversWhenTheDaemonWasKilled(String attach) throws IOException {
        topology.node().exec("ip", "link", "add", "dummy0", "type", "bridge");
        LabProcess daemon = udpFanout("--config", config(attach).toString());
        daemon.awaitLine("ready listeners=1", LIMIT);
        daemon.signal("KILL");
        daemon.awaitExit(LIMIT);
        LabProcess detach = udpFanout("detach");
        assertEquals(0, detach.awaitExit(LIMIT));
        assertFalse(tcFilters().contains("udp_fanout"));
        assertFalse(topology.node().exec("tc", "qdisc", "show", "dev", "dummy0").contains("clsact"));
        assertTrue(routes().contains("local 10.255.0.1 dev dummy0"), routes());
        LabProcess again = udpFanout("detach");
        assertEquals(0, again.awaitExit(LIMIT));
        assertEquals(List.of("no leftovers of udp-fanout found"), again.lines());
    }

    @Test
    void shouldRemoveTheDummyInterfaceWhenItWasMadeByTheDaemon() throws IOException {
        LabProcess daemon = udpFanout("--config", config("auto").toString());
        daemon.awaitLine("ready listeners=1", LIMIT);
        daemon.signal("TERM");
        daemon.awaitExit(LIMIT);
        assertTrue(topology.node().exec("ip", "link").contains("dummy0"), "an upgrade must not take it away");
        assertEquals(0, udpFanout("detach").awaitExit(LIMIT));
        assertFalse(topology.node().exec("ip", "link").contains("dummy0"));
    }

    @Test
    void shouldSetDummyUpAndSaySoWhenRunTwice() {
        for (int run = 0; run < 2; run++) {
            LabProcess setup = udpFanout("setup-dummy");
            assertEquals(0, setup.awaitExit(LIMIT));
            String last = setup.lines().getLast();
            assertTrue(last.startsWith("dummy0: kind "), last);
            assertTrue(last.contains(" up, noarp, ") && last.contains("10.255.0.1/32"), last);
        }
        String shown = topology.node().exec("ip", "addr", "show", "dummy0");
        assertTrue(shown.contains("NOARP") && shown.contains("inet 10.255.0.1/32"), shown);
    }

    @Test
    void shouldRefuseInterfaceOfAnotherKindWhenItHasTheDummysName() throws IOException {
        topology.node().exec("ip", "link", "add", "dummy0", "type", "veth", "peer", "name", "other");
        LabProcess daemon = udpFanout("--config", config("auto").toString());
        assertEquals(1, daemon.awaitExit(LIMIT));
        assertTrue(
                daemon.lines().getLast().contains("interface dummy0 exists and is of kind \"veth\""),
                daemon.lines()::toString);
        assertFalse(topology.node().exec("ip", "addr", "show", "dummy0").contains("10.255.0.1"));
    }

    @Test
    void shouldNameTheMissingCapabilityWhenNotRoot() throws IOException {
        LabProcess daemon = topology.node()
                .start(
                        "setpriv",
                        "--bounding-set=-all",
                        "--inh-caps=-all",
                        "--reuid=65534",
                        "--clear-groups",
                        Distribution.command(),
                        "--config",
                        worldReadable(config("auto")).toString());
        assertEquals(1, daemon.awaitExit(LIMIT));
        assertEquals(1, daemon.lines().size(), daemon.lines()::toString);
        assertTrue(daemon.lines().getFirst().contains("CAP_NET_ADMIN and CAP_BPF"), daemon.lines()::toString);
    }

    private Path worldReadable(Path file) throws IOException {
        Path copy = Files.createTempFile("udp-fanout-test", ".yaml");
        copy.toFile().deleteOnExit();
        Files.writeString(copy, Files.readString(file));
        assertTrue(copy.toFile().setReadable(true, false));
        return copy;
    }

    @Test
    void shouldPrintEveryProblemAndAttachNothingWhenTheConfigurationIsWrong() throws IOException {
        Path config = Files.writeString(directory.resolve("bad.yaml"), """
                listeners:
                  - bind: "10.255.0.1:70000"
                    interface: dummy0
                    downstreams: []
                  - bind: "0.0.0.0:53"
                    interface: eth9
                    downstream: [ { address: "10.42.0.11:53" } ]
                """);
        for (String command : List.of("run", "check-config")) {
            LabProcess process = udpFanout(command, "--config", config.toString());
            assertEquals(2, process.awaitExit(LIMIT));
            assertEquals(4, process.lines().size(), process.lines()::toString);
            assertTrue(
                    process.lines().contains(config + ":2: listeners[0].bind: port 70000 is not in 1..65535"),
                    process.lines()::toString);
            assertTrue(process.lines().stream().anyMatch(line -> line.contains("no interface \"eth9\"")));
        }
        assertFalse(topology.node().exec("ip", "link").contains("dummy0"));
    }

    @Test
    void shouldExitWithOneLineWhenTheProgramFileIsNoObject() throws IOException {
        Path notElf = Files.writeString(directory.resolve("program.o"), "this is no ELF file");
        LabProcess daemon = udpFanout("--config", config("auto").toString(), "--ebpf-program", notElf.toString());
        assertEquals(1, daemon.awaitExit(LIMIT));
        assertTrue(daemon.lines().getLast().startsWith("udp-fanout: bpf_object__open_mem"), daemon.lines()::toString);
        assertTrue(BoundedWait.until(() -> !topology.node().exec("ip", "link").contains("dummy0"), LIMIT));
    }
}
