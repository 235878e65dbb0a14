package dev.udpfanout.loader.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code make fuzz}. */
final class Fuzz {
    private static final int BAD_USAGE = 2;

    private Fuzz() {}

    /**
     * Fuzzes each target for its part of the time, and exits with 1 if anything is found.
     *
     * @param arguments for how many seconds, and a part of the names of the targets; both may be empty
     */
    public static void main(String[] arguments) throws IOException {
        List<FuzzTarget> targets = FuzzTarget.ALL.stream()
                .filter(target -> target.name().contains(arguments[1]))
                .toList();
        long seconds;
        try {
            seconds = arguments[0].isEmpty() ? 600 : Long.parseLong(arguments[0]);
        } catch (NumberFormatException e) {
            seconds = 0;
        }
        if (seconds < 1 || targets.isEmpty()) {
            System.out.println(
                    "SECONDS is a whole number, and TARGET one of config, slices, events, answers, conntrack");
            System.exit(BAD_USAGE);
        }
        Fuzzer fuzzer = new Fuzzer(Path.of("."), FuzzLimits.USUAL);
        List<String> found = new ArrayList<>();
        for (FuzzTarget target : targets) {
            System.out.println("== " + target.name());
            Duration part = Duration.ofSeconds(Math.max(1, seconds / targets.size()));
            FuzzOutcome outcome = fuzzer.run(target, part, new ShownLines(System.out::println));
            if (outcome != FuzzOutcome.NOTHING_FOUND) {
                found.add(target.name());
                System.out.println("FAIL: " + outcome + ". See " + fuzzer.findings(target) + " and the trace above");
            }
        }
        System.out.println(found.isEmpty() ? "PASS: nothing found" : "FAIL: " + found);
        System.exit(found.isEmpty() ? 0 : 1);
    }
}
