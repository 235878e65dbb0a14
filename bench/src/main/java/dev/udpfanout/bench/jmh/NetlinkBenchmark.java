package dev.udpfanout.bench.jmh;

import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.link.Links;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Questions to the kernel by rtnetlink(7), in a namespace that has loopback and 99 bridges. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class NetlinkBenchmark {
    private static final int BRIDGES = 99;

    private RtnetlinkSocket socket;
    private Links links;

    @Setup
    public void setUp() {
        OwnNamespace.enter();
        socket = RtnetlinkSocket.open();
        links = new Links(socket);
        for (int i = 0; i < BRIDGES; i++) {
            links.createBridge("bench" + i);
        }
    }

    @TearDown
    public void tearDown() {
        socket.close();
    }

    /** A round trip: request, answer, acknowledgement. */
    @Benchmark
    public Optional<Link> oneLink() {
        return links.byIndex(1);
    }

    /** A dump. */
    @Benchmark
    public List<Link> hundredLinks() {
        return links.all();
    }
}
