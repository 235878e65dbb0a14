package dev.udpfanout.loader.control;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Endpoints as a source may know them, drawn from few values of each, so that they are often the same. */
public final class KnownEndpoints {
    /** All addresses that an endpoint may have. */
    public static final List<InetSocketAddress> ADDRESSES = IntStream.rangeClosed(1, 6)
            .mapToObj(host -> new InetSocketAddress("10.0.0." + host, 5514))
            .toList();

    private KnownEndpoints() {}

    /** Lists of up to eight endpoints, with duplicates. */
    public static Arbitrary<List<DiscoveredEndpoint>> lists() {
        Arbitrary<Boolean> flag = Arbitraries.of(true, false);
        return Combinators.combine(
                        Arbitraries.of("one", "two"),
                        Arbitraries.of(ADDRESSES),
                        flag,
                        flag,
                        flag,
                        Arbitraries.of("node-a", "node-b").injectNull(0.2),
                        Arbitraries.of("zone-a", "zone-b").injectNull(0.2),
                        Arbitraries.of(0, 1, 1, 1))
                .as((name, address, ready, serving, terminating, node, zone, weight) -> new DiscoveredEndpoint(
                        name,
                        address,
                        ready,
                        serving,
                        terminating,
                        Optional.ofNullable(node),
                        Optional.ofNullable(zone),
                        weight))
                .list()
                .ofMaxSize(8);
    }

    /** Sets of endpoints that the probes have found down. */
    public static Arbitrary<Set<InetSocketAddress>> down() {
        return Arbitraries.subsetOf(ADDRESSES);
    }
}
