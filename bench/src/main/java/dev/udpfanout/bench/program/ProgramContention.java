package dev.udpfanout.bench.program;

import dev.udpfanout.bench.contestant.Cpus;
import dev.udpfanout.bench.contestant.Programs;
import dev.udpfanout.bench.program.ProgramBed.Aim;
import dev.udpfanout.bench.result.Contention;
import dev.udpfanout.bench.statistics.Estimate;
import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.lab.Bpffs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * What a packet costs when two CPUs have packets of the same listener: a map that CPUs share costs more then, one that
 * each CPU has for itself does not.
 */
public final class ProgramContention {
    /** The maps that a load writes, in words: those that all CPUs share, or none. */
    private static final Map<String, String> MAPS = maps();

    private ProgramContention() {}

    private static Map<String, String> maps() {
        Map<String, String> maps = new LinkedHashMap<>();
        maps.put("floor", "none");
        maps.put("round robin", "STATS, CURSORS: each CPU has its own");
        maps.put("hash", "HASH_TABLES is only read");
        maps.put("hash of 8 bytes of the payload", "HASH_TABLES is only read; STATS: each CPU has its own");
        maps.put("StatsD metric", "HASH_TABLES is only read; STATS: each CPU has its own");
        maps.put("NetFlow data", "NETFLOW_WORK, STATS, CURSORS: each CPU has its own");
        maps.put("allow", "ALLOWED_SOURCES is only read");
        maps.put("rate_limit", "LIMIT_BUCKETS, with a lock; LIMIT_SHARES: each CPU has its own");
        maps.put("replies", "FLOWS, FLOW_ENDPOINTS: all CPUs write");
        return maps;
    }

    /**
     * Measures, with a thousand clients on both CPUs.
     *
     * @param runs how many test runs make a value
     * @param progress told how many rounds are done
     */
    public static List<Contention> measure(Programs programs, int rounds, int runs, IntConsumer progress) {
        Bpffs.ensure();
        List<Load> loads = new ArrayList<>(Load.plain());
        loads.addAll(Load.featured());
        List<Load> chosen = loads.stream()
                .filter(load -> MAPS.containsKey(load.name())
                        && load.clients() == Load.MANY_CLIENTS
                        && load.endpoints() <= Load.FEW_ENDPOINTS)
                .toList();
        try (ProgramBed bed = ProgramBed.open(programs.daemon(), programs.packetDriver(), chosen)) {
            List<List<Double>> alone = new ArrayList<>();
            List<List<Double>> both = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < chosen.size(); i++) {
                    if (round == 0) {
                        alone.add(new ArrayList<>());
                        both.add(new ArrayList<>());
                    }
                    alone.get(i).add(ownNs(bed, bed.aims().get(i), List.of(Cpus.SENDER), runs));
                    both.get(i).add(ownNs(bed, bed.aims().get(i), List.of(Cpus.SENDER, Cpus.RECEIVER), runs));
                }
                progress.accept(round + 1);
            }
            return results(chosen, alone, both);
        }
    }

    private static List<Contention> results(List<Load> loads, List<List<Double>> alone, List<List<Double>> both) {
        List<Contention> results = new ArrayList<>();
        for (int i = 0; i < loads.size(); i++) {
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < alone.get(i).size(); round++) {
                ratios.add(both.get(i).get(round) / alone.get(i).get(round));
            }
            results.add(new Contention(
                    loads.get(i).label(),
                    MAPS.get(loads.get(i).name()),
                    Estimate.of(alone.get(i)),
                    Estimate.of(both.get(i)),
                    Estimate.of(ratios)));
        }
        return results;
    }

    /** As {@link ProgramRound#ownNs}, on CPUs at the same time: the mean of theirs. */
    private static double ownNs(ProgramBed bed, Aim aim, List<Integer> cpus, int runs) {
        BpfProgram none = bed.driver().none();
        bed.aim(aim, aim.program());
        double with = SameTime.meanNs(bed, aim, cpus, runs);
        bed.aim(aim, none);
        double without = SameTime.meanNs(bed, aim, cpus, runs);
        return with - without + SameTime.meanNs(bed, aim, cpus, runs, none);
    }
}
