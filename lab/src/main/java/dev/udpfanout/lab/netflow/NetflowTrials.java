package dev.udpfanout.lab.netflow;

import dev.udpfanout.lab.command.AtOnce;
import dev.udpfanout.lab.command.LabCommand;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * {@code make netflow-test}: a table of what collectors decoded of what exporters sent. Exits with 0 if each record was
 * decoded once, 1 if not, 2 for arguments that it does not understand.
 */
public final class NetflowTrials implements LabCommand.Work {
    private static final int TRIALS_AT_ONCE = 2;

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
        LabCommand.watchForTheEnd();
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
        return new LabCommand("netflow-test", Options.USAGE)
                .run(out, arguments, given -> new NetflowTrials(Options.parse(given), out));
    }

    @Override
    public Path daemon() {
        return options.daemon();
    }

    /** Whether each record was decoded once. */
    @Override
    public boolean run() throws IOException {
        Files.createDirectories(options.logs());
        long began = System.nanoTime();
        if (!AtOnce.run(TRIALS_AT_ONCE, options.trials(), this::run)) {
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
        if (LabCommand.isEnding()) {
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
            if (!LabCommand.isEnding()) {
                failures.add(trial.text() + ": " + e.getMessage() + " (what was said is in " + file + ")");
                out.println(trial.text() + ": failed: " + e.getMessage());
            }
        }
    }
}
