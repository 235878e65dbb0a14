package dev.udpfanout.bench.result;

import dev.udpfanout.bench.contestant.Contestant;
import dev.udpfanout.bench.hop.HopTimes;
import dev.udpfanout.bench.latency.LatencyRecording;
import dev.udpfanout.bench.latency.Series;
import dev.udpfanout.bench.statistics.Estimate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Results of a run that never was, from distributions that are known. */
public final class ResultsFixture {
    public static final int ROUNDS = 11;
    private static final int DATAGRAMS = 2000;

    private ResultsFixture() {}

    /** Latency of a path: each datagram takes the base and up to a spread more, evenly distributed. */
    public static Results.Latency evenlySpread(
            Contestant contestant, Series series, int senders, long baseNs, long spreadNs) {
        Random random = new Random(contestant.ordinal());
        LatencyCollector collector = new LatencyCollector(contestant.label(), series.toString(), senders);
        for (int round = 0; round < ROUNDS; round++) {
            LatencyRecording recording = new LatencyRecording();
            for (int i = 0; i < DATAGRAMS; i++) {
                long intendedNs = i * 200_000L;
                recording.record(intendedNs, intendedNs + baseNs + random.nextLong(spreadNs));
            }
            // One of each round was lost.
            collector.add(recording, DATAGRAMS + 1);
        }
        return collector.result();
    }

    /** Something of everything. */
    public static Results complete() {
        List<Results.Latency> latency = new ArrayList<>();
        List<Results.Throughput> throughput = new ArrayList<>();
        for (Contestant contestant : Contestant.values()) {
            long baseNs = 7_000 + 400L * contestant.ordinal();
            latency.add(evenlySpread(contestant, Series.POLLING, 1000, baseNs, 1_000));
            latency.add(evenlySpread(contestant, Series.BLOCKING, 1000, 2 * baseNs, 4_000));
            latency.add(evenlySpread(contestant, Series.BLOCKING, 1, 2 * baseNs, 4_000));
            throughput.add(flood(contestant, 1000));
            throughput.add(flood(contestant, 1));
        }
        Map<String, HopTimes.Split> hops = new LinkedHashMap<>();
        hops.put("nic_ingress", new HopTimes.Split(0, 0, 1.7, 1.7, List.of(1.6, 1.7, 1.8)));
        hops.put("dummy_ingress", new HopTimes.Split(2.2, 0.6, 1.7, 4.5, List.of(4.4, 4.5, 4.6)));
        Estimate ns = Estimate.of(100, 110, 120, 130, 140, 150, 160);
        Results results = new Results(
                new Machine(
                        "6.18.0",
                        "a <processor> & more",
                        2,
                        "tsc",
                        "25",
                        Map.of("spectre_v2", "Mitigation: Retpolines")),
                new Results.Settings("2026-01-01T00:00:00Z", 3, ROUNDS, 700, 5000, 500),
                latency,
                throughput,
                List.of(new Results.Growth("nic_ingress", 3, 1, ns, Estimate.of(1, 1, 1))),
                hops,
                program(),
                List.of(new Contention("IPv4, rate_limit", "LIMIT_BUCKETS", ns, ns, Estimate.of(1, 1, 1))),
                List.of(new Results.Swap(1000, ns, ns, Estimate.of(1, 1.1, 1.15, 1.1, 1, 1.05), ns)),
                List.of(new WorkerFigure("userspace_epoll", "drawn", 1000, ns, ns, Estimate.of(0.5, 0.51))),
                List.of());
        return results.judged();
    }

    private static Results.Throughput flood(Contestant contestant, int senders) {
        double delivered = 200_000 - 1000.0 * contestant.ordinal();
        return new Results.Throughput(
                contestant.label(),
                senders,
                "mix",
                Estimate.of(delivered),
                Estimate.of(5000),
                0.01,
                List.of(delivered),
                List.of(5000.0));
    }

    /** The floor takes 100 to 160 ns, a packet of one sender twice that, of a thousand three times, and so on. */
    private static List<ProgramFigure> program() {
        return List.of(
                figure("IPv4, floor", 1000, 0, 1),
                figure("IPv4, round robin", 1, 3, 2),
                figure("IPv4, round robin", 1000, 3, 3),
                figure("IPv4, round robin", 1000, 1000, 3.5),
                figure("IPv6, floor", 1000, 0, 1),
                figure("IPv6, round robin, 50 listeners in turn", 1000, 1000, 3),
                figure("IPv4, replies", 1, 3, 4));
    }

    private static ProgramFigure figure(String load, int clients, int endpoints, double times) {
        List<Double> ns = Stream.of(100, 110, 120, 130, 140, 150, 160)
                .map(each -> each * times)
                .toList();
        List<Double> ratios = ns.stream().map(each -> times).toList();
        return new ProgramFigure(load, clients, endpoints, Estimate.of(ns), Estimate.of(ratios), ns);
    }
}
