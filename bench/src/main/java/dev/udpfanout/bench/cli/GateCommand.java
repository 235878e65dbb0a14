package dev.udpfanout.bench.cli;

import dev.udpfanout.bench.gate.Gate;
import dev.udpfanout.lab.RootPrivilege;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares two builds; {@code bench/gate} makes the older one. */
@Command(
        name = "gate",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        description =
                "Compares this build's kernel program with another build's, by turns: the program alone, and the way by a"
                        + " NIC's ingress. Says of each figure faster, slower or undecided. Exits with 0 if nothing is slower, 1 if"
                        + " something is, 2 if it could not tell.")
public final class GateCommand implements Callable<Integer> {
    private static final int SLOWER = 1;
    private static final int FAILED = 2;

    @Option(names = "--base-daemon", required = true, description = "bin/udp-fanout of the build to compare with")
    private Path baseDaemon;

    @Option(names = "--daemon", defaultValue = "loader/target/udp-fanout/bin/udp-fanout", description = "this build's")
    private Path daemon;

    @Option(names = "--programs", defaultValue = "bench/target/programs", description = "where the C programs are")
    private Path programs;

    @Option(names = "--rounds", defaultValue = "25", description = "rounds of each comparison")
    private int rounds;

    @Option(
            names = "--margin",
            defaultValue = "0.03",
            description = "a change of less than this share does not count: equal builds have differed by 2 %")
    private double margin;

    private GateCommand() {}

    /** Runs the comparison; see {@code --help}. */
    public static void main(String[] arguments) {
        CommandLine command = new CommandLine(new GateCommand());
        command.setExecutionExceptionHandler((e, line, parsed) -> {
            System.err.println("bench-gate: " + e.getMessage());
            return FAILED;
        });
        System.exit(command.execute(arguments));
    }

    @Override
    public Integer call() {
        RootPrivilege.require();
        Gate gate = new Gate(
                baseDaemon.toAbsolutePath(), daemon.toAbsolutePath(), programs.toAbsolutePath(), rounds, margin);
        return gate.run(System.out) ? CommandLine.ExitCode.OK : SLOWER;
    }
}
