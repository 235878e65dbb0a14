package dev.udpfanout.loader.cli;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.loader.cli.status.StatusSource;
import dev.udpfanout.loader.drops.DropEvent;
import dev.udpfanout.loader.drops.DropText;
import dev.udpfanout.loader.drops.DropWatch;
import dev.udpfanout.loader.drops.PinnedNames;
import dev.udpfanout.loader.logging.LogConfigurator;
import dev.udpfanout.loader.logging.LogLevel;
import dev.udpfanout.loader.trace.ListenerNames;
import dev.udpfanout.loader.trace.OwnNamespace;
import dev.udpfanout.loader.trace.TraceNeeds;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Map;
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
            "Prints datagrams that udp-fanout drops on this node, while they are dropped: reason, listener, sender, and the"
                    + " endpoint if one was chosen. Once a second it prints how many were counted by reason, also those of"
                    + " user space and those that become an ICMP answer, of which no single ones are shown.",
            "If nobody watches, it costs forwarded datagrams nothing. Any number of processes may watch; nothing stays of"
                    + " them. Single datagrams need CAP_BPF and CAP_PERFMON, and a kernel with BTF (/sys/kernel/btf/vmlinux)."
        },
        footer = {
            "",
            "Examples:",
            "  udp-fanout drops",
            "  udp-fanout drops --follow --rate 5",
            "  udp-fanout drops --seconds 60 --json"
        },
        mixinStandardHelpOptions = true)
final class DropsCommand implements Callable<Integer> {
    private static final int MOST_A_SECOND = 1000;
    private static final int MOST_SECONDS = 86_400;
    private static final int POLL_MS = 100;
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
                    "How many single datagrams are shown in a second, 1 to 1000; the kernel leaves the others out;"
                            + " default: ${DEFAULT-VALUE}.")
    private int perSecond;

    @Option(names = "--json", description = "Print an object a line, for programs.")
    private boolean json;

    @Mixin
    private StatusOptions options;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private PrintWriter out;
    private ListenerNames listeners;
    private PinnedNames endpoints;
    private StatusSource source;
    private Optional<CountedDrops> counted;

    @Override
    public Integer call() {
        if (perSecond < 1 || perSecond > MOST_A_SECOND || seconds < 1 || seconds > MOST_SECONDS) {
            throw new ParameterException(
                    spec.commandLine(), "--rate is 1 to " + MOST_A_SECOND + ", and --seconds 1 to " + MOST_SECONDS);
        }
        LogConfigurator.setLevel(LogLevel.ERROR);
        out = spec.commandLine().getOut();
        listeners = new ListenerNames(options.pinDirectory());
        endpoints = new PinnedNames(options.pinDirectory());
        source = options.source(spec.commandLine());
        counted = count();
        Optional<DropWatch> opened = begin();
        complain(
                counted.isEmpty(), "no counters: neither a daemon nor its pins are found; see --metrics and --pin-dir");
        if (opened.isEmpty()) {
            if (counted.isPresent()) {
                watch(() -> LockSupport.parkNanos(POLL_MS * NS_A_MS));
            }
            return ExitCode.FAILED;
        }
        try (DropWatch watch = opened.get()) {
            watch(() -> watch.poll(POLL_MS));
            end(watch.totals());
            return ExitCode.OK;
        }
    }

    private Optional<DropWatch> begin() {
        try {
            return Optional.of(DropWatch.begin(OwnNamespace.inode(), perSecond, this::print));
        } catch (SystemCallException e) {
            complain(true, "no single datagrams: " + TraceNeeds.missing().orElse(e.getMessage()));
            return Optional.empty();
        }
    }

    private void watch(Runnable poll) {
        long start = System.nanoTime();
        long second = start;
        while (follow || System.nanoTime() - start < seconds * SECOND_NS) {
            poll.run();
            if (System.nanoTime() - second >= SECOND_NS) {
                second = System.nanoTime();
                printCounted();
            }
            out.flush();
        }
        printCounted();
    }

    private void print(DropEvent event) {
        DropText text =
                new DropText(event, Instant.now(), listeners.of(event.slot()), endpoints.endpoint(event.counter()));
        out.println(json ? text.json() : text.line());
    }

    private void printCounted() {
        Optional<CountedDrops> now = count();
        if (now.isPresent() && counted.isPresent()) {
            Map<String, Long> more = now.get().since(counted.get());
            more.forEach((name, packets) -> out.println(
                    json
                            ? "{\"counted\":\"" + name.replaceAll("[\"\\\\\\p{Cntrl}]", "?") + "\",\"packets\":"
                                    + packets + "}"
                            : "counted: " + name.replaceAll("\\p{Cntrl}", "?") + " +" + packets));
        }
        counted = now;
    }

    private Optional<CountedDrops> count() {
        try {
            return Optional.of(CountedDrops.of(source.read().page()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void end(DropWatch.Totals totals) {
        if (!json) {
            out.println("%d packets dropped in the kernel, %d shown".formatted(totals.seen(), totals.told()));
        }
        out.flush();
    }

    private void complain(boolean isTrue, String what) {
        if (isTrue) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("udp-fanout: " + what);
            err.flush();
        }
    }
}
