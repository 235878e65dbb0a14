package dev.udpfanout.bench.gate;

import dev.udpfanout.bench.program.ProgramPair;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntConsumer;

/** Compares the program alone. */
final class ProgramGate {
    private ProgramGate() {}

    static List<Comparison> compare(Path baseDaemon, Path daemon, Path driver, int rounds, IntConsumer progress) {
        return ProgramPair.measure(baseDaemon, daemon, driver, rounds, progress).stream()
                .map(each -> new Comparison("the program alone: " + each.load(), each.before(), each.now()))
                .toList();
    }
}
