package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.lab.traffic.EchoClient;
import dev.udpfanout.lab.traffic.EchoResponder;
import dev.udpfanout.loader.cli.Distribution;
import dev.udpfanout.loader.datapath.kernel.program.BuiltInObjects;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kernel without BTF cannot be asked for connection tracking, and everything else works. */
@Tag("kernel")
class WithoutKernelTypesTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int POD_PORT = 40514;
    private static final int SOCKETS = 3;
    private static final int QUESTIONS = 5;
    private static final String UNASKED = "flows of replies are opened without a question to connection tracking";

    /** What is mounted over the types is seen in a mount namespace of the daemon's own. */
    private static final String HIDE = "mount -t tmpfs none /sys/kernel/btf && exec \"$@\"";

    @TempDir
    private Path directory;

    private static List<String> hidden(List<String> command) {
        List<String> all = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", HIDE, "sh"));
        all.addAll(command);
        return all;
    }

    private List<String> daemon(Topology topology) throws IOException {
        Path config = Files.writeString(directory.resolve("config.yaml"), """
                metrics: { bind: "127.0.0.1:9090" }
                listeners:
                  - { name: echo, interface: eth0, bind: "0.0.0.0:5514", replies: true,
                      downstream: [ { address: "10.42.0.11:%d" } ] }
                """.formatted(POD_PORT));
        return List.of(
                Distribution.command(),
                "--config",
                config.toString(),
                "--pin-dir",
                topology.pinDirectory().toString());
    }

    private static void assertAnswers(Topology topology, LabProcess daemon) {
        daemon.awaitLine("ready listeners=1", LIMIT);
        InetSocketAddress asked = new InetSocketAddress(TopologyPlan.NODE_ADDRESS, 5514);
        assertEquals(
                SOCKETS * QUESTIONS,
                EchoClient.ask(topology.client(), TopologyPlan.CLIENT_ADDRESS, asked, SOCKETS, QUESTIONS, PATIENCE),
                () -> String.join("\n", daemon.lines()));
    }

    /** One daemon takes over what the other has left, whichever of the two objects it is. */
    @Test
    void shouldAnswerFromWhereItWasAskedAndSayThatItDoesNotAskWhenTheKernelHasNoTypes() throws IOException {
        try (Topology topology = Topology.builder().pods(1).build()) {
            EchoResponder.start(topology.pod(1), POD_PORT);
            for (boolean isHidden : new boolean[] {true, false, true}) {
                List<String> command = isHidden ? hidden(daemon(topology)) : daemon(topology);
                LabProcess daemon = topology.node().start(command.toArray(String[]::new));
                assertAnswers(topology, daemon);
                String log = String.join("\n", daemon.lines());
                assertEquals(isHidden, log.contains(UNASKED + " reason=\"this kernel has no BTF"), log);
                assertFalse(log.contains("WARN libbpf"), log);
                assertFalse(log.contains("failed to adopt"), log);
                daemon.signal("KILL");
                daemon.awaitExit(LIMIT);
            }
        }
    }

    @Test
    void shouldServeWithTheOtherProgramWhenTheKernelRefusesTheOneThatAsks() throws IOException {
        try (Topology topology = Topology.builder().pods(1).build()) {
            EchoResponder.start(topology.pod(1), POD_PORT);
            Path asking = Files.write(directory.resolve("asking.bpf.o"), BuiltInObjects.asking());
            List<String> command = new ArrayList<>(daemon(topology));
            command.addAll(List.of("--ebpf-program", asking.toString()));
            LabProcess daemon = topology.node().start(hidden(command).toArray(String[]::new));
            assertAnswers(topology, daemon);
            String log = String.join("\n", daemon.lines());
            assertTrue(log.contains("the kernel refuses the program that asks connection tracking"), log);
            assertTrue(log.contains("attached TC eBPF program"), log);
        }
    }

    @Test
    void shouldSayInTheProbeWhyTheKernelCannotBeAsked() throws IOException {
        try (Topology topology = Topology.builder().pods(1).build()) {
            List<String> probe = List.of(Distribution.command(), "probe");
            String here = topology.node().exec(probe.toArray(String[]::new));
            assertTrue(isIn(here, "questions to conntrack +yes "), here);
            String without = topology.node().exec(hidden(probe).toArray(String[]::new));
            assertTrue(isIn(without, "questions to conntrack +no "), without);
            assertTrue(without.contains("this kernel has no BTF (/sys/kernel/btf/vmlinux)"), without);
        }
    }

    /** A column is as wide as its longest word. */
    private static boolean isIn(String table, String row) {
        return Pattern.compile("(?m)^" + row).matcher(table).find();
    }
}
