package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    @ValueSource(ints = {50, 1_000, 10_000})
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
        long synced = kib(daemon, "VmRSS");
        for (int change = 0; change < CHANGES; change++) {
            int from = daemon.lines().size();
            serve(0, Math.min(PER_SLICE, receivers), change % 2 != 0);
            daemon.awaitLine("updated tc_ebpf downstream set", from, ServiceLab.LIMIT);
            lab.admin().page("/metrics");
            lab.admin().page("/status");
        }
        LINES.add("%,d receivers: resident set %d MiB once known, %d MiB after %d changes, %d MiB at its highest"
                .formatted(receivers, mib(synced), mib(kib(daemon, "VmRSS")), CHANGES, mib(kib(daemon, "VmHWM"))));
        daemon.signal("TERM");
        daemon.awaitExit(ServiceLab.LIMIT);
    }

    private static long mib(long kib) {
        return Math.ceilDiv(kib, 1024);
    }

    private static long kib(LabProcess process, String key) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                .filter(line -> line.startsWith(key + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
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
