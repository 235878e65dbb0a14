package dev.udpfanout.bench.suite;

import dev.udpfanout.bench.contestant.Contestant;
import dev.udpfanout.bench.contestant.ContestantLab;
import dev.udpfanout.bench.contestant.Programs;
import dev.udpfanout.bench.hop.HopProbe;
import dev.udpfanout.bench.hop.HopTimes;
import dev.udpfanout.bench.latency.LatencyRun;
import dev.udpfanout.bench.latency.Series;
import dev.udpfanout.bench.throughput.Traffic;
import dev.udpfanout.bindings.errno.SystemCallException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where the ways over udp-fanout spend their time, with probes on the hooks that they pass. */
final class HopRounds {
    private static final List<Contestant> CONTESTANTS =
            List.of(Contestant.NIC_INGRESS, Contestant.DUMMY_EGRESS, Contestant.DUMMY_INGRESS);
    private static final int PAYLOAD_BYTES = 200;

    private final Plan plan;
    private final Programs programs;
    private final Progress progress;
    private long run = System.nanoTime();

    HopRounds(Plan plan, Programs programs, Progress progress) {
        this.plan = plan;
        this.programs = programs;
        this.progress = progress;
    }

    /** Empty where the kernel has no TCX: probes elsewhere could come behind the program, and see nothing. */
    Map<String, HopTimes.Split> measure() {
        Map<Contestant, List<List<HopTimes>>> times = new LinkedHashMap<>();
        List<HopProbe> probes = new ArrayList<>();
        try (Labs labs = new Labs()) {
            for (Contestant contestant : CONTESTANTS) {
                ContestantLab lab = ContestantLab.openForProbes(contestant, programs, plan.pods());
                labs.add(lab);
                probes.add(HopProbe.attach(lab, programs.hopProbe()));
            }
            for (int round = 0; round <= plan.rounds(); round++) {
                progress.at("hops, round", round, plan.rounds());
                for (int i = 0; i < CONTESTANTS.size(); i++) {
                    List<HopTimes> seen = round(labs.all().get(i), probes.get(i));
                    if (round > 0) {
                        times.computeIfAbsent(CONTESTANTS.get(i), key -> new ArrayList<>())
                                .add(seen);
                    }
                }
            }
        } catch (SystemCallException e) {
            progress.end();
            return Map.of();
        } finally {
            probes.forEach(HopProbe::close);
        }
        Map<String, HopTimes.Split> splits = new LinkedHashMap<>();
        times.forEach((contestant, all) -> splits.put(contestant.label(), HopTimes.split(all)));
        return splits;
    }

    private List<HopTimes> round(ContestantLab lab, HopProbe probe) {
        probe.begin(++run);
        long sent = LatencyRun.of(
                        lab, Series.POLLING, Traffic.MANY_SENDERS, run, plan.perSecond(), plan.latency(), PAYLOAD_BYTES)
                .sent();
        return probe.read(sent);
    }
}
