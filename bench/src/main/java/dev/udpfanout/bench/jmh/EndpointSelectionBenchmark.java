package dev.udpfanout.bench.jmh;

import dev.udpfanout.loader.config.HealthConfig.OnAllUnhealthy;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.control.EndpointSelection;
import dev.udpfanout.loader.control.EndpointSet;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
import org.openjdk.jmh.annotations.Warmup;

/** What the control plane computes anew for each event: which of the known endpoints a listener uses. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class EndpointSelectionBenchmark {
    private static final int NODES = 20;
    private static final int PORT = 5514;

    @Param({"10", "1000", "65535"})
    private int endpoints;

    private final EndpointSelection selection = new EndpointSelection("node0", Optional.of("zone0"));
    private ListenerConfig listener;
    private List<DiscoveredEndpoint> known;
    private Set<InetSocketAddress> down;

    @Setup
    public void setUp() throws InvalidConfigException {
        String yaml = """
                listeners:
                  - { name: bench, interface: lo, bind: "192.0.2.1:5514", kubernetes: { service: receivers, port: 5514 } }
                """;
        listener =
                new ConfigReader(name -> true).parse(yaml, "bench").listeners().getFirst();
        known = IntStream.range(0, endpoints).mapToObj(this::endpoint).toList();
        down = Set.of(known.get(0).address(), known.get(endpoints / 2).address());
    }

    private DiscoveredEndpoint endpoint(int i) {
        InetSocketAddress address = new InetSocketAddress("10.42." + (i >> 8) + "." + (i & 255), PORT);
        Optional<String> node = Optional.of("node" + i % NODES);
        return new DiscoveredEndpoint("pod" + i, address, i % 10 != 0, true, i % 10 == 0, node, Optional.empty(), 1);
    }

    @Benchmark
    public EndpointSet select() {
        return selection.select(listener.receivers(), known, down, OnAllUnhealthy.FORWARD);
    }
}
