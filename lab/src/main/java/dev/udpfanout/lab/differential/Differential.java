package dev.udpfanout.lab.differential;

import dev.udpfanout.lab.command.AtOnce;
import dev.udpfanout.lab.command.LabCommand;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * {@code make differential}: in each network the same load with kube-proxy's rules alone, then with the real daemon; a
 * table of what arrived. Exits with 0 if no cell is worse than kube-proxy's, 1 if one is, 2 for arguments that it does
 * not understand.
 */
public final class Differential implements LabCommand.Work {
    /** A network waits more than it works. */
    private static final int NETWORKS_AT_ONCE = 3;

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
        LabCommand.watchForTheEnd();
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
        return new LabCommand("differential", Options.USAGE)
                .run(out, arguments, given -> new Differential(Options.parse(given), out));
    }

    @Override
    public Path daemon() {
        return options.daemon();
    }

    /** Whether no cell was worse than kube-proxy's. */
    @Override
    public boolean run() throws IOException {
        Files.createDirectories(options.logs());
        long began = System.nanoTime();
        List<Network> networks = options.networks().stream()
                .map(this::withChosenSenders)
                .filter(network -> !network.origins().isEmpty())
                .toList();
        if (!AtOnce.run(NETWORKS_AT_ONCE, networks, this::compare)) {
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
        if (LabCommand.isEnding()) {
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
        if (!LabCommand.isEnding()) {
            failures.add(what + ": " + reason.getMessage() + " (the daemons' lines are in " + log + ")");
            out.println(what + ": failed: " + reason.getMessage());
        }
    }
}
