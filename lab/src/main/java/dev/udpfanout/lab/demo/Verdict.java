package dev.udpfanout.lab.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Whether a phase did what udp-fanout promises; pure.
 *
 * @param problems what was wrong, one phrase each; empty if nothing was
 */
record Verdict(List<String> problems) {
    /**
     * Judges a phase.
     *
     * @param cpus how many CPUs the kernel has: each may be one datagram ahead
     */
    static Verdict of(PhaseResult result, int cpus) {
        List<String> problems = new ArrayList<>();
        if (result.sent() == 0) {
            problems.add("nothing was sent");
        }
        countIfAny(problems, result.lost(), "lost");
        if (result.lost() > 0) {
            countIfAny(problems, result.socketDrops(), "of them dropped at a receiver's full buffer");
        }
        countIfAny(problems, result.duplicates(), "duplicated");
        countIfAny(problems, result.corrupt(), "corrupted");
        countIfAny(problems, result.foreign(), "not the demo's own");
        countIfAny(problems, result.checksumErrors(), "with a wrong checksum");
        if (result.spread() > cpus) {
            problems.add("pods differ by " + result.spread() + " datagrams, more than one per CPU (" + cpus + ")");
        }
        String source = PhaseResult.text(result.sending().source());
        if (!result.sources().equals(Set.of(source))) {
            problems.add("the pods saw the source " + String.join(", ", result.sources()) + " instead of " + source);
        }
        return new Verdict(List.copyOf(problems));
    }

    boolean passed() {
        return problems.isEmpty();
    }

    /** One line for the user. */
    String line() {
        return passed()
                ? "PASS: nothing lost, spread evenly, the source address kept"
                : "FAIL: " + String.join("; ", problems);
    }

    private static void countIfAny(List<String> problems, long count, String what) {
        if (count != 0) {
            problems.add(count + (count == 1 ? " datagram " : " datagrams ") + what);
        }
    }
}
