package dev.udpfanout.loader.cli;

import dev.udpfanout.loader.cli.nodes.NodesTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code udp-fanout nodes}: one table of what a command has found on several nodes. For kubectl's plugin. */
@Command(
        name = "nodes",
        description =
                "Makes one table of what \"doctor --json\" or \"trace --json\" has printed on several nodes. Reads"
                        + " a line a node: its name, a tab, and what the command has printed. kubectl udp-fanout uses it.",
        footerHeading = "%nExample:%n",
        footer = {"  udp-fanout nodes doctor"},
        mixinStandardHelpOptions = true)
final class NodesCommand implements Callable<Integer> {
    /** Nodes of the largest clusters that Kubernetes supports, and some more. */
    private static final int MOST_LINES = 10_000;

    /** The commands whose output it reads. */
    enum Of {
        DOCTOR,
        TRACE
    }

    @Parameters(index = "0", paramLabel = "COMMAND", description = "What has printed it: doctor or trace.")
    private Of command;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            List<String> lines =
                    in.lines().filter(line -> !line.isBlank()).limit(MOST_LINES).toList();
            PrintWriter out = spec.commandLine().getOut();
            out.print(
                    switch (command) {
                        case DOCTOR -> NodesTable.ofDoctor(lines);
                        case TRACE -> NodesTable.ofTrace(lines);
                    });
            out.flush();
            return ExitCode.OK;
        }
    }
}
