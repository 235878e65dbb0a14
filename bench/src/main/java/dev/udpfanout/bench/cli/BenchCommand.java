package dev.udpfanout.bench.cli;

import dev.udpfanout.bench.agreement.Agreement;
import dev.udpfanout.bench.contestant.Contestant;
import dev.udpfanout.bench.contestant.Programs;
import dev.udpfanout.bench.report.DocumentTables;
import dev.udpfanout.bench.report.Report;
import dev.udpfanout.bench.result.Results;
import dev.udpfanout.bench.suite.Plan;
import dev.udpfanout.bench.suite.Progress;
import dev.udpfanout.bench.suite.Suite;
import dev.udpfanout.bench.throughput.Traffic;
import dev.udpfanout.lab.RootPrivilege;
import dev.udpfanout.loader.logging.LogConfigurator;
import dev.udpfanout.loader.logging.LogLevel;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code udp-fanout-bench}: measures, prints tables, writes the report. */
@Command(
        name = "udp-fanout-bench",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        description =
                "Measures what udp-fanout's ways cost beside kube-proxy, nftables and forwarders in user space. As root;"
                        + " everything happens in network namespaces that it makes and removes. Contestants take turns in every round.")
public final class BenchCommand implements Callable<Integer> {
    @Option(names = "--quick", description = "fewer, shorter rounds and less of everything: about 2 minutes")
    private boolean quick;

    @Option(names = "--parts", split = ",", description = "what to measure: ${COMPLETION-CANDIDATES}; all if not said")
    private List<Plan.Part> parts = List.of(Plan.Part.values());

    @Option(names = "--paths", split = ",", description = "contestants: ${COMPLETION-CANDIDATES}; all if not said")
    private List<Contestant> contestants = List.of(Contestant.values());

    @Option(names = "--rounds", description = "rounds of each measurement; 13 if not said, 5 with --quick")
    private Integer rounds;

    @Option(names = "--pods", defaultValue = "3", description = "pods that receive")
    private int pods;

    @Option(names = "--rate", defaultValue = "5000", description = "datagrams a second of a latency round")
    private int perSecond;

    @Option(names = "--latency-ms", description = "how long a latency round lasts; 450 if not said, 300 with --quick")
    private Integer latencyMs;

    @Option(names = "--flood-ms", description = "how long a flood lasts; 350 if not said, 300 with --quick")
    private Integer floodMs;

    @Option(
            names = "--senders",
            split = ",",
            description =
                    "numbers of senders of the floods of mixed sizes and of the latency rounds; 1,32,1000 if not said, 1,1000 with --quick")
    private List<Integer> senders;

    @Option(
            names = "--sizes",
            split = ",",
            description = "payload bytes of more floods, by 1,000 senders; 64,200,1400 if not said, none with --quick")
    private List<Integer> payloadBytes;

    @Option(
            names = "--endpoints",
            split = ",",
            description = "numbers of endpoints for the growth of cost; 3,50,1000 if not said, 3,1000 with --quick")
    private List<Integer> growthEndpoints;

    @Option(names = "--daemon", defaultValue = "loader/target/udp-fanout/bin/udp-fanout", description = "the daemon")
    private Path daemon;

    @Option(names = "--programs", defaultValue = "bench/target/programs", description = "where the C programs are")
    private Path programs;

    @Option(names = "--report", defaultValue = "bench/target/report", description = "where the report goes")
    private Path report;

    @Option(
            names = "--documents",
            split = ",",
            description = "documents between whose marks the tables are written too: see make bench-docs")
    private List<Path> documents = List.of();

    @Option(
            names = "--from",
            description = "measures nothing: the report and the documents are written from this results.json")
    private Path from;

    @Option(
            names = "--compare",
            arity = "2",
            paramLabel = "RESULTS",
            description =
                    "measures nothing: says which figures of two results.json do not agree, and exits with 1 if there"
                            + " are any")
    private List<Path> compare = List.of();

    @Option(
            names = "--margin",
            defaultValue = "0.03",
            description = "with --compare: medians closer than this share agree, whatever their intervals are")
    private double margin;

    /** For which the number of endpoints is varied: a way of each kind. */
    private static final List<Contestant> GROWTH = List.of(
            Contestant.NIC_INGRESS, Contestant.DUMMY_INGRESS, Contestant.KUBE_PROXY, Contestant.USERSPACE_EPOLL);

    private final PrintStream out = System.out;

    private BenchCommand() {}

    /**
     * Runs the bench; see {@code --help}. Exits with 0, 1 where something failed or two runs differ, 2 where an
     * argument is wrong.
     */
    public static void main(String[] arguments) {
        CommandLine command = new CommandLine(new BenchCommand()).setCaseInsensitiveEnumValuesAllowed(true);
        command.setExecutionExceptionHandler((e, line, parsed) -> {
            System.err.println("udp-fanout-bench: " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        });
        System.exit(command.execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        if (!compare.isEmpty()) {
            return compared();
        }
        Results results = from == null ? measured() : Report.read(from);
        Report.write(results, report);
        for (Path document : documents) {
            DocumentTables.write(results, document);
        }
        out.println(Report.text(results));
        out.println("The page is " + report.resolve("index.html") + ", the figures are in "
                + report.resolve("results.json") + ", the tables as Markdown in " + report.resolve("tables.md"));
        return CommandLine.ExitCode.OK;
    }

    /** 0 if the two runs agree, 1 if they do not, 2 if there is nothing to compare. */
    private int compared() {
        Results first;
        Results second;
        try {
            first = Report.read(compare.getFirst());
            second = Report.read(compare.getLast());
        } catch (IOException e) {
            System.err.println("udp-fanout-bench: " + e.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        Agreement agreement = Agreement.of(first, second, margin);
        out.print(agreement.text(margin));
        return agreement.holds() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private Results measured() {
        RootPrivilege.require();
        // What the daemon's parts say that run in this process is of no interest here.
        LogConfigurator.setLevel(LogLevel.WARN);
        Suite suite = new Suite(
                plan(),
                new Programs(daemon.toAbsolutePath(), programs.toAbsolutePath()),
                new Progress(out, System.console() != null));
        return suite.run();
    }

    private Plan plan() {
        return new Plan(
                parts,
                contestants,
                pods,
                or(rounds, quick ? 5 : 13),
                Duration.ofMillis(or(latencyMs, quick ? 300 : 450)),
                perSecond,
                traffic().stream()
                        .filter(traffic -> traffic.sizes().equals(Traffic.MIX))
                        .map(Traffic::senders)
                        .toList(),
                Duration.ofMillis(or(floodMs, quick ? 300 : 350)),
                traffic(),
                GROWTH,
                or(growthEndpoints, quick ? List.of(3, 1000) : List.of(3, 50, 1000)),
                quick ? 50 : 200,
                quick ? List.of(1000) : List.of(10, 100, 1000, 10_000, 65_535));
    }

    /** One thing at a time changes: the number of senders, or the size. */
    private List<Traffic> traffic() {
        Set<Traffic> traffic = new LinkedHashSet<>(List.of(Traffic.JOB));
        or(senders, quick ? List.of(1) : List.of(1, 32)).forEach(count -> traffic.add(new Traffic(count, Traffic.MIX)));
        or(payloadBytes, quick ? List.<Integer>of() : List.of(64, 200, 1400))
                .forEach(bytes -> traffic.add(Traffic.of(Traffic.MANY_SENDERS, bytes)));
        return List.copyOf(traffic);
    }

    private static <T> T or(T given, T otherwise) {
        return given == null ? otherwise : given;
    }
}
