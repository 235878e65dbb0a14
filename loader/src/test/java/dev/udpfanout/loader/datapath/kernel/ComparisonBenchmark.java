package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerText;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Measures how long a comparison takes if nothing has changed. Run by its name, never by the build. */
@Tag("kernel")
class ComparisonBenchmark {
    private static final int WARM_UP = 50;
    private static final int COMPARISONS = 200;
    private static final Path REPORT = Path.of("target", "comparison-benchmark.txt");

    @ParameterizedTest
    @ValueSource(ints = {1, 1_000, 10_000, 65_536})
    void comparison(int endpoints) throws IOException {
        try (Topology topology = Topology.builder().pods(1).build()) {
            ListenerConfig listener = ListenerText.on("eth0", "0.0.0.0:5514").listener(addresses(1));
            NodeDatapath datapath = NodeDatapath.open(topology.node(), listener);
            datapath.apply(0, addresses(endpoints));
            IntStream.range(0, WARM_UP).forEach(n -> datapath.reconcile());
            long cpuBegan = cpuNanos(datapath);
            long[] nanos = LongStream.range(0, COMPARISONS)
                    .map(n -> {
                        long began = System.nanoTime();
                        datapath.reconcile();
                        return System.nanoTime() - began;
                    })
                    .sorted()
                    .toArray();
            long cpu = (cpuNanos(datapath) - cpuBegan) / COMPARISONS;
            assertTrue(nanos[0] > 0);
            Files.writeString(
                    REPORT,
                    "%,d endpoints: a comparison takes %.2f ms of CPU time (mean), %.2f ms (median), %.2f ms (99 %%)%n"
                            .formatted(
                                    endpoints,
                                    cpu / 1e6,
                                    nanos[COMPARISONS / 2] / 1e6,
                                    nanos[COMPARISONS * 99 / 100] / 1e6),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }

    /** Of the thread that compares: hardly changed by what else the machine does. */
    private static long cpuNanos(NodeDatapath datapath) {
        return datapath.call(() -> ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
    }

    private static List<InetSocketAddress> addresses(int count) {
        return IntStream.range(0, count)
                .mapToObj(n -> "10.%d.%d.%d".formatted(64 + n / 62_500, n / 250 % 250, n % 250 + 1))
                .map(text -> new InetSocketAddress(InetAddress.ofLiteral(text), 5514))
                .toList();
    }
}
