package dev.udpfanout.lab.netflow;

import dev.udpfanout.lab.Bpffs;
import dev.udpfanout.lab.RootPrivilege;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * {@code make netflow-test}: a table of what collectors decoded of what exporters sent. Exits with 0 if each record was
 * decoded once, 1 if not, 2 for arguments that it does not understand.
 */
public final class NetflowTrials {
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;
    private static final int TRIALS_AT_ONCE = 2;

    private static volatile boolean ending;

    private final Options options;
    private final PrintStream out;
    private final List<Row> rows = Collections.synchronizedList(new ArrayList<>());
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());

    private NetflowTrials(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /** Runs it, in the repository's top folder; see {@code --help}. */
    public static void main(String[] arguments) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ending = true, "netflow-ending"));
        System.exit(run(System.out, arguments));
    }

    /**
     * Runs it.
     *
     * @param out where the table goes, and a line for each trial as it is done
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
            return new NetflowTrials(options, out).run() ? 0 : EXIT_FAILED;
        } catch (IllegalArgumentException e) {
            System.err.println("netflow-test: " + e.getMessage());
            return EXIT_USAGE;
        } catch (IOException e) {
            e.printStackTrace();
            return EXIT_FAILED;
        }
    }

    /** Whether each record was decoded once. */
    private boolean run() throws IOException {
        Bpffs.ensure();
        Files.createDirectories(options.logs());
        long began = System.nanoTime();
        try (ExecutorService atOnce = Executors.newFixedThreadPool(TRIALS_AT_ONCE)) {
            List<Future<?>> running = options.trials().stream()
                    .<Future<?>>map(trial -> atOnce.submit(() -> run(trial)))
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
        Table table =
                new Table(rows, options.trials(), List.copyOf(failures), Duration.ofNanos(System.nanoTime() - began));
        out.println();
        out.print(table.text());
        if (options.isWhole() && options.document().isPresent()) {
            if (table.isRight()) {
                table.writeInto(options.document().get());
            } else {
                // A page is of a run that has passed; failures name files of this machine, too.
                out.println(options.document().get() + " keeps its table, because this run has failed");
            }
        }
        return table.isRight();
    }

    private void run(Trial trial) {
        if (ending) {
            return;
        }
        Path file = options.logs().resolve(trial.text().replace(", ", "-") + ".log");
        long began = System.nanoTime();
        try (PrintStream log = new PrintStream(Files.newOutputStream(file), true)) {
            List<Row> found = trial.run(options.daemon(), log::println);
            rows.addAll(found);
            long wrong = found.stream().filter(row -> !row.isRight()).count();
            out.printf(
                    "%-45s %d rows, %d wrong, %d s%n",
                    trial.text(),
                    found.size(),
                    wrong,
                    Duration.ofNanos(System.nanoTime() - began).toSeconds());
        } catch (IOException | RuntimeException e) {
            // After Ctrl-C the lab goes away under its feet: what that breaks is no news.
            if (!ending) {
                failures.add(trial.text() + ": " + e.getMessage() + " (what was said is in " + file + ")");
                out.println(trial.text() + ": failed: " + e.getMessage());
            }
        }
    }
}
