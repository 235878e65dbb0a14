package dev.udpfanout.loader.endtoend.services;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.endtoend.ServiceLab;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures what annotated Services cost a node, 1,000 of them with three endpoints each unless told otherwise: the
 * start, memory, the CPU at rest, and how long a changed EndpointSlice and a new Service take until a datagram arrives.
 * Asserts no figure. Run by {@code bench/daemon/measure}, never by the build.
 */
@Tag("kernel")
@Timeout(600)
class ManyServicesBenchmark {
    private static final int SERVICES = Integer.getInteger("udpfanout.services", 1_000);
    private static final int ENDPOINTS = 3;
    private static final int CHANGES = Integer.getInteger("udpfanout.serviceChanges", 30);
    private static final boolean PROBES = Boolean.getBoolean("udpfanout.probes");
    private static final int PER_SECOND = 1_000;
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final Duration REST = Duration.ofSeconds(30);
    private static final Path REPORT = Path.of("target", "many-services-benchmark.txt");

    @TempDir
    private Path directory;

    @Test
    void cost() throws Exception {
        try (ServiceLab lab = new ServiceLab(directory, 1)) {
            lab.configureServices(
                    "{ vip_interfaces: [eth0], pod_interfaces: [cni0] }\nhealth: { enabled: " + PROBES + " }");
            ManyServices.leadToNobody(lab.topology().node());
            ManyServices.put(lab.server().api(), SERVICES, ENDPOINTS);
            List<String> report = new ArrayList<>();
            long begun = System.nanoTime();
            LabProcess daemon = lab.startWithoutWaiting();
            daemon.awaitLine("set up listeners=", LIMIT);
            long setUp = System.nanoTime();
            assertTrue(
                    BoundedWait.until(() -> ManyServices.tablesInForce(lab.pins()) == SERVICES, LIMIT),
                    () -> ManyServices.tablesInForce(lab.pins()) + " tables");
            report.add(
                    "%,d Services with %d endpoints each: set up after %.1f s, all served after %.1f s; %.1f s of CPU time"
                            .formatted(
                                    SERVICES,
                                    ENDPOINTS,
                                    seconds(begun, setUp),
                                    seconds(begun, System.nanoTime()),
                                    ProcessCost.cpuSeconds(daemon)));
            report.add("resident set %d MiB, at its highest %d MiB, %d MiB of maps"
                    .formatted(
                            ProcessCost.status(daemon, "VmRSS") / 1024,
                            ProcessCost.status(daemon, "VmHWM") / 1024,
                            ProcessCost.mapsBytes(daemon) >> 20));
            report.add("a changed slice is in force after %s"
                    .formatted(untilServed(lab, daemon, change -> change * 7 % SERVICES, service -> lab.server()
                            .api()
                            .put(ManyServices.slice(service, lab.pod(1))))));
            report.add("a new Service is served after %s"
                    .formatted(untilServed(lab, daemon, change -> SERVICES + change, service -> {
                        lab.server().api().put(ManyServices.service(service));
                        lab.server().api().put(ManyServices.slice(service, lab.pod(1)));
                    })));
            report.add("at rest %.1f %% of a CPU".formatted(percentAtRest(daemon)));
            long asked = System.nanoTime();
            int bytes = lab.admin().page("/metrics").length();
            report.add("/metrics: %.1f s for %.1f MB".formatted(seconds(asked, System.nanoTime()), bytes / 1e6));
            report.forEach(System.out::println);
            Files.write(REPORT, report);
            daemon.signal("TERM");
            daemon.awaitExit(ServiceLab.LIMIT);
        }
    }

    /**
     * From when something is put into the API server until the lab's first pod gets the first datagram of the Service's
     * VIP.
     */
    private static String untilServed(
            ServiceLab lab, LabProcess daemon, IntUnaryOperator serviceOfChange, IntConsumer change) throws Exception {
        SequenceTraffic.Receiver receiver = lab.receivers().getFirst();
        double before = ProcessCost.cpuSeconds(daemon);
        List<Double> tookMs = new ArrayList<>();
        for (int number = 0; number < CHANGES; number++) {
            int service = serviceOfChange.applyAsInt(number);
            try (SequenceTraffic traffic = new SequenceTraffic(
                    lab.topology().client(),
                    new InetSocketAddress(ManyServices.vip(service), ManyServices.PORT),
                    PER_SECOND)) {
                ServiceLab.awaitSent(traffic, 100);
                long received = receiver.received();
                long told = System.nanoTime();
                change.accept(service);
                assertTrue(BoundedWait.until(() -> receiver.received() > received, LIMIT));
                tookMs.add((System.nanoTime() - told) / 1e6);
                traffic.stop();
            }
        }
        tookMs.sort(null);
        return "%.0f ms at the median, %.0f ms at most, of %d; %.0f ms of CPU time each"
                .formatted(
                        tookMs.get(CHANGES / 2),
                        tookMs.getLast(),
                        CHANGES,
                        (ProcessCost.cpuSeconds(daemon) - before) * 1_000 / CHANGES);
    }

    private static double percentAtRest(LabProcess daemon) throws IOException {
        double before = ProcessCost.cpuSeconds(daemon);
        long begun = System.nanoTime();
        LockSupport.parkNanos(REST.toNanos());
        return (ProcessCost.cpuSeconds(daemon) - before) / seconds(begun, System.nanoTime()) * 100;
    }

    private static double seconds(long fromNanos, long toNanos) {
        return (toNanos - fromNanos) / 1e9;
    }
}
