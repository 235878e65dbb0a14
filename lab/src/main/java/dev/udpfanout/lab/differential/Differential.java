package dev.udpfanout.lab.differential;

import dev.udpfanout.lab.Bpffs;
import dev.udpfanout.lab.RootPrivilege;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * {@code make differential}: in each network the same load with kube-proxy's rules alone, then with the real daemon; a
 * table of what arrived. Exits with 0 if no cell is worse than kube-proxy's, 1 if one is, 2 for arguments that it does
 * not understand.
 */
public final class Differential {
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;

    /** A network waits more than it works. */
    private static final int NETWORKS_AT_ONCE = 3;

    private static volatile boolean ending;

    private final Options options;
    private final PrintStream out;
    private final List<Cell> cells = Collections.synchronizedList(new ArrayList<>());
    private final List<String> untried = Collections.synchronizedList(new ArrayList<>());
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());

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
        Files.createDirectories(options.logs());
        long began = System.nanoTime();
        try (ExecutorService atOnce = Executors.newFixedThreadPool(NETWORKS_AT_ONCE)) {
            List<Future<?>> running = options.networks().stream()
                    .map(this::withChosenSenders)
                    .filter(network -> !network.origins().isEmpty())
                    .<Future<?>>map(network -> atOnce.submit(() -> compare(network)))
                    .toList();
            for (Future<?> one : running) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        List<String> names = options.networks().stream().map(Network::name).toList();
        List<Cell> inOrder = cells.stream()
                .sorted(Comparator.comparing((Cell cell) -> names.indexOf(cell.network()))
                        .thenComparing(Cell::origin)
                        .thenComparing(Cell::way))
                .toList();
        Result result = new Result(inOrder, List.copyOf(untried), List.copyOf(failures), took);
        out.println();
        out.print(result.text(options.details()));
        if (options.isWhole() && options.document().isPresent()) {
            Files.writeString(options.document().get(), result.document());
        }
        return result.isKept();
    }

    private Network withChosenSenders(Network network) {
        return network.sentFrom(
                network.origins().stream().filter(options.senders()::contains).toArray(Origin[]::new));
    }

    private void compare(Network network) {
        if (ending) {
            return;
        }
        Path file = options.logs().resolve(network.name() + ".log");
        try (PrintStream log = new PrintStream(Files.newOutputStream(file), true);
                NetworkRun run = new NetworkRun(network, options.loads(), options.daemon(), log::println)) {
            run.runAlone();
            options.ways().forEach(way -> compare(network, run, way, file));
        } catch (Network.NotOnThisKernelException e) {
            untried.add(network.name() + ": not tried, as this kernel has " + e.getMessage());
            out.println(network.name() + ": not tried, as this kernel has " + e.getMessage());
        } catch (IOException | RuntimeException e) {
            fail(network.name(), e, file);
        }
    }

    /** What goes wrong on one way in says nothing of the next. */
    private void compare(Network network, NetworkRun run, Way way, Path log) {
        String what = network.name() + ", " + way.label();
        long began = System.nanoTime();
        try {
            List<Cell> compared = run.compare(way);
            cells.addAll(compared);
            out.printf(
                    "%-30s %4d cells, %3d worse, %3d s%n",
                    what,
                    compared.size(),
                    compared.stream().filter(Cell::isWorse).count(),
                    Duration.ofNanos(System.nanoTime() - began).toSeconds());
        } catch (RuntimeException e) {
            fail(what, e, log);
        }
    }

    private void fail(String what, Exception reason, Path log) {
        // After Ctrl-C the lab goes away under its feet: what that breaks is no news.
        if (!ending) {
            failures.add(what + ": " + reason.getMessage() + " (the daemons' lines are in " + log + ")");
            out.println(what + ": failed: " + reason.getMessage());
        }
    }
}
