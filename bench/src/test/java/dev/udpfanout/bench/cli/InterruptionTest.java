package dev.udpfanout.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.RunName;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.process.LabProcess;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bench that is ended in the middle leaves nothing behind. */
@Tag("kernel")
class InterruptionTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path report;

    private LabProcess startUntilItMeasures() {
        LabProcess bench = LabProcess.start(
                List.of(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.udpfanout.bench.cli.BenchCommand",
                        "--parts=throughput",
                        "--paths=nic_ingress,c_forwarder",
                        "--rounds=200",
                        "--daemon=" + Path.of(System.getProperty("udpfanout.distribution"), "bin", "udp-fanout"),
                        "--programs=target/programs",
                        "--report=" + report),
                Map.of(),
                line -> {});
        assertTrue(BoundedWait.until(() -> namespaces(bench.pid()).size() == 10, LIMIT), () -> bench.lines()
                .toString());
        bench.awaitLine("throughput", LIMIT);
        return bench;
    }

    private static List<String> namespaces(long pid) {
        String[] names = new File("/run/netns").list();
        return Stream.of(names == null ? new String[0] : names)
                .filter(name ->
                        RunName.parse(name).filter(run -> run.pid() == pid).isPresent())
                .toList();
    }

    /** The daemon and the forwarder are the bench's children, by way of nsenter and taskset, which become them. */
    private static List<ProcessHandle> children(LabProcess bench) {
        return ProcessHandle.of(bench.pid()).orElseThrow().descendants().toList();
    }

    @Test
    void shouldLeaveNothingBehindWhenInterrupted() {
        LabProcess bench = startUntilItMeasures();
        List<ProcessHandle> children = children(bench);
        assertFalse(children.isEmpty());
        // What Ctrl-C sends would do the same, but a shell has what it starts in the background ignore it.
        bench.signal("TERM");
        bench.awaitExit(LIMIT);
        assertEquals(List.of(), namespaces(bench.pid()));
        assertTrue(
                BoundedWait.until(() -> children.stream().noneMatch(ProcessHandle::isAlive), LIMIT),
                () -> "still alive: " + children);
    }

    @Test
    void shouldLeaveNothingBehindOnceAnotherRunHasBegunWhenKilled() {
        LabProcess bench = startUntilItMeasures();
        List<ProcessHandle> children = children(bench);
        bench.signal("KILL");
        bench.awaitExit(LIMIT);
        Topology.builder().pods(1).build().close();
        assertEquals(List.of(), namespaces(bench.pid()));
        assertTrue(
                BoundedWait.until(() -> children.stream().noneMatch(ProcessHandle::isAlive), LIMIT),
                () -> "still alive: " + children);
    }
}
