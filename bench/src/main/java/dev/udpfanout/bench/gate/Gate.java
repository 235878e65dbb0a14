package dev.udpfanout.bench.gate;

import dev.udpfanout.bench.suite.Progress;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares two builds by turns.
 *
 * @param baseDaemon {@code bin/udp-fanout} of the build to compare with, {@code daemon} of this one
 * @param programs where the bench's C programs are
 * @param rounds of each comparison
 * @param margin a change of less than this share does not count
 */
public record Gate(Path baseDaemon, Path daemon, Path programs, int rounds, double margin) {
    /**
     * Measures, and prints a line for each figure.
     *
     * @return false if something is slower
     */
    public boolean run(PrintStream out) {
        Progress progress = new Progress(out, System.console() != null);
        Path driver = programs.resolve("packet_driver.bpf.o");
        List<Comparison> all = new ArrayList<>(ProgramGate.compare(
                baseDaemon, daemon, driver, rounds, done -> progress.at("the program alone, round", done, rounds)));
        all.add(NicGate.compare(
                baseDaemon, daemon, programs, rounds, done -> progress.at("NIC ingress, round", done, rounds)));
        progress.end();
        out.printf(
                "%nCost now over cost before, %d rounds; less is faster; interval of %.1f %%, margin %.1f %%%n%n",
                rounds, all.getFirst().ratio().confidence() * 100, margin * 100);
        all.forEach(each -> out.println(each.line(margin)));
        List<String> slower = all.stream()
                .filter(each -> Verdict.of(each.ratio(), margin) == Verdict.SLOWER)
                .map(Comparison::what)
                .toList();
        out.println(
                slower.isEmpty() ? "\nNothing is slower." : "\nSlower: " + slower.size() + " of " + all.size() + ".");
        return slower.isEmpty();
    }
}
