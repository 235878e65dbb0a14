package dev.udpfanout.loader.chaos;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** {@code make chaos}. */
final class Chaos {
    private static final int BAD_USAGE = 2;

    private Chaos() {}

    /**
     * Runs, prints the table, and exits with 1 if a loss is unexplained or a fault not mended.
     *
     * @param arguments for how many seconds, the seed, and a part of the names of the faults to draw from; each may be
     *     empty
     */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        long seconds;
        long seed;
        try {
            seconds = arguments[0].isEmpty() ? 600 : Long.parseLong(arguments[0]);
            seed = arguments[1].isEmpty() ? System.nanoTime() & Integer.MAX_VALUE : Long.parseLong(arguments[1]);
        } catch (NumberFormatException e) {
            out.println("SECONDS and SEED are whole numbers: make chaos SECONDS=600 SEED=1");
            System.exit(BAD_USAGE);
            return;
        }
        out.println("for " + seconds + " s, with SEED=" + seed + " (the same seed, the same order of faults)");
        Account account = ChaosRun.run(
                Duration.ofSeconds(seconds), seed, fault -> fault.name().contains(arguments[2]), out::println);
        out.println();
        out.print(AccountTable.render(account));
        out.println();
        account.failures().forEach(failure -> out.println("FAIL: " + failure));
        out.println(
                account.passed()
                        ? "PASS: every loss is explained, every fault was mended in time"
                        : "again: make chaos SECONDS=" + seconds + " SEED=" + seed);
        System.exit(account.passed() ? 0 : 1);
    }
}
