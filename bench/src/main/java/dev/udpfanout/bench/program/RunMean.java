package dev.udpfanout.bench.program;

import java.util.Arrays;

/** What runs of a program take. */
final class RunMean {
    private RunMean() {}

    /**
     * The mean of the middle half: an interrupt makes one run long, and says nothing about the program; and the kernel
     * rounds to whole nanoseconds, so the median would be too coarse.
     */
    static double ofMiddleHalf(int[] values) {
        int[] sorted = Arrays.stream(values).sorted().toArray();
        int cut = sorted.length / 4;
        return Arrays.stream(sorted, cut, sorted.length - cut).average().orElseThrow();
    }
}
