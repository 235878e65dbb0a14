package dev.udpfanout.lab.differential;

import dev.udpfanout.lab.Bpffs;
import dev.udpfanout.lab.RootPrivilege;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code make differential}: in each network the same load with kube-proxy's rules alone, then with the real daemon; a
 * table of what arrived. Exits with 0 if no cell is worse than kube-proxy's, 1 if one is, 2 for arguments that it does
 * not understand.
 */
public final class Differential {
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;

    private static volatile boolean ending;

    private final Options options;
    private final PrintStream out;
    private final List<Cell> cells = new ArrayList<>();
    private final List<String> untried = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    private Differential(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /** Runs it, in the repository's top folder; see {@code --help}. */
    public static void main(String[] arguments) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ending = true, "differential-ending"));
        System.exit(run(System.out, arguments));
    }

    /**
     * Runs it.
     *
     * @param out where the table goes, and a line for each way in as it is done
     * @param arguments as on the command line
     * @return the exit code
     */
    public static int run(PrintStream out, String... arguments) {
        if (arguments.length == 1 && arguments[0].equals("--help")) {
            out.println(Options.USAGE);
            return 0;
        }
        try {
            Options options = Options.parse(arguments);
            RootPrivilege.require();
            if (!Files.isExecutable(options.daemon())) {
                throw new IllegalArgumentException("no daemon at " + options.daemon() + ": run \"make build\" first");
            }
            return new Differential(options, out).run() ? 0 : EXIT_FAILED;
        } catch (IllegalArgumentException e) {
            System.err.println("differential: " + e.getMessage());
            return EXIT_USAGE;
        } catch (IOException | RuntimeException e) {
            // After Ctrl-C the lab goes away under its feet: what that breaks is no news.
            if (!ending) {
                e.printStackTrace();
            }
            return EXIT_FAILED;
        }
    }

    /** Whether no cell was worse than kube-proxy's. */
    private boolean run() throws IOException {
        Bpffs.ensure();
        long began = System.nanoTime();
        for (Network network : options.networks()) {
            if (ending) {
                return false;
            }
            compare(network);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        Result result = new Result(cells, untried, failures, took);
        out.println();
        out.print(result.text(options.details()));
        if (options.isWhole() && options.document().isPresent()) {
            Files.writeString(options.document().get(), result.document());
        }
        return result.isKept();
    }

    private void compare(Network network) throws IOException {
        Files.createDirectories(options.logs());
        Path file = options.logs().resolve(network.name() + ".log");
        out.println(network.name() + ": " + network.text());
        try (PrintStream log = new PrintStream(Files.newOutputStream(file), true);
                NetworkRun run = new NetworkRun(network, options.loads(), options.daemon(), log::println)) {
            timed("kube-proxy alone", file, network, () -> {
                run.runAlone();
                return List.of();
            });
            for (Way way : options.ways()) {
                timed(way.label(), file, network, () -> run.compare(way));
            }
        } catch (Network.NotOnThisKernelException e) {
            untried.add(network.name() + ": not tried, as this kernel has " + e.getMessage());
            out.println("  not tried: this kernel has " + e.getMessage());
        }
    }

    /** What goes wrong on one way in says nothing of the next. */
    private void timed(String what, Path log, Network network, Supplier<List<Cell>> comparison) {
        long began = System.nanoTime();
        try {
            List<Cell> compared = comparison.get();
            cells.addAll(compared);
            long worse = compared.stream().filter(Cell::isWorse).count();
            out.printf(
                    "  %-16s %4d cells, %3d worse, %3d s%n",
                    what,
                    compared.size(),
                    worse,
                    Duration.ofNanos(System.nanoTime() - began).toSeconds());
        } catch (RuntimeException e) {
            if (ending) {
                return;
            }
            failures.add(
                    network.name() + ", " + what + ": " + e.getMessage() + " (the daemons' lines are in " + log + ")");
            out.println("  " + what + " failed: " + e.getMessage());
        }
    }
}
