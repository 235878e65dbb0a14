package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.process.Command;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.endtoend.services.ProcessCost;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Measures how much memory the daemon takes as it is shipped, in kernel mode, with few receivers and with many:
 * discovery, probes and a published slice, changes one after the other, and both pages read after each. Asserts no
 * figure. Run by {@code bench/daemon/measure}, never by the build.
 */
@Tag("kernel")
@Timeout(600)
class MemoryBenchmark {
    private static final int CHANGES = Integer.getInteger("udpfanout.memoryChanges", 100);
    private static final int PER_SLICE = 100;
    private static final int PER_NETWORK = 250;
    private static final double BYTES_PER_MIB = 1 << 20;
    private static final Path REPORT = Path.of("target", "memory-benchmark.txt");
    private static final List<String> LINES = new ArrayList<>();

    @TempDir
    private Path directory;

    private ServiceLab lab;

    @BeforeEach
    void setUp() throws IOException {
        lab = new ServiceLab(directory, 3);
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    @AfterAll
    static void report() throws IOException {
        Files.write(REPORT, LINES);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 50, 1_000, 10_000})
    void residentSet(int receivers) throws IOException {
        lab.server().api().put(FakeService.withVips("192.168.1.100"));
        for (int from = 0; from < receivers; from += PER_SLICE) {
            serve(from, Math.min(PER_SLICE, receivers - from), true);
        }
        lab.configureOnDummy("drain_secs: 0");
        LabProcess daemon = lab.start();
        daemon.awaitLine("endpoints=" + receivers, ServiceLab.LIMIT);
        assertTrue(BoundedWait.until(
                () -> lab.admin().metric("udp_fanout_kubernetes_watch_connected") == 1, ServiceLab.LIMIT));
        long synced = ProcessCost.status(daemon, "VmRSS");
        for (int change = 0; change < CHANGES; change++) {
            int from = daemon.lines().size();
            serve(0, Math.min(PER_SLICE, receivers), change % 2 != 0);
            daemon.awaitLine("updated tc_ebpf downstream set", from, ServiceLab.LIMIT);
            lab.admin().page("/metrics");
            lab.admin().page("/status");
        }
        LINES.add("%,d receivers: the kernel's maps %.1f MiB, of them %s"
                .formatted(
                        receivers,
                        ProcessCost.mapsBytes(daemon) / BYTES_PER_MIB,
                        largest(ProcessCost.mapBytes(daemon))));
        LINES.add("%,d receivers: resident set %d MiB once known, %d MiB after %d changes, %d MiB at its highest"
                .formatted(
                        receivers,
                        mib(synced),
                        mib(ProcessCost.status(daemon, "VmRSS")),
                        CHANGES,
                        mib(ProcessCost.status(daemon, "VmHWM"))));
        daemon.signal("TERM");
        daemon.awaitExit(ServiceLab.LIMIT);
    }

    /** The eight that take most, by the names that {@code bpftool map show} has. */
    private static String largest(Map<Long, Long> bytes) {
        return bytes.entrySet().stream()
                .sorted(Map.Entry.<Long, Long>comparingByValue().reversed())
                .limit(8)
                .map(map -> "%s %.1f MiB".formatted(name(map.getKey()), map.getValue() / BYTES_PER_MIB))
                .collect(Collectors.joining(", "));
    }

    private static String name(long map) {
        String shown = Command.run(List.of("bpftool", "map", "show", "id", Long.toString(map)));
        Matcher found = Pattern.compile("name (\\S+)").matcher(shown);
        return found.find() ? found.group(1) : Long.toString(map);
    }

    private static long mib(long kib) {
        return Math.ceilDiv(kib, 1024);
    }

    /** One slice; its first endpoint is ready or not, the others are. */
    private void serve(int from, int count, boolean firstIsReady) {
        Endpoint[] endpoints = IntStream.range(from, from + count)
                .mapToObj(pod -> Slices.pod(
                        "receiver-of-syslog-6c9f7d8b5d-" + pod,
                        "10.43." + pod / PER_NETWORK + "." + pod % PER_NETWORK,
                        pod > from || firstIsReady,
                        true,
                        false))
                .toArray(Endpoint[]::new);
        lab.server().api().put(Slices.ofService("receivers-" + from, "syslog", ServiceLab.POD_PORT, endpoints));
    }
}
