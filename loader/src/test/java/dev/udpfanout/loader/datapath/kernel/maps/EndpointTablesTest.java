package dev.udpfanout.loader.datapath.kernel.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tables that are replaced together, in the kernel's map of maps. */
@Tag("kernel")
@Timeout(60)
class EndpointTablesTest {
    private static final int SLOTS = 3;
    private static final int THREADS = 4;
    private static final int CHANGES = 50;

    private static List<InetSocketAddress> endpoints(int number) {
        return List.of(new InetSocketAddress("10.0.0." + (number + 1), 5514));
    }

    /** Lets nobody get an answer before it has been asked so often. */
    private static final class AllAtOnce extends AbstractExecutorService {
        private final List<Runnable> held = new ArrayList<>();
        private final int enough;

        AllAtOnce(int enough) {
            this.enough = enough;
        }

        @Override
        public void execute(Runnable task) {
            held.add(task);
            if (held.size() == enough) {
                held.forEach(Runnable::run);
                held.clear();
            }
        }

        @Override
        public void shutdown() {
            held.clear();
        }

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return held.isEmpty();
        }

        @Override
        public boolean isTerminated() {
            return held.isEmpty();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }

    private interface Check {
        void with(EndpointTables tables);
    }

    private static void check(ExecutorService threads, Check check) throws Exception {
        try (Topology topology = Topology.builder().pods(1).build()) {
            topology.node().call(() -> {
                Optional<Pins> pins = Pins.open(topology.pinDirectory());
                try (KernelProgram program = KernelProgram.load(
                                KernelProgram.builtIn(), pins, FlowsConfig.DEFAULT, Set.of(KernelProgram.REWRITE));
                        EndpointTables tables = new EndpointTables(
                                program.map(SharedMaps.ENDPOINTS),
                                TableLayout.TURNS,
                                new EndpointCounters(program),
                                new TablePins(pins, SharedMaps.ENDPOINTS.name()),
                                threads)) {
                    check.with(tables);
                }
                return null;
            });
        }
    }

    /** With one after the other, the last listener of many goes on sending to an endpoint that has gone. */
    @Test
    void shouldAskForAllTablesBeforeItWaitsForOne() throws Exception {
        check(new AllAtOnce(SLOTS), tables -> {
            tables.together(
                    () -> IntStream.range(0, SLOTS).forEach(slot -> tables.replace(slot, endpoints(slot), Map.of())));

            IntStream.range(0, SLOTS).forEach(slot -> assertEquals(Optional.of(endpoints(slot)), tables.read(slot)));
        });
    }

    @Test
    void shouldHaveTheLastOfSeveralTablesOfOneListener() throws Exception {
        check(Executors.newFixedThreadPool(THREADS), tables -> {
            tables.together(() ->
                    IntStream.range(0, CHANGES).forEach(change -> tables.replace(0, endpoints(change), Map.of())));

            assertEquals(Optional.of(endpoints(CHANGES - 1)), tables.read(0));
        });
    }

    @Test
    void shouldHaveEachTableInUseWhereNothingIsMadeTogether() throws Exception {
        check(new AllAtOnce(1), tables -> IntStream.range(0, SLOTS).forEach(change -> {
            tables.replace(0, endpoints(change), Map.of());
            assertEquals(Optional.of(endpoints(change)), tables.read(0));
        }));
    }
}
