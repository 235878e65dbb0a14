package dev.udpfanout.bench.jmh;

import dev.udpfanout.bindings.abi.endpoint.EndpointTable;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.map.InnerMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** System calls on maps, made from Java; the same from C, by turns, are in {@code udp-fanout-bench --parts=swap}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class EndpointTableBenchmark {
    /** The last is the most that a listener can have. */
    @Param({"1", "100", "1000", "65535"})
    private int endpoints;

    private List<InetSocketAddress> addresses;
    private Arena arena;
    private BpfMap standing;
    private MemorySegment key;
    private MemorySegment value;

    @Setup
    public void setUp() {
        addresses = IntStream.range(0, endpoints)
                .mapToObj(i -> new InetSocketAddress("10.42." + (i >> 8) + "." + (i & 255), 5514))
                .toList();
        arena = Arena.ofConfined();
        standing = BpfMap.createInnerArray("bench_table", EndpointTable.ELEMENT_BYTES, endpoints + 1);
        key = arena.allocateFrom(ValueLayout.JAVA_INT, endpoints);
        value = arena.allocate(EndpointTable.ELEMENT_BYTES);
    }

    @TearDown
    public void tearDown() {
        standing.close();
        arena.close();
    }

    /** A new table, filled by one call: what a change of endpoints needs before it can be put in place. */
    @Benchmark
    public int makeAndFill() {
        try (InnerMap table = InnerMap.array("bench_table", EndpointTable.ELEMENT_BYTES, endpoints + 1);
                Arena each = Arena.ofConfined()) {
            table.fill(EndpointTable.write(each, addresses, address -> 0, 1), endpoints + 1);
            return table.id();
        }
    }

    /** One bpf(2) call by way of libbpf: BPF_MAP_UPDATE_ELEM. */
    @Benchmark
    public void updateOne() {
        standing.put(key, value, endpoints);
    }
}
