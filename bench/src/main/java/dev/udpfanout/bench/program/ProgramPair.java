package dev.udpfanout.bench.program;

import dev.udpfanout.bench.contestant.Cpus;
import dev.udpfanout.forwarder.socket.CpuAffinity;
import dev.udpfanout.lab.Bpffs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** Two builds' programs on the same loads, by turns: each load of one beside the same of the other. */
public final class ProgramPair implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int RUNS = 12;

    private final ProgramBed before;
    private final ProgramBed now;
    private final List<Values> values = new ArrayList<>();

    /**
     * Nanoseconds a packet of one load, a value a round.
     *
     * @param before of the first build
     * @param now of the second
     */
    public record Values(String load, List<Double> before, List<Double> now) {}

    private ProgramPair(ProgramBed before, ProgramBed now) {
        this.before = before;
        this.now = now;
        now.aims()
                .forEach(aim -> values.add(new Values(
                        "%s; senders %,d, endpoints %,d"
                                .formatted(
                                        aim.load().label(),
                                        aim.load().clients(),
                                        aim.load().endpoints()),
                        new ArrayList<>(),
                        new ArrayList<>())));
    }

    /**
     * Measures.
     *
     * @param beforeDaemon, nowDaemon {@code bin/udp-fanout} of the two builds
     * @param driver what packet_driver.bpf.c was compiled to
     * @param progress told how many rounds are done
     * @throws IllegalStateException if a packet did not go the way that is measured
     */
    public static List<Values> measure(
            Path beforeDaemon, Path nowDaemon, Path driver, int rounds, IntConsumer progress) {
        Bpffs.ensure();
        try (ProgramPair plain = open(beforeDaemon, nowDaemon, driver, Load.plain());
                ProgramPair featured = open(beforeDaemon, nowDaemon, driver, Load.featured())) {
            for (int round = 0; round < rounds; round++) {
                plain.round(round);
                featured.round(round);
                progress.accept(round + 1);
            }
            List<Values> all = new ArrayList<>(plain.values);
            all.addAll(featured.values);
            return all;
        }
    }

    private static ProgramPair open(Path beforeDaemon, Path nowDaemon, Path driver, List<Load> loads) {
        List<Load> compared = loads.stream().filter(Load::isOurs).toList();
        ProgramBed before = ProgramBed.open(beforeDaemon, driver, compared);
        try {
            return new ProgramPair(before, ProgramBed.open(nowDaemon, driver, compared));
        } catch (RuntimeException e) {
            before.close();
            throw e;
        }
    }

    /** Whoever is first in one round is second in the next. */
    private void round(int round) {
        for (int load = 0; load < values.size(); load++) {
            Values each = values.get(load);
            if (round % 2 == 0) {
                each.before.add(ns(before, load));
                each.now.add(ns(now, load));
            } else {
                each.now.add(ns(now, load));
                each.before.add(ns(before, load));
            }
        }
    }

    private static double ns(ProgramBed bed, int load) {
        return bed.topology()
                .node()
                .call(
                        () -> {
                            CpuAffinity.pinTo(Cpus.SENDER);
                            return new ProgramRound(bed, RUNS).ownNs(bed.aims().get(load));
                        },
                        LIMIT);
    }

    @Override
    public void close() {
        now.close();
        before.close();
    }
}
