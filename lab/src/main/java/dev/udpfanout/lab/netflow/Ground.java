package dev.udpfanout.lab.netflow;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.lab.traffic.UdpCounters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A client with exporters, a node with the daemon, and pods with a collector each. */
final class Ground implements AutoCloseable {
    /** Where collectors listen, and the listener. */
    static final int PORT = 2055;

    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** As long as nothing more comes, nothing is under way. */
    private static final Duration QUIET = Duration.ofMillis(400);

    private final Place place;
    private final Topology topology;
    private final Path executable;
    private final Path directory;
    private final Consumer<String> log;
    private final List<Collector> collectors = new ArrayList<>();
    private final Map<Collector.Kind, Decoded> finished = new EnumMap<>(Collector.Kind.class);
    private LabProcess daemon;

    /**
     * @param pods each with a collector
     * @param executable {@code bin/udp-fanout}
     * @param log told of each line that the daemon says
     */
    Ground(Place place, int pods, Path executable, Consumer<String> log) {
        this.place = place;
        this.executable = executable;
        this.log = log;
        this.topology = Topology.builder()
                .pods(pods)
                .ipv6(place.ipv6())
                .verifyChecksums(true)
                .build();
        try {
            this.directory = Files.createTempDirectory("udp-fanout-netflow-");
            // Also after Ctrl-C; what is opened later is closed before.
            topology.client().<AutoCloseable>closedWithTopology(() -> remove(directory));
            if (place.wayIn() == WayIn.DUMMY) {
                new KubeProxy(topology)
                        .load(KubeProxyRules.labService(
                                destination(),
                                ExternalTrafficPolicy.LOCAL,
                                List.of(address(place.wayIn().address(place.ipv6())))));
            }
        } catch (IOException e) {
            topology.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            topology.close();
            throw e;
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    Place place() {
        return place;
    }

    LabNamespace client() {
        return topology.client();
    }

    /** Where exporters send. */
    InetSocketAddress destination() {
        return address(place.wayIn().destination(place.ipv6()));
    }

    private static InetSocketAddress address(String host) {
        return new InetSocketAddress(host, PORT);
    }

    /** Starts a collector in each pod, of these kinds in turn, and waits until the node knows the pods' addresses. */
    void collect(Collector.Kind... kinds) {
        for (int pod = 1; pod <= topology.pods().size(); pod++) {
            collectors.add(collector(pod, kinds[(pod - 1) % kinds.length]));
        }
        for (int pod = 1; pod <= topology.pods().size(); pod++) {
            awaitSocket(pod);
            topology.node()
                    .exec(
                            "ping",
                            "-c",
                            "1",
                            "-W",
                            "5",
                            endpoints().get(pod - 1).getAddress().getHostAddress());
        }
    }

    /** Ends a pod's collector, and keeps what it has decoded. */
    void finish(int pod) {
        Collector collector = collectors.get(pod - 1);
        finished.computeIfAbsent(collector.kind(), kind -> new Decoded()).addAll(collector.finish());
        log.accept("pod" + pod + ", " + collector.kind().label() + ": " + collector.remarks());
    }

    /** Starts another one of its kind in a pod whose collector has ended. */
    void collectAgain(int pod) {
        collectors.set(pod - 1, collector(pod, collectors.get(pod - 1).kind()));
        awaitSocket(pod);
    }

    /** Ends all collectors; what all of a kind have decoded, also those that ended before. */
    Map<Collector.Kind, Decoded> finishAll() {
        IntStream.rangeClosed(1, collectors.size()).forEach(this::finish);
        return finished;
    }

    private void awaitSocket(int pod) {
        LabNamespace namespace = topology.pod(pod);
        if (!BoundedWait.until(() -> namespace.exec("ss", "-Hlun").contains(":" + PORT + " "), LIMIT)) {
            throw new IllegalStateException("no collector listens in " + namespace.role());
        }
    }

    private Collector collector(int pod, Collector.Kind kind) {
        LabNamespace namespace = topology.pod(pod);
        return switch (kind) {
            case NFCAPD -> new Nfcapd(namespace, PORT, place.ipv6(), folder("nfcapd"));
            case NFACCTD -> new Nfacctd(namespace, PORT, folder("nfacctd"));
            case STRICT -> new StrictCollector(namespace, PORT);
        };
    }

    /** A folder of its own for whoever runs here. */
    Path folder(String purpose) {
        try {
            return Files.createTempDirectory(directory, purpose);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<InetSocketAddress> endpoints() {
        return place.ipv6() ? topology.podEndpoints6(PORT) : topology.podEndpoints(PORT);
    }

    /**
     * Starts the daemon with the first pods as receivers, and waits until it is ready.
     *
     * @param options further ones of its command line
     */
    void start(int receivers, String... options) {
        Path config = configure(receivers);
        List<String> command =
                new ArrayList<>(List.of(executable.toAbsolutePath().toString(), "run"));
        command.addAll(List.of("--config", config.toString()));
        command.addAll(List.of("--pin-dir", topology.pinDirectory().toString()));
        command.addAll(Arrays.asList(options));
        daemon = topology.node().start(Map.of(), line -> log.accept("  " + line), command.toArray(String[]::new));
        daemon.awaitLine("ready listeners=", START_LIMIT);
    }

    /** Gives the daemon the first so many pods as receivers, and waits until they are in force. */
    void useReceivers(int receivers) {
        int from = daemon.lines().size();
        configure(receivers);
        daemon.awaitLine("applied the changed configuration", from, LIMIT);
    }

    private Path configure(int receivers) {
        String downstream = endpoints().stream()
                .limit(receivers)
                .map(endpoint -> "{ address: \"" + text(endpoint) + "\" }")
                .collect(Collectors.joining(", "));
        String yaml = """
                on_exit: keep
                health: { enabled: false }
                netflow: { directory: "%s" }
                listeners:
                  - { name: flows, bind: "%s", %s, %s, payload: netflow, downstream: [ %s ] }
                """.formatted(
                        directory.resolve("memory"),
                        text(address(place.wayIn().address(place.ipv6()))),
                        place.wayIn().yaml(),
                        place.mode().yaml(),
                        downstream);
        try {
            Path config = directory.resolve("config.yaml");
            Path written = Files.writeString(directory.resolve("config.new"), yaml);
            return Files.move(written, config, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /** Kills the daemon, so that it puts nothing in order. */
    void kill() {
        daemon.signal("KILL");
        daemon.awaitExit(LIMIT);
    }

    /** Has the daemon end as for an upgrade. */
    void end() {
        daemon.stop(LIMIT);
    }

    /** Waits until nothing comes to the pods any more, and nothing waits in their sockets. */
    void settle() {
        long[] last = {-1, System.nanoTime()};
        boolean isQuiet = BoundedWait.until(
                () -> {
                    long now = arrived();
                    if (now != last[0] || isWaiting()) {
                        last[0] = now;
                        last[1] = System.nanoTime();
                    }
                    return System.nanoTime() - last[1] > QUIET.toNanos();
                },
                LIMIT);
        if (!isQuiet) {
            throw new IllegalStateException("datagrams still come after " + LIMIT.toSeconds() + " s");
        }
    }

    /** Datagrams that have come to the pods, whatever became of them. */
    long arrived() {
        return counters().stream()
                .mapToLong(each -> each.inDatagrams() + each.noPorts() + each.inErrors())
                .sum();
    }

    /** Datagrams for which a collector's socket had no room. */
    long droppedByCollectors() {
        return counters().stream().mapToLong(UdpCounters::receiveBufferErrors).sum();
    }

    private List<UdpCounters> counters() {
        return topology.pods().stream()
                .map(pod -> pod.call(() -> place.ipv6() ? UdpCounters.read6() : UdpCounters.read()))
                .toList();
    }

    private boolean isWaiting() {
        return IntStream.rangeClosed(1, topology.pods().size())
                .mapToObj(topology::pod)
                .flatMap(pod -> pod.exec("ss", "-Hlun").lines())
                .anyMatch(line -> !line.strip().split("\\s+")[1].equals("0"));
    }

    /** What {@code udp-fanout status} prints; a JVM starts for it, which takes its time on a busy machine. */
    String status() {
        LabProcess status = topology.node()
                .start(
                        executable.toAbsolutePath().toString(),
                        "status",
                        "--pin-dir",
                        topology.pinDirectory().toString());
        status.awaitExit(START_LIMIT);
        return String.join("\n", status.lines());
    }

    @Override
    public void close() {
        topology.close();
    }
}
