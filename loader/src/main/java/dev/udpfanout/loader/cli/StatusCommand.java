package dev.udpfanout.loader.cli;

import dev.udpfanout.bindings.terminal.TerminalSize;
import dev.udpfanout.loader.cli.status.StatusSource;
import dev.udpfanout.loader.cli.status.StatusText;
import dev.udpfanout.loader.cli.status.StatusWatch;
import dev.udpfanout.loader.cli.terminal.WordWrap;
import dev.udpfanout.loader.logging.LogConfigurator;
import dev.udpfanout.loader.logging.LogLevel;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code udp-fanout status}: asks a running daemon how it is, or the kernel, if no daemon runs. */
@Command(
        name = "status",
        description = "Prints what the daemon on this node does: listeners, endpoints, counters. If no daemon runs, it"
                + " prints what its pins in the kernel show, and says so.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:the daemon has answered", "1:no daemon answers", "2:bad input"},
        footerHeading = "%nExample:%n",
        footer = {"  udp-fanout status", "  udp-fanout status --watch --interval 2"},
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final int STANDARD_OUTPUT = 1;

    @Option(
            names = "--json",
            description = "Print JSON, for programs: the daemon's page /status as it is, or, if no daemon runs, what"
                    + " is pinned, with a field \"daemon\".")
    private boolean json;

    @Option(names = "--watch", description = "Show it again and again, with rates, until Ctrl-C.")
    private boolean watch;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "With --watch: between two readings; default: ${DEFAULT-VALUE}.")
    private double interval;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "0",
            description = "With --watch: end after N readings; default: no end.")
    private long count;

    @Mixin
    private StatusOptions options;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        if (interval <= 0 || count < 0) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--interval must be more than 0, and --count at least 0");
        }
        // What is opened to read the pins is nobody's business here.
        LogConfigurator.setLevel(LogLevel.ERROR);
        PrintWriter out = spec.commandLine().getOut();
        StatusSource source = options.source(spec.commandLine());
        if (watch) {
            boolean isFromDaemon =
                    new StatusWatch(source, out, Duration.ofNanos((long) (interval * NANOS_PER_SECOND))).run(count);
            return isFromDaemon ? ExitCode.OK : ExitCode.FAILED;
        }
        try {
            StatusSource.Reading reading = source.read();
            out.print(json ? reading.text() + "\n" : wrapped(new StatusText(reading.page(), Instant.now())));
            out.flush();
            return reading.isFromDaemon() ? ExitCode.OK : ExitCode.FAILED;
        } catch (IOException e) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("udp-fanout: " + e.getMessage());
            err.flush();
            return ExitCode.FAILED;
        }
    }

    /** In a terminal, long lines go on in the next one, moved in; elsewhere they stay whole, for grep. */
    private static String wrapped(StatusText text) {
        WordWrap wrap = new WordWrap(
                TerminalSize.of(STANDARD_OUTPUT).map(TerminalSize::columns).orElse(0));
        return wrap.lines(text.toString());
    }
}
