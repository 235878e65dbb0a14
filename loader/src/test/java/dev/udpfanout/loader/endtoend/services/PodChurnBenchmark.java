package dev.udpfanout.loader.endtoend.services;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.bindings.libbpf.TcxLink;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.endtoend.ServiceLab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures what it costs a node to follow pods that have a veth each, 500 of them unless told otherwise, of which 200 a
 * minute come and go: how long the program takes to be on all of them, memory, the CPU at rest and meanwhile, how soon
 * a pod that comes is taken, and how many datagrams of others are lost. Asserts no figure. Run by
 * {@code bench/daemon/measure}, never by the build.
 */
@Tag("kernel")
@Timeout(600)
class PodChurnBenchmark {
    private static final int PODS = Integer.getInteger("udpfanout.pods", 500);
    private static final int CHANGES_A_MINUTE = Integer.getInteger("udpfanout.podChanges", 200);
    private static final int CHANGES = CHANGES_A_MINUTE;
    private static final int PER_SECOND = 2_000;
    private static final Duration LIMIT = Duration.ofSeconds(180);
    private static final Duration REST = Duration.ofSeconds(30);
    private static final Path REPORT = Path.of("target", "pod-churn-benchmark.txt");

    @TempDir
    private Path directory;

    private final List<String> report = new ArrayList<>();

    @Test
    void cost() throws Exception {
        try (ServiceLab lab = new ServiceLab(directory, 3)) {
            PodNetwork.ROUTED_VETHS.build(lab.topology());
            lab.serve(lab.pod(1), lab.pod(2));
            lab.configureServices("{}\nhealth: { enabled: false }");
            lab.server().api().put(VipService.annotated());
            LabNamespace node = lab.topology().node();
            add(node, lab.topology().pod(1), IntStream.range(0, PODS).toArray());
            long begun = System.nanoTime();
            LabProcess daemon = lab.startWithoutWaiting();
            daemon.awaitLine("set up listeners=", LIMIT);
            long setUp = System.nanoTime();
            assertTrue(BoundedWait.until(() -> taken(node) >= PODS + 3, LIMIT), () -> taken(node) + " taken");
            report.add("%,d veths: set up after %.1f s, the program on all of them after %.1f s; %.1f s of CPU time"
                    .formatted(
                            PODS,
                            seconds(begun, setUp),
                            seconds(begun, System.nanoTime()),
                            ProcessCost.cpuSeconds(daemon)));
            report.add("resident set %d MiB, at its highest %d MiB, %d descriptors"
                    .formatted(
                            ProcessCost.status(daemon, "VmRSS") / 1024,
                            ProcessCost.status(daemon, "VmHWM") / 1024,
                            ProcessCost.descriptors(daemon)));
            report.add("at rest %.1f %% of a CPU".formatted(percentAtRest(daemon)));
            churn(lab, daemon);
            report.forEach(System.out::println);
            Files.write(REPORT, report);
            daemon.signal("TERM");
            daemon.awaitExit(LIMIT);
        }
    }

    /** One pod comes and another goes, at an even pace, while two others send without a pause. */
    private void churn(ServiceLab lab, LabProcess daemon) throws Exception {
        LabNamespace node = lab.topology().node();
        List<Double> tookMs = new ArrayList<>();
        long received = lab.received();
        double cpuSeconds = ProcessCost.cpuSeconds(daemon);
        long begun = System.nanoTime();
        long sent;
        try (SequenceTraffic outside = new SequenceTraffic(lab.topology().client(), ServiceLab.VIP, PER_SECOND);
                SequenceTraffic pod = new SequenceTraffic(lab.topology().pod(3), VipService.CLUSTER_IP, PER_SECOND)) {
            for (int change = 0; change < CHANGES; change++) {
                long due = begun + Duration.ofMinutes(1).toNanos() / CHANGES_A_MINUTE * change;
                LockSupport.parkNanos(due - System.nanoTime());
                int comes = PODS + change;
                add(node, lab.topology().pod(1), comes);
                long came = System.nanoTime();
                assertTrue(BoundedWait.until(() -> isTaken(node, "pod" + comes), LIMIT));
                tookMs.add((System.nanoTime() - came) / 1e6);
                node.exec("ip", "link", "del", "pod" + change);
            }
            sent = outside.stop() + pod.stop();
        }
        double minutes = seconds(begun, System.nanoTime()) / 60;
        BoundedWait.until(() -> lab.received() - received >= sent, Duration.ofSeconds(5));
        tookMs.sort(null);
        report.add("%d pods came and as many went, %.0f a minute: taken after %.0f ms at the median, %.0f ms at most;"
                        .formatted(CHANGES, CHANGES / minutes, tookMs.get(CHANGES / 2), tookMs.getLast())
                + " %.1f %% of a CPU".formatted((ProcessCost.cpuSeconds(daemon) - cpuSeconds) / minutes / 60 * 100));
        report.add("of %,d datagrams of others meanwhile %d were lost"
                .formatted(sent, sent - (lab.received() - received)));
        long gone = System.nanoTime();
        long pins = stalePins(lab);
        // The last pod went a moment ago.
        assertTrue(BoundedWait.until(() -> stalePins(lab) == 0, LIMIT));
        report.add("pins of interfaces that are gone: %d at once, 0 after %.1f s"
                .formatted(pins, seconds(gone, System.nanoTime())));
    }

    private static long stalePins(ServiceLab lab) {
        List<String> names = lab.topology().node().call(() -> {
            try (Network network = Network.open()) {
                return network.links().all().stream().map(Link::name).toList();
            }
        });
        try (var pins = Files.walk(lab.pins())) {
            return pins.map(pin -> pin.getFileName().toString())
                    .filter(pin ->
                            pin.startsWith("pod") && names.stream().noneMatch(name -> pin.startsWith(name + "-")))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void add(LabNamespace node, LabNamespace pod, int... numbers) {
        String batch = IntStream.of(numbers)
                .mapToObj(n -> "link add pod%1$d type veth peer name of%1$d netns %2$s\nlink set pod%1$d up\n"
                                .formatted(n, pod.name())
                        + "route add 10.99.%d.%d/32 dev pod%d\n".formatted(n / 250, n % 250 + 1, n))
                .collect(Collectors.joining());
        node.execWithInput(batch, "ip", "-batch", "-");
    }

    /** How many interfaces have a program. */
    private static long taken(LabNamespace node) {
        return node.call(() -> {
            try (Network network = Network.open()) {
                return network.links().all().stream()
                        .filter(link -> !TcxLink.programsOn(link.index(), HookPoint.INGRESS)
                                .isEmpty())
                        .count();
            }
        });
    }

    private static boolean isTaken(LabNamespace node, String name) {
        return node.call(() -> {
            try (Network network = Network.open()) {
                int ifindex = network.links().byName(name).orElseThrow().index();
                return !TcxLink.programsOn(ifindex, HookPoint.INGRESS).isEmpty();
            }
        });
    }

    private static double percentAtRest(LabProcess daemon) throws Exception {
        double before = ProcessCost.cpuSeconds(daemon);
        long begun = System.nanoTime();
        LockSupport.parkNanos(REST.toNanos());
        return (ProcessCost.cpuSeconds(daemon) - before) / seconds(begun, System.nanoTime()) * 100;
    }

    private static double seconds(long fromNanos, long toNanos) {
        return (toNanos - fromNanos) / 1e9;
    }
}
