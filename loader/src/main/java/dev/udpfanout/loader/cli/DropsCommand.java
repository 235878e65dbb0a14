package dev.udpfanout.loader.cli;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.terminal.TerminalSize;
import dev.udpfanout.loader.cli.status.StatusSource;
import dev.udpfanout.loader.cli.terminal.WordWrap;
import dev.udpfanout.loader.drops.CountedDrops;
import dev.udpfanout.loader.drops.DropEvent;
import dev.udpfanout.loader.drops.DropText;
import dev.udpfanout.loader.drops.DropWatch;
import dev.udpfanout.loader.drops.ListenerModes;
import dev.udpfanout.loader.drops.PinnedNames;
import dev.udpfanout.loader.drops.UserspaceDropsPage;
import dev.udpfanout.loader.drops.UserspaceReader;
import dev.udpfanout.loader.logging.LogConfigurator;
import dev.udpfanout.loader.logging.LogLevel;
import dev.udpfanout.loader.trace.ListenerNames;
import dev.udpfanout.loader.trace.OwnNamespace;
import dev.udpfanout.loader.trace.TraceNeeds;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code udp-fanout drops}: which datagrams udp-fanout drops, and why. */
@Command(
        name = "drops",
        description = {
            "Prints datagrams that udp-fanout drops on this node, in the kernel and in user space, while they are dropped:"
                    + " reason, listener, sender, and the endpoint if one was chosen. Once a second it prints how many were"
                    + " counted by reason, also those of which no single ones are shown.",
            "If nobody watches, it costs forwarded datagrams nothing. Any number of processes may watch; nothing stays of"
                    + " them. Single datagrams of the kernel need CAP_BPF and CAP_PERFMON, and a kernel with BTF"
                    + " (/sys/kernel/btf/vmlinux); those of user space come from the daemon."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  udp-fanout drops", "  udp-fanout drops --follow --rate 5", "  udp-fanout drops --seconds 60 --json"
        },
        mixinStandardHelpOptions = true)
final class DropsCommand implements Callable<Integer> {
    private static final int MOST_A_SECOND = 1000;
    private static final int MOST_SECONDS = 86_400;
    private static final int POLL_MS = 100;
    private static final int STANDARD_OUTPUT = 1;
    private static final long NS_A_MS = 1_000_000;
    private static final long SECOND_NS = 1_000_000_000;

    @Option(names = "--follow", description = "Until Ctrl-C.")
    private boolean follow;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "Without --follow: how long to watch; default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "20",
            description =
                    "How many single datagrams of each, the kernel and user space, are shown in a second, 1 to 1000;"
                            + " the others are counted; default: ${DEFAULT-VALUE}.")
    private int perSecond;

    @Option(names = "--json", description = "Print an object a line, for programs.")
    private boolean json;

    @Mixin
    private StatusOptions options;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private DropsOutput output;
    private ListenerNames listeners;
    private PinnedNames endpoints;
    private StatusSource source;
    private Optional<CountedDrops> counted = Optional.empty();
    private Optional<ListenerModes> modes = Optional.empty();
    private UserspaceReader userspace;
    private String refusal = "";

    @Override
    public Integer call() {
        if (perSecond < 1 || perSecond > MOST_A_SECOND || seconds < 1 || seconds > MOST_SECONDS) {
            throw new ParameterException(
                    spec.commandLine(), "--rate is 1 to " + MOST_A_SECOND + ", and --seconds 1 to " + MOST_SECONDS);
        }
        LogConfigurator.setLevel(LogLevel.ERROR);
        int columns =
                TerminalSize.of(STANDARD_OUTPUT).map(TerminalSize::columns).orElse(0);
        output = new DropsOutput(spec.commandLine().getOut(), json, new WordWrap(columns));
        listeners = new ListenerNames(options.pinDirectory());
        endpoints = new PinnedNames(options.pinDirectory());
        source = options.source(spec.commandLine());
        userspace =
                new UserspaceReader(new UserspaceDropsPage(options.url(spec.commandLine())), perSecond, output::drop);
        lookAtStatus();
        userspace.read();
        complain(
                counted.isEmpty(), "no counters: neither a daemon nor its pins are found; see --metrics and --pin-dir");
        return watch(begin());
    }

    private int watch(Optional<DropWatch> kernel) {
        boolean hasUserspace = modes.map(ListenerModes::hasUserspace).orElse(false);
        boolean isKernelUnwatched =
                kernel.isEmpty() && modes.map(ListenerModes::hasKernel).orElse(true);
        complain(isKernelUnwatched, "no single datagrams of the kernel: " + refusal);
        complain(
                hasUserspace && userspace.failure().isPresent(),
                "no single datagrams of user space: " + userspace.failure().orElse(""));
        if (kernel.isEmpty() && counted.isEmpty()) {
            return ExitCode.FAILED;
        }
        if (kernel.isEmpty()) {
            watch(() -> LockSupport.parkNanos(POLL_MS * NS_A_MS));
            endUserspace();
            return isKernelUnwatched ? ExitCode.FAILED : ExitCode.OK;
        }
        try (DropWatch watch = kernel.get()) {
            watch(() -> watch.poll(POLL_MS));
            endUserspace();
            output.end("the kernel", watch.totals().seen(), watch.totals().told());
            output.out().flush();
            return ExitCode.OK;
        }
    }

    private Optional<DropWatch> begin() {
        try {
            return Optional.of(DropWatch.begin(OwnNamespace.inode(), perSecond, this::print));
        } catch (SystemCallException e) {
            refusal = TraceNeeds.missing().orElse(e.getMessage());
            return Optional.empty();
        }
    }

    private void watch(Runnable poll) {
        long start = System.nanoTime();
        long second = start;
        while (follow || System.nanoTime() - start < seconds * SECOND_NS) {
            poll.run();
            userspace.readIfDue();
            if (System.nanoTime() - second >= SECOND_NS) {
                second = System.nanoTime();
                lookAtStatus();
            }
            output.out().flush();
        }
        userspace.read();
        lookAtStatus();
    }

    private void print(DropEvent event) {
        output.drop(DropText.ofKernel(
                event, Instant.now(), listeners.of(event.slot()), endpoints.endpoint(event.counter())));
    }

    /** Prints what was counted since the last look, and which listeners have moved to the other datapath. */
    private void lookAtStatus() {
        try {
            StatusSource.Reading now = source.read();
            CountedDrops packets = CountedDrops.of(now.page());
            counted.ifPresent(before -> packets.since(before).forEach(output::counted));
            counted = Optional.of(packets);
            // What is pinned knows nothing of user space.
            if (now.isFromDaemon() || modes.isEmpty()) {
                ListenerModes served = ListenerModes.of(now.page());
                modes.ifPresent(before -> served.since(before).forEach(output::mode));
                modes = Optional.of(served);
            }
        } catch (IOException e) {
            counted = Optional.empty();
        }
    }

    private void endUserspace() {
        if (userspace.seen() > 0 || modes.map(ListenerModes::hasUserspace).orElse(false)) {
            output.end("user space", userspace.seen(), userspace.shown());
        }
        output.out().flush();
    }

    private void complain(boolean isTrue, String what) {
        if (isTrue) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("udp-fanout: " + what);
            err.flush();
        }
    }
}
