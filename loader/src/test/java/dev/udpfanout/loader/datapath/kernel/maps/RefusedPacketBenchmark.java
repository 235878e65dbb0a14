package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Measures what a packet over the limit costs, on one CPU and on two at the same time. Run by its name, never by the
 * build.
 */
@Tag("kernel")
class RefusedPacketBenchmark {
    private static final int ROUNDS = 15;
    private static final int RUNS = 300;
    private static final int REPEAT = 2_000;

    /** TC_ACT_SHOT of linux/pkt_cls.h. */
    private static final int DROPPED = 2;

    private static final Path REPORT = Path.of("target", "refused-packet-benchmark.txt");
    private static final byte[] FRAME = UdpFrame.between(
                    new InetSocketAddress("203.0.113.9", 4711), new InetSocketAddress("192.0.2.1", 5514))
            .link(new MacAddress(2), new MacAddress(0))
            .payload(new byte[200])
            .build();

    @Test
    void refusedPacket() throws IOException {
        try (Topology topology = Topology.builder().pods(1).build()) {
            KernelProgram program = topology.node().call(() -> KernelProgram.load(KernelProgram.builtIn()));
            NodeDatapath.open(
                    topology.node(),
                    program,
                    ListenerText.on("lo", "192.0.2.1:5514")
                            .with("rate_limit", "{ packets_per_second: 1 }")
                            .listener(topology.podEndpoints(WayIn.POD_PORT)));
            medianNanos(0, new CyclicBarrier(1), topology, program.rewrite());
            double[] alone = new double[ROUNDS];
            double[] ofTwo = new double[ROUNDS];
            // By turns, so that what else the machine does meets both.
            for (int round = 0; round < ROUNDS; round++) {
                alone[round] = onCpus(1, topology, program.rewrite());
                ofTwo[round] = onCpus(2, topology, program.rewrite());
            }
            double[] ratios = IntStream.range(0, ROUNDS)
                    .mapToDouble(i -> ofTwo[i] / alone[i])
                    .toArray();
            Files.writeString(
                    REPORT,
                    "a refused packet: %.0f ns on one CPU, %.0f ns on each of two at once; two over one %.2f [%.2f, %.2f]%n"
                            .formatted(
                                    median(alone),
                                    median(ofTwo),
                                    median(ratios),
                                    ratios[ROUNDS / 10],
                                    ratios[ROUNDS - 1 - ROUNDS / 10]),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }

    private static double onCpus(int cpus, Topology topology, BpfProgram program) {
        CyclicBarrier start = new CyclicBarrier(cpus);
        List<CompletableFuture<Double>> runs = IntStream.range(0, cpus)
                .mapToObj(cpu -> CompletableFuture.supplyAsync(
                        () -> medianNanos(cpu, start, topology, program),
                        task -> Thread.ofPlatform().start(task)))
                .toList();
        return runs.stream().mapToDouble(CompletableFuture::join).average().orElseThrow();
    }

    /**
     * The median and not the mean: an interrupt makes one run long, and says nothing about the program. A run in which
     * a packet was let through does not count: the kernel does not put it back, so the rest of the run is no
     * listener's.
     */
    private static double medianNanos(int cpu, CyclicBarrier start, Topology topology, BpfProgram program) {
        return topology.node().call(() -> {
            String thread =
                    Path.of("/proc/thread-self").toRealPath().getFileName().toString();
            topology.node().exec("taskset", "-p", "-c", Integer.toString(cpu), thread);
            start.await();
            double[] nanos = new double[RUNS];
            for (int run = 0; run < RUNS; ) {
                BpfProgram.TestRun result = program.testRun(FRAME, REPEAT);
                if (result.verdict() == DROPPED) {
                    nanos[run++] = result.durationNs();
                }
            }
            return median(nanos);
        });
    }

    /** Sorts them, too. */
    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
