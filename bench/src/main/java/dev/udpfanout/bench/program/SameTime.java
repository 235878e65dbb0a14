package dev.udpfanout.bench.program;

import dev.udpfanout.bench.program.ProgramBed.Aim;
import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.forwarder.socket.CpuAffinity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Test runs on several CPUs, each run beginning on all of them at once. */
final class SameTime {
    private static final int REPEAT = 2000;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Executor THREAD_EACH =
            code -> Thread.ofPlatform().daemon().name("test-runs").start(code);

    private SameTime() {}

    /** Mean nanoseconds a packet of what the bed's driver is aimed at. */
    static double meanNs(ProgramBed bed, Aim aim, List<Integer> cpus, int runs) {
        return meanNs(bed, aim, cpus, runs, bed.driver().drive());
    }

    /** The same of another program. */
    static double meanNs(ProgramBed bed, Aim aim, List<Integer> cpus, int runs, BpfProgram program) {
        CyclicBarrier start = new CyclicBarrier(cpus.size());
        List<CompletableFuture<Double>> means = new ArrayList<>();
        for (int cpu : cpus) {
            means.add(CompletableFuture.supplyAsync(
                    () -> bed.topology()
                            .node()
                            .call(
                                    () -> {
                                        CpuAffinity.pinTo(cpu);
                                        return mean(aim, runs, program, start);
                                    },
                                    LIMIT),
                    THREAD_EACH));
        }
        return means.stream().mapToDouble(CompletableFuture::join).average().orElseThrow();
    }

    private static double mean(Aim aim, int runs, BpfProgram program, CyclicBarrier start)
            throws InterruptedException, BrokenBarrierException, TimeoutException {
        int[] values = new int[runs];
        for (int run = 0; run < runs; run++) {
            start.await(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            values[run] = program.testRunOn(aim.ifindex(), aim.frame(), REPEAT).durationNs();
        }
        return RunMean.ofMiddleHalf(values);
    }
}
