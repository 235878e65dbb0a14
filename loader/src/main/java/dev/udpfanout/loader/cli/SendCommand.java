package dev.udpfanout.loader.cli;

import dev.udpfanout.loader.config.reader.SocketAddressText;
import dev.udpfanout.loader.config.yaml.BadTextException;
import dev.udpfanout.loader.sender.NumberedSender;
import dev.udpfanout.loader.sender.SendOrder;
import dev.udpfanout.traffic.Payload;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code udp-fanout send}: a sender to try a listener with. */
@Command(
        name = "send",
        description =
                "Sends numbered datagrams, and prints how many it has sent: each second, and at the end. udp-fanout"
                        + " receive tells from the numbers what is missing, duplicated or reordered.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all were sent",
            "1:this machine refused to send one, or an ICMP error came back",
            "2:bad input"
        },
        footerHeading = "%nExample:%n",
        footer = {"  udp-fanout send --to 192.0.2.10:5514 --rate 1000 --count 60000 --sources 4"},
        mixinStandardHelpOptions = true)
final class SendCommand implements Callable<Integer> {
    private static final int MOST_SOURCES = 1_000;
    private static final int MOST_PER_SECOND = 10_000_000;
    private static final long STOP_SECONDS = 5;

    @Option(names = "--to", paramLabel = "ADDRESS:PORT", required = true, description = "Where to.")
    private String to;

    @Option(
            names = "--from",
            paramLabel = "ADDRESS",
            description = "An address of this machine to send from; default: as the route says.")
    private String from;

    @Option(
            names = "--sources",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many source ports take turns, each with numbers of its own; default: ${DEFAULT-VALUE}.")
    private int sources;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "100",
            description = "How many datagrams in all; default: ${DEFAULT-VALUE}.")
    private long count;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many a second in all; 0 is as fast as it goes; default: ${DEFAULT-VALUE}.")
    private long rate;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "64",
            description = "The payload of each, 24 to 65507 bytes; default: ${DEFAULT-VALUE}.")
    private int size;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        SendOrder order = order();
        CountDownLatch finished = new CountDownLatch(1);
        long[] last = new long[2];
        try (NumberedSender sender = NumberedSender.open(order, (sent, refused) -> {
            last[0] = sent;
            last[1] = refused;
            out.println("Sent datagrams. sent=" + sent + " refused=" + refused);
            out.flush();
        })) {
            stopOnSignal(sender, finished);
            sender.run();
        } finally {
            finished.countDown();
        }
        return last[1] == 0 ? ExitCode.OK : ExitCode.FAILED;
    }

    private SendOrder order() {
        inRange("--sources", sources, 1, MOST_SOURCES);
        inRange("--count", count, 1, Long.MAX_VALUE);
        inRange("--rate", rate, 0, MOST_PER_SECOND);
        inRange("--size", size, Payload.SMALLEST_RECOGNISED_BYTES, Payload.MAX_DATAGRAM_BYTES);
        InetSocketAddress destination = parsed("--to", () -> SocketAddressText.parse(to));
        Optional<InetAddress> source =
                Optional.ofNullable(from).map(text -> parsed("--from", () -> SocketAddressText.address(text)));
        return new SendOrder(destination, source, sources, count, rate, size);
    }

    private interface Parser<T> {
        T parse() throws BadTextException;
    }

    private <T> T parsed(String option, Parser<T> parser) {
        try {
            return parser.parse();
        } catch (BadTextException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
        }
    }

    private void inRange(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), option + ": " + value + " is not in " + least + ".." + most);
        }
    }

    /** SIGTERM and SIGINT: the process ends when the last line has been printed. */
    private static void stopOnSignal(NumberedSender sender, CountDownLatch finished) {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            sender.stop();
            try {
                finished.await(STOP_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }
}
