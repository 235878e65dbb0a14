package dev.udpfanout.loader.soak;

import dev.udpfanout.lab.RootPrivilege;
import dev.udpfanout.loader.chaos.Account;
import dev.udpfanout.loader.chaos.AccountTable;
import dev.udpfanout.loader.chaos.ChaosRun;
import dev.udpfanout.loader.chaos.NodeLab;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** {@code make soak}. */
final class Soak {
    private static final int BAD_USAGE = 2;

    /** The load's numbers are kept, and eight hours of them take two gigabytes. */
    private static final double MAX_HOURS = 8;

    private Soak() {}

    /**
     * Runs, prints the figures, and exits with 1 if something grows without bound, or a loss is unexplained, or
     * something was not mended.
     *
     * @param arguments for how many hours, the seed, each may be empty, and the folder for samples and chart; or
     *     {@code --report} and the folder, to draw and judge what an earlier run has left
     */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        if (arguments.length == 2 && arguments[0].equals("--report")) {
            System.exit(new SoakReport(Path.of(arguments[1])).write(out) ? 0 : 1);
        }
        double hours;
        long seed;
        try {
            hours = arguments[0].isEmpty() ? 2 : Double.parseDouble(arguments[0]);
            seed = arguments[1].isEmpty() ? System.nanoTime() & Integer.MAX_VALUE : Long.parseLong(arguments[1]);
        } catch (NumberFormatException e) {
            hours = -1;
            seed = 0;
        }
        if (!(hours > 0 && hours <= MAX_HOURS)) {
            out.println("HOURS is a number up to 8, SEED a whole number: make soak HOURS=2 SEED=1");
            System.exit(BAD_USAGE);
            return;
        }
        RootPrivilege.require();
        Path folder = Files.createDirectories(Path.of(arguments[2]));
        Duration time = Duration.ofSeconds(Math.round(hours * 3600));
        out.println("for " + time.toMinutes() + " min, with SEED=" + seed + "; samples and chart in " + folder);
        System.exit(run(time, seed, folder, out) ? 0 : 1);
    }

    private static boolean run(Duration time, long seed, Path folder, PrintStream out) throws IOException {
        SoakReport report = new SoakReport(folder);
        Thread ending = Thread.ofPlatform().name("soak-ending").unstarted(() -> endEarly(report, out));
        Runtime.getRuntime().addShutdownHook(ending);
        Account account;
        try (NodeLab lab = new NodeLab();
                Sampling sampling = new Sampling(lab, report, out)) {
            account = ChaosRun.daily(lab, time, seed, out::println);
        }
        Runtime.getRuntime().removeShutdownHook(ending);
        out.println();
        out.print(AccountTable.render(account));
        boolean isBounded = report.write(out);
        account.failures().forEach(failure -> out.println("FAIL: " + failure));
        out.println(account.passed() && isBounded ? "PASS" : "FAIL, see above");
        return account.passed() && isBounded;
    }

    /** Ctrl-C: the lab goes by a hook of its own, and what was measured till then is told. */
    private static void endEarly(SoakReport report, PrintStream out) {
        try {
            out.println();
            out.println("ended early:");
            report.write(out);
        } catch (IOException e) {
            out.println("no report: " + e);
        }
    }
}
