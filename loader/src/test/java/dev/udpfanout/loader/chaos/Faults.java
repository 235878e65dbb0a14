package dev.udpfanout.loader.chaos;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Draws one fault after the other: each as often as any other, in an order that the seed decides, and never the clock.
 */
final class Faults {
    private final List<Fault> all;
    private final Random order;
    private final Deque<Drawn> drawn = new ArrayDeque<>();

    /**
     * A fault to come.
     *
     * @param random for what the fault itself draws
     */
    record Drawn(Fault fault, Random random) {}

    Faults(List<Fault> all, long seed) {
        this.all = List.copyOf(all);
        this.order = new Random(seed);
    }

    /** All that are possible on a machine. */
    static List<Fault> possible(boolean hasTcx, boolean hasLimits) {
        return Stream.of(
                        DaemonFaults.all(),
                        ApiFaults.all(),
                        InterfaceFaults.all(),
                        ProgramFaults.all(hasTcx),
                        NetworkFaults.all(),
                        ResourceFaults.all(hasLimits))
                .flatMap(List::stream)
                .toList();
    }

    /** Those that the daemon's process and its datapath outlive, on any machine. */
    static List<Fault> daily() {
        return Stream.of(DaemonFaults.reloads(), ApiFaults.passing())
                .flatMap(List::stream)
                .toList();
    }

    /** The next one. */
    Drawn next() {
        if (drawn.isEmpty()) {
            List<Fault> round = new ArrayList<>(all);
            Collections.shuffle(round, order);
            round.forEach(fault -> drawn.add(new Drawn(fault, new Random(order.nextLong()))));
        }
        return drawn.remove();
    }
}
