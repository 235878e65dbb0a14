package dev.udpfanout.bench.program;

import dev.udpfanout.bench.program.ProgramBed.Aim;
import dev.udpfanout.bindings.libbpf.BpfProgram;
import java.util.ArrayList;
import java.util.List;

/** One round over the loads of a bed. */
final class ProgramRound {
    private static final int REPEAT = 2000;
    /** The kernel's queue for what comes in takes 1,000 (net.core.netdev_max_backlog), and there are up to 3 copies. */
    private static final int REPEAT_WITH_COPIES = 200;

    private final ProgramBed bed;
    private final int runs;

    /** @param runs how many test runs make a value */
    ProgramRound(ProgramBed bed, int runs) {
        this.bed = bed;
        this.runs = runs;
    }

    /**
     * What a packet of each load costs, in nanoseconds, without the driver, and with what it costs to run a program at
     * all. To be called in the bed's node.
     */
    List<Double> measure() {
        List<Double> values = new ArrayList<>();
        for (Aim aim : bed.aims()) {
            values.add(ownNs(aim));
        }
        return values;
    }

    /** What the program that does nothing costs. */
    private double noneNs() {
        Aim any = bed.aims().getFirst();
        int[] values = new int[runs];
        for (int run = 0; run < runs; run++) {
            values[run] = bed.driver()
                    .none()
                    .testRunOn(any.ifindex(), any.frame(), REPEAT)
                    .durationNs();
        }
        return RunMean.ofMiddleHalf(values);
    }

    /** The same packets through the program and through the one that does nothing, by turns. */
    double ownNs(Aim aim) {
        if (aim.load().target() == Load.Target.NONE) {
            return noneNs();
        }
        int repeat = aim.load().copies() > 0 ? REPEAT_WITH_COPIES : REPEAT;
        BpfProgram none = bed.driver().none();
        int[] with = new int[runs];
        int[] without = new int[runs];
        for (int run = 0; run < runs; run++) {
            with[run] = bed.run(aim, aim.program(), repeat);
            without[run] = bed.run(aim, none, repeat);
        }
        return RunMean.ofMiddleHalf(with) - RunMean.ofMiddleHalf(without) + noneNs();
    }
}
