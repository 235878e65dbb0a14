package dev.udpfanout.loader.cli;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.loader.config.reader.SocketAddressText;
import dev.udpfanout.loader.config.yaml.BadTextException;
import dev.udpfanout.loader.daemon.NodeLock;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.trace.ListenerNames;
import dev.udpfanout.loader.trace.SocketOwners;
import dev.udpfanout.loader.trace.TraceJson;
import dev.udpfanout.loader.trace.TraceNeeds;
import dev.udpfanout.loader.trace.TracePlan;
import dev.udpfanout.loader.trace.TraceReport;
import dev.udpfanout.loader.trace.TraceText;
import dev.udpfanout.loader.trace.Tracer;
import dev.udpfanout.loader.trace.WayIn;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code udp-fanout trace}: what becomes of a datagram on this node, hop by hop. */
@Command(
        name = "trace",
        description = {
            "Sends marked test datagrams through this node, as if they came in by its network interface, and prints hop by"
                    + " hop what becomes of each: where it arrives, or where and why it dies. With --live it sends"
                    + " nothing, and follows real datagrams.",
            "A receiver that is reached gets the test datagrams: their payload begins with \"udpftrce\". Nothing stays"
                    + " in the kernel, however the command ends.",
            "Needs CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN, and a kernel with BTF (/sys/kernel/btf/vmlinux). It works"
                    + " without the daemon."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every datagram arrived",
            "1:one was lost, or is out of sight",
            "2:tracing was not possible, or bad input"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  udp-fanout trace --to 192.168.1.100:514",
            "  udp-fanout trace --to 192.168.1.100:514 --from 192.168.1.10 --size 1400",
            "  udp-fanout trace --to '[2001:db8::100]:514' --interface eth0 --json",
            "  udp-fanout trace --to 192.168.1.100:514 --live 1/1000 --count 20"
        },
        mixinStandardHelpOptions = true)
final class TraceCommand implements Callable<Integer> {
    private static final int IMPOSSIBLE = 2;
    private static final int PATIENCE_SECONDS = 4;
    private static final int LIVE_PATIENCE_SECONDS = 60;
    private static final Pattern LIVE = Pattern.compile("1/([1-9][0-9]{0,8})");

    @Option(
            names = "--to",
            paramLabel = "ADDRESS:PORT",
            required = true,
            description = "The VIP, or the node's address.")
    private String to;

    @Option(
            names = "--from",
            paramLabel = "ADDRESS",
            description = "Who seems to send; default: a free address of the interface's subnet.")
    private String from;

    @Option(
            names = "--interface",
            paramLabel = "NAME",
            description = "By which interface they seem to come in; default: as the routes have it.")
    private String interfaceName;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "64",
            description = "The payload of a test datagram, at least 16; default: ${DEFAULT-VALUE}.")
    private int payloadBytes;

    @Option(
            names = "--count",
            paramLabel = "NUMBER",
            defaultValue = "3",
            description = "How many datagrams, at most 1000; default: ${DEFAULT-VALUE}.")
    private int count;

    @Option(
            names = "--live",
            paramLabel = "1/N",
            description = "Send nothing; follow one real datagram in N, until --count of them have come.")
    private String live;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            description = "How long to wait for the last hop; default: 4, with --live 60.")
    private Integer waitSeconds;

    @Option(names = "--json", description = "Print JSON, for programs.")
    private boolean json;

    @Mixin
    private PinDirectory pins;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        try (Network network = Network.open()) {
            TracePlan plan = plan(network);
            ListenerNames names = new ListenerNames(pins.directory);
            TraceReport report = new Tracer(network, names::of, SocketOwners.ofNode(NodeLock.holder())).trace(plan);
            PrintWriter out = spec.commandLine().getOut();
            out.print(json ? TraceJson.of(report) : TraceText.of(report));
            out.flush();
            return report.isDelivered() ? ExitCode.OK : ExitCode.FAILED;
        } catch (IllegalArgumentException | BadTextException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        } catch (SystemCallException e) {
            return impossible(TraceNeeds.missing().orElse(e.getMessage()));
        }
    }

    private int impossible(String why) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("udp-fanout: tracing is not possible: " + why);
        err.flush();
        return IMPOSSIBLE;
    }

    private TracePlan plan(Network network) throws BadTextException {
        InetSocketAddress destination = named("--to", () -> SocketAddressText.parse(to));
        Optional<InetAddress> sender =
                from == null ? Optional.empty() : Optional.of(named("--from", () -> SocketAddressText.address(from)));
        WayIn wayIn = WayIn.choose(network, Optional.ofNullable(interfaceName), destination.getAddress(), sender);
        int seconds = waitSeconds != null ? waitSeconds : live == null ? PATIENCE_SECONDS : LIVE_PATIENCE_SECONDS;
        return new TracePlan(wayIn, destination, payloadBytes, count, liveEvery(), Duration.ofSeconds(seconds));
    }

    /** A text that may be bad. */
    @FunctionalInterface
    private interface Reading<T> {
        T read() throws BadTextException;
    }

    private static <T> T named(String option, Reading<T> reading) throws BadTextException {
        try {
            return reading.read();
        } catch (BadTextException e) {
            throw new BadTextException(option + ": " + e.getMessage());
        }
    }

    private int liveEvery() {
        if (live == null) {
            return 0;
        }
        Matcher matcher = LIVE.matcher(live);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("--live: \"" + live + "\" is not 1/N, as 1/1000");
        }
        return Integer.parseInt(matcher.group(1));
    }
}
