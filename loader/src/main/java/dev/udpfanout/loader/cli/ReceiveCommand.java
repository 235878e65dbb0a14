package dev.udpfanout.loader.cli;

import dev.udpfanout.loader.config.reader.SocketAddressText;
import dev.udpfanout.loader.config.yaml.BadTextException;
import dev.udpfanout.loader.receiver.EventReceiver;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code udp-fanout receive}: a receiver to try a listener with. */
@Command(
        name = "receive",
        description =
                "Receives datagrams, and prints how many have come: each second while there are new ones, and at the"
                        + " end. Ends on SIGTERM.",
        mixinStandardHelpOptions = true)
final class ReceiveCommand implements Callable<Integer> {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS:PORT",
            defaultValue = "[::]:5514",
            description = "Where to receive: 0.0.0.0:5514 is IPv4, [::]:5514 both families; default: ${DEFAULT-VALUE}.")
    private String bind;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (EventReceiver receiver = EventReceiver.open(address(), events -> say(out, line(events)))) {
            stopOnSignal(receiver);
            say(out, "Receiving. bind=" + bind + " receive_buffer_bytes=" + receiver.receiveBufferBytes());
            receiver.run();
        }
        return ExitCode.OK;
    }

    private static String line(long events) {
        return "Collected events. events=" + events;
    }

    private static void say(PrintWriter out, String line) {
        out.println(line);
        out.flush();
    }

    private InetSocketAddress address() {
        try {
            return SocketAddressText.parse(bind);
        } catch (BadTextException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--bind: " + e.getMessage(), e);
        }
    }

    /** SIGTERM and SIGINT: the process ends when the last line has been printed. */
    private static void stopOnSignal(EventReceiver receiver) {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            receiver.stop();
            try {
                receiver.awaitFinished(STOP_LIMIT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }
}
