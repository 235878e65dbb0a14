package dev.udpfanout.loader.cli;

import dev.udpfanout.loader.config.reader.SocketAddressText;
import dev.udpfanout.loader.config.yaml.BadTextException;
import dev.udpfanout.loader.receiver.EventReceiver;
import dev.udpfanout.loader.receiver.Senders;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code udp-fanout receive}: a receiver to try a listener with. */
@Command(
        name = "receive",
        description =
                "Receives datagrams, and prints how many have come: each second while there are new ones, and at the"
                        + " end. Ends on SIGTERM. Of datagrams of udp-fanout send it also prints, for each sender, how"
                        + " many numbers are missing, duplicated and reordered. Where a listener has several receivers,"
                        + " missing are also those that the other receivers got: compare the sum of all events with"
                        + " what the sender has sent.",
        footerHeading = "%nExample:%n",
        footer = {"  udp-fanout receive --bind 0.0.0.0:5514"},
        mixinStandardHelpOptions = true)
final class ReceiveCommand implements Callable<Integer> {
    private static final int MOST_SENDERS = 20;
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
        try (EventReceiver receiver = EventReceiver.open(address(), (events, senders, isLast) -> {
            senders(out, senders, isLast);
            say(out, "Collected events. events=" + events);
        })) {
            stopOnSignal(receiver);
            say(out, "Receiving. bind=" + bind + " receive_buffer_bytes=" + receiver.receiveBufferBytes());
            receiver.run();
        }
        return ExitCode.OK;
    }

    /** Those that send numbered datagrams; at the end also the others. */
    private static void senders(PrintWriter out, Senders senders, boolean isLast) {
        List<Senders.Figures> shown = senders.figures().stream()
                .filter(sender -> isLast || sender.isNumbered())
                .toList();
        shown.stream().limit(MOST_SENDERS).forEach(sender -> say(out, line(sender)));
        long more = Math.max(0, shown.size() - MOST_SENDERS);
        if (more > 0 || isLast && senders.ofOthers() > 0) {
            say(out, "More senders. senders=" + more + " events_of_senders_not_told_apart=" + senders.ofOthers());
        }
    }

    private static String line(Senders.Figures sender) {
        String text = "Sender. from=" + SocketAddressText.write(sender.from()) + " events=" + sender.events();
        return sender.isNumbered()
                ? text + " missing=" + sender.missing() + " duplicated=" + sender.duplicated() + " reordered="
                        + sender.reordered() + " late=" + sender.late() + " corrupt=" + sender.corrupt()
                : text;
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
