package dev.udpfanout.bench.gate;

import dev.udpfanout.bench.contestant.Contestant;
import dev.udpfanout.bench.contestant.ContestantLab;
import dev.udpfanout.bench.contestant.Programs;
import dev.udpfanout.bench.throughput.FloodRun;
import dev.udpfanout.bench.throughput.Traffic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.function.IntConsumer;

/** Compares the whole way by a NIC's ingress: CPU time of the machine for a datagram delivered. */
final class NicGate {
    private static final int PODS = 3;
    private static final Duration FLOOD = Duration.ofMillis(500);

    private NicGate() {}

    static Comparison compare(Path baseDaemon, Path daemon, Path programs, int rounds, IntConsumer progress) {
        try (ContestantLab beforeLab = open(baseDaemon, programs);
                ContestantLab nowLab = open(daemon, programs);
                FloodRun before = new FloodRun(beforeLab, new Programs(baseDaemon, programs));
                FloodRun now = new FloodRun(nowLab, new Programs(daemon, programs))) {
            Comparison comparison = new Comparison("NIC ingress, whole way", new ArrayList<>(), new ArrayList<>());
            busyNs(before);
            busyNs(now);
            for (int round = 0; round < rounds; round++) {
                if (round % 2 == 0) {
                    comparison.before().add(busyNs(before));
                    comparison.now().add(busyNs(now));
                } else {
                    comparison.now().add(busyNs(now));
                    comparison.before().add(busyNs(before));
                }
                progress.accept(round + 1);
            }
            return comparison;
        }
    }

    private static ContestantLab open(Path daemon, Path programs) {
        return ContestantLab.open(Contestant.NIC_INGRESS, new Programs(daemon, programs), PODS, PODS, 1);
    }

    /** CPU time of one way's flood is what a change of the program shows in: the rate has the sender's noise in it. */
    private static double busyNs(FloodRun flood) {
        return flood.flood(Traffic.JOB, FLOOD).busyNsPerDatagram();
    }
}
