package dev.udpfanout.bench.jmh;

import dev.udpfanout.bench.program.TestRuns;
import dev.udpfanout.bindings.namespace.NetworkNamespace;
import dev.udpfanout.lab.Bpffs;
import dev.udpfanout.lab.Topology;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The kernel program by BPF_PROG_TEST_RUN, a packet. The system call and what it does around the program are in it,
 * shared by {@value TestRuns#REPEAT} packets; the kernel's own figure, which leaves that out, is
 * {@code udp-fanout-bench --parts=program}'s.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class KernelProgramBenchmark {
    @Param({
        "IPv4",
        "IPv6",
        "IPv4, hash",
        "IPv6, hash",
        "IPv4, allow",
        "IPv6, allow",
        "IPv4, rate_limit",
        "IPv6, rate_limit",
        "not a listener's"
    })
    private String packet;

    private Topology topology;
    private TestRuns runs;

    @Setup
    public void setUp() {
        Bpffs.ensure();
        topology = TestRuns.network();
        NetworkNamespace.enter(topology.node().path());
        runs = TestRuns.open();
    }

    @TearDown
    public void tearDown() {
        runs.close();
        topology.close();
    }

    @Benchmark
    @OperationsPerInvocation(TestRuns.REPEAT)
    public int run() {
        return runs.run(packet);
    }
}
