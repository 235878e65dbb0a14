package dev.udpfanout.bench.program;

import dev.udpfanout.bench.contestant.Programs;
import dev.udpfanout.bindings.abi.endpoint.EndpointTable;
import dev.udpfanout.bindings.map.InnerMap;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.process.Command;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.NetflowConfig;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.kernel.KernelDatapath;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.network.Network;
import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/** How long the replacement of a listener's whole endpoint table takes from Java, beside the same system calls in C. */
public final class TableSwap {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int SWAPS_IN_ROUND = 15;
    private static final int WARM_UP_ROUNDS = 3;

    private TableSwap() {}

    /**
     * Medians of one round, in microseconds.
     *
     * @param javaFill to make a table and fill it, from Java
     * @param cFill the same from C
     * @param inUse from {@code Datapath.apply} to the new table seen in place, from Java: all that a change of
     *     endpoints takes
     */
    public record Round(double javaFill, double cFill, double inUse) {}

    /** Measures by turns, Java and C in each round. */
    public static List<Round> measure(Programs programs, int endpoints, int rounds) {
        List<Round> measured = new ArrayList<>();
        try (Topology topology = Topology.builder().pods(1).build()) {
            topology.node()
                    .call(
                            () -> {
                                measure(programs, endpoints, rounds, measured);
                                return null;
                            },
                            LIMIT);
        }
        return measured;
    }

    private static void measure(Programs programs, int endpoints, int rounds, List<Round> measured) {
        List<ListenerConfig> listeners = listeners();
        List<Endpoint> all = IntStream.range(0, endpoints)
                .mapToObj(i -> new Endpoint(
                        "pod",
                        new InetSocketAddress(
                                "10." + (100 + (i >> 16)) + "." + (i >> 8 & 255) + "." + (i & 255), 5514)))
                .toList();
        KernelProgram program = KernelProgram.load(KernelProgram.builtIn());
        try (KernelDatapath datapath =
                new KernelDatapath(listeners, NetflowConfig.IN_MEMORY, program, Network.open(), Optional.empty())) {
            for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
                Round each = new Round(javaFill(all), cFill(programs, endpoints), inUse(datapath, all));
                if (round >= 0) {
                    measured.add(each);
                }
            }
        }
    }

    private static double javaFill(List<Endpoint> endpoints) {
        List<InetSocketAddress> addresses =
                endpoints.stream().map(Endpoint::address).toList();
        double[] micros = new double[SWAPS_IN_ROUND];
        for (int swap = 0; swap < SWAPS_IN_ROUND; swap++) {
            long beganNs = System.nanoTime();
            int elements = addresses.size() + 1;
            try (InnerMap table = InnerMap.array("bench_table", EndpointTable.ELEMENT_BYTES, elements);
                    Arena arena = Arena.ofConfined()) {
                table.fill(EndpointTable.write(arena, addresses, address -> 0, swap), elements);
                micros[swap] = (System.nanoTime() - beganNs) / 1e3;
            }
        }
        return new Median().evaluate(micros);
    }

    private static double cFill(Programs programs, int endpoints) {
        return new Median()
                .evaluate(Command.run(List.of(
                                programs.tableSwap().toString(),
                                Integer.toString(endpoints),
                                Integer.toString(SWAPS_IN_ROUND)))
                        .lines()
                        .mapToDouble(line -> Long.parseLong(line.split(" ")[0]) / 1e3)
                        .toArray());
    }

    private static double inUse(KernelDatapath datapath, List<Endpoint> endpoints) {
        double[] micros = new double[SWAPS_IN_ROUND];
        for (int swap = 0; swap < SWAPS_IN_ROUND; swap++) {
            // Another table each time: an equal one would not be put in place.
            List<Endpoint> rotated = new ArrayList<>(endpoints);
            java.util.Collections.rotate(rotated, 1 + swap % Math.max(1, endpoints.size() - 1));
            EndpointSet set = new EndpointSet("swap", rotated.subList(0, Math.max(1, rotated.size() - swap % 2)));
            long beganNs = System.nanoTime();
            var oldIsUnused = datapath.apply(set);
            micros[swap] = (System.nanoTime() - beganNs) / 1e3;
            oldIsUnused.toCompletableFuture().join();
        }
        return new Median().evaluate(micros);
    }

    private static List<ListenerConfig> listeners() {
        String yaml = """
                listeners:
                  - { name: swap, interface: lo, bind: "192.0.2.1:5514", downstream: [ { address: "10.42.0.11:40514" } ] }
                """;
        try {
            return new ConfigReader(name -> true).parse(yaml, "bench").listeners();
        } catch (InvalidConfigException e) {
            throw new IllegalStateException(e);
        }
    }
}
