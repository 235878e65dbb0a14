package dev.udpfanout.lab.kernels;

import java.util.List;

/**
 * What came of a check.
 *
 * @param passed whether all that was sent came where it should
 * @param detail one line for people
 */
record Outcome(boolean passed, String detail) {
    /** Whether all that is sent came, and each pod has its share, give or take one a CPU. */
    static Outcome ofSpread(List<Long> byPod, long sent, String more) {
        long sum = byPod.stream().mapToLong(Long::longValue).sum();
        long share = sent / byPod.size();
        int tolerance = Runtime.getRuntime().availableProcessors();
        boolean even = byPod.stream().allMatch(count -> Math.abs(count - share) <= tolerance);
        return new Outcome(sum == sent && even, sum + " of " + sent + " arrived, by pod " + byPod + more);
    }
}
