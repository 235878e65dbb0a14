package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures the daemon as it is shipped, in kernel mode: how long it takes to start, how much memory it takes, and how
 * long a change of an endpoint, and a link that goes down, take to the kernel. Asserts no figure. Run by
 * {@code bench/daemon/measure}, never by the build.
 */
@Tag("kernel")
class DaemonBenchmark {
    private static final int STARTS = Integer.getInteger("udpfanout.starts", 11);
    private static final int CHANGES = Integer.getInteger("udpfanout.changes", 500);
    private static final int LINK_DOWNS = Integer.getInteger("udpfanout.linkDowns", 100);
    private static final int WARM_UP = 100;
    private static final int SLICES = 10;
    private static final int PER_SLICE = 100;
    private static final String DISTRIBUTION = "udpfanout.distribution";

    /** Folders, separated by commas, to compare their starts; this build's own if empty. */
    private static final String DISTRIBUTIONS = System.getProperty("udpfanout.distributions", "");

    private static final List<String> START_FIGURES = List.of(
            "start to attached, ms",
            "CPU time of the process by then, ms",
            "start to first endpoints from Kubernetes in force, ms",
            "CPU time of the process once ready, ms",
            "resident set once ready, KiB",
            "largest resident set till then, KiB");

    private static final Path REPORT = Path.of("target", "daemon-benchmark.txt");
    private static final List<String> LINES = new ArrayList<>();

    @TempDir
    private Path directory;

    private ServiceLab lab;
    private long commandMicros;

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
        String model = cpuInfo("model name");
        LINES.addFirst("machine: " + Runtime.getRuntime().availableProcessors() + " CPUs (" + model + "), Linux "
                + System.getProperty("os.version") + ", Java " + Runtime.version() + ", load "
                + Files.readString(Path.of("/proc/loadavg")).strip());
        Files.write(REPORT, LINES);
    }

    private static String cpuInfo(String key) throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    /** Of several distributions by turns, so that what the machine does besides meets all of them alike. */
    @Test
    void startAndMemory() throws IOException {
        lab.serveAll();
        lab.configureOnDummy("drain_secs: 0");
        Map<String, List<long[]>> starts = new LinkedHashMap<>();
        String own = System.getProperty(DISTRIBUTION);
        try {
            for (int run = 0; run < STARTS; run++) {
                for (String home : DISTRIBUTIONS.isEmpty() ? List.of(own) : List.of(DISTRIBUTIONS.split(","))) {
                    System.setProperty(DISTRIBUTION, home);
                    starts.computeIfAbsent(home, each -> new ArrayList<>()).add(start());
                }
            }
        } finally {
            System.setProperty(DISTRIBUTION, own);
        }
        List<long[]> first = starts.values().iterator().next();
        starts.forEach((home, measured) -> {
            if (starts.size() > 1) {
                LINES.add("distribution " + home);
            }
            for (int figure = 0; figure < START_FIGURES.size(); figure++) {
                LINES.add(START_FIGURES.get(figure) + ": " + summary(column(measured, figure))
                        + ratio(measured, first, figure));
            }
        });
    }

    /** Starts a daemon and ends it: {@link #START_FIGURES}. */
    private long[] start() throws IOException {
        long startNanos = System.nanoTime();
        LabProcess daemon = lab.startWithoutWaiting();
        daemon.awaitLine("attached TC eBPF program", ServiceLab.LIMIT);
        long attachedMs = (System.nanoTime() - startNanos) / 1_000_000;
        long attachedCpuMs = cpuMs(daemon);
        daemon.awaitLine("downstream set listener_id=0 endpoints=3", ServiceLab.LIMIT);
        long syncedMs = (System.nanoTime() - startNanos) / 1_000_000;
        lab.awaitReady();
        lab.admin().page("/metrics");
        long[] figures = {
            attachedMs, attachedCpuMs, syncedMs, cpuMs(daemon), status(daemon, "VmRSS"), status(daemon, "VmHWM")
        };
        daemon.signal("TERM");
        daemon.awaitExit(ServiceLab.LIMIT);
        return figures;
    }

    private static long cpuMs(LabProcess process) {
        return ProcessHandle.of(process.pid())
                .flatMap(handle -> handle.info().totalCpuDuration())
                .orElseThrow()
                .toMillis();
    }

    private static long[] column(List<long[]> rows, int column) {
        return rows.stream().mapToLong(row -> row[column]).toArray();
    }

    private static String ratio(List<long[]> measured, List<long[]> first, int figure) {
        return measured == first
                ? ""
                : String.format(
                        Locale.ROOT,
                        "; %.2f of the first",
                        (double) median(column(measured, figure)) / median(column(first, figure)));
    }

    private static long status(LabProcess process, String key) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                .filter(line -> line.startsWith(key + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private static long median(long[] values) {
        return Arrays.stream(values).sorted().toArray()[values.length / 2];
    }

    private static String summary(long[] values) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        return "median " + median(values) + ", min " + sorted[0] + ", max " + sorted[sorted.length - 1] + " of "
                + sorted.length;
    }

    @Test
    void eventToKernelTable() throws IOException {
        for (int slice = 0; slice < SLICES; slice++) {
            serve(slice, true);
        }
        lab.configureOnDummy("health: { enabled: false }");
        long[] micros = new long[CHANGES];
        LabProcess daemon = lab.start();
        daemon.awaitLine("endpoints=" + SLICES * PER_SLICE, ServiceLab.LIMIT);
        assertTrue(BoundedWait.until(
                () -> lab.admin().metric("udp_fanout_kubernetes_watch_connected") == 1, ServiceLab.LIMIT));
        for (int change = -WARM_UP; change < CHANGES; change++) {
            int from = daemon.lines().size();
            serve(0, change % 2 != 0);
            daemon.awaitLine("updated tc_ebpf downstream set", from, ServiceLab.LIMIT);
            if (change >= 0) {
                micros[change] = (System.nanoTime() - lab.server().api().lastSentNanos()) / 1_000;
            }
        }
        LINES.add("last event sent to log line of the table in force read by another process, us, " + SLICES * PER_SLICE
                + " endpoints: " + percentiles(micros));
        LINES.add("the daemon's own udp_fanout_endpoint_update_seconds, warming up included: "
                + histogram(lab.admin().page("/metrics")));
        LINES.add("resident set then, KiB: " + status(daemon, "VmRSS"));
    }

    /**
     * From before {@code ip link set down} is started, its own time included, to the other pods alone in force, as the
     * log says it.
     */
    @Test
    void linkDownToKernelTable() throws IOException {
        lab.serveAll();
        lab.configureOnDummy("health: { enabled: false }");
        LabProcess daemon = lab.start("--log-level", "debug");
        daemon.awaitLine("endpoints=3", ServiceLab.LIMIT);
        long[] micros = new long[LINK_DOWNS];
        for (int pod = 1; pod <= 3; pod++) {
            lab.topology().pod(pod).exec("ping", "-c", "1", "-W", "5", "10.42.0.1");
        }
        daemon.awaitLine("endpoint is behind link endpoint=\"10.42.0.12\" ifindex=" + port(2), ServiceLab.LIMIT);
        for (int round = -WARM_UP / 5; round < LINK_DOWNS; round++) {
            int from = daemon.lines().size();
            long startNanos = System.nanoTime();
            lab.topology().node().exec("ip", "link", "set", "veth2", "down");
            long setNanos = System.nanoTime();
            daemon.awaitLine("updated tc_ebpf downstream set", from, ServiceLab.LIMIT);
            if (round >= 0) {
                micros[round] = (System.nanoTime() - startNanos) / 1_000;
                commandMicros += (setNanos - startNanos) / 1_000;
            }
            from = daemon.lines().size();
            lab.topology().node().exec("ip", "link", "set", "veth2", "up");
            daemon.awaitLine("endpoints=3", from, ServiceLab.LIMIT);
            lab.topology().pod(2).exec("ping", "-c", "1", "-W", "5", "10.42.0.1");
        }
        LINES.add("link down, the command's own run of " + commandMicros / LINK_DOWNS
                + " us on average included, to log line of the table in force without its pod, us: "
                + percentiles(micros));
    }

    private int port(int pod) {
        return lab.topology().node().call(() -> {
            try (Network network = Network.open()) {
                return network.links().byName("veth" + pod).orElseThrow().index();
            }
        });
    }

    private static String percentiles(long[] micros) {
        long[] sorted = micros.clone();
        Arrays.sort(sorted);
        return "p50 " + sorted[sorted.length / 2] + ", p99 " + sorted[sorted.length * 99 / 100] + ", max "
                + sorted[sorted.length - 1] + " of " + sorted.length;
    }

    private static String histogram(String page) {
        Map<Double, String> buckets = new TreeMap<>();
        Pattern.compile("(?m)^udp_fanout_endpoint_update_seconds_bucket\\{le=\"([^\"]+)\"} (\\S+)$")
                .matcher(page)
                .results()
                .forEach(found ->
                        buckets.put(Double.parseDouble(found.group(1).replace("+Inf", "Infinity")), found.group(2)));
        return buckets.toString();
    }

    /** One slice of a hundred endpoints; the first is ready or not, the others are. */
    private void serve(int slice, boolean firstIsReady) {
        Endpoint[] endpoints = IntStream.range(0, PER_SLICE)
                .mapToObj(pod -> Slices.pod(
                        "pod-" + slice + "-" + pod, "10.43." + slice + "." + pod, pod > 0 || firstIsReady, true, false))
                .toArray(Endpoint[]::new);
        lab.server().api().put(Slices.ofService("receivers-" + slice, "syslog", ServiceLab.POD_PORT, endpoints));
    }
}
