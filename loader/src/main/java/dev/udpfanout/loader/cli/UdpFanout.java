package dev.udpfanout.loader.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command line. Without a subcommand it is {@code run}. */
@Command(
        name = "udp-fanout",
        description = "Spreads the datagrams of a VIP over its receivers, one datagram at a time, in the kernel.",
        footerHeading = "%nExample:%n",
        footer = {"  udp-fanout --config /etc/udp-fanout/config.yaml"},
        mixinStandardHelpOptions = true,
        version = "udp-fanout " + UdpFanout.VERSION,
        synopsisHeading = "usage: ",
        subcommands = {
            RunCommand.class,
            CheckConfigCommand.class,
            SetupDummyCommand.class,
            DetachCommand.class,
            StatusCommand.class,
            ProbeCommand.class,
            DoctorCommand.class,
            TraceCommand.class,
            DropsCommand.class,
            SendCommand.class,
            ReceiveCommand.class,
            MapCommand.class,
            NodesCommand.class,
            CompletionCommand.class,
            ManCommand.class,
            CommandLine.HelpCommand.class
        })
public final class UdpFanout implements Callable<Integer> {
    static final String VERSION = "0.1.0";

    @Mixin
    private RunCommand.Options options;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Runs the program and ends the process. */
    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    /** An error of the JVM, as without descriptors for its own jars, is one line too. */
    private static int execute(String... arguments) {
        try {
            return commandLine().execute(arguments);
        } catch (LinkageError | InternalError e) {
            System.err.println("udp-fanout: " + e);
            return ExitCode.FAILED;
        }
    }

    static CommandLine commandLine() {
        return new CommandLine(new UdpFanout())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(UdpFanout::report);
    }

    @Override
    public Integer call() {
        if (options.config == null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "Missing required option: '--config=FILE' (or a subcommand)");
        }
        return RunCommand.run(options, spec.commandLine().getErr());
    }

    /** One line for the operator; the stack trace is for those who ask for it with --log-level debug. */
    private static int report(Exception e, CommandLine commandLine, CommandLine.ParseResult parsed) {
        PrintWriter err = commandLine.getErr();
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        err.println("udp-fanout: " + message.lines().findFirst().orElse(message));
        err.flush();
        LoggerFactory.getLogger(UdpFanout.class).debug("the stack trace", e);
        return ExitCode.FAILED;
    }
}
