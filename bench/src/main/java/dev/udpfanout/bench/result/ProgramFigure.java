package dev.udpfanout.bench.result;

import dev.udpfanout.bench.statistics.Estimate;
import java.util.List;

/**
 * What a packet costs in the kernel program by itself.
 *
 * @param load what kind of packet
 * @param clients how many send by turns
 * @param endpoints of the listener
 * @param ns nanoseconds a packet
 * @param overFloor over one store and one redirect, round by round: what other CPUs can be compared by
 * @param nsByRound the rounds themselves
 */
public record ProgramFigure(
        String load, int clients, int endpoints, Estimate ns, Estimate overFloor, List<Double> nsByRound) {}
