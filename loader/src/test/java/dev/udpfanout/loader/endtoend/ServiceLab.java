package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Bpffs;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.cli.Distribution;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A cluster of one node: client, VIP, kube-proxy's rules, API server, receivers in pods, and the daemon to be started.
 */
public final class ServiceLab implements AutoCloseable {
    /** Of whatever is waited for: enough for a machine with much else to do. */
    public static final Duration LIMIT = Duration.ofMinutes(2);

    /** After which what has not arrived will not. */
    static final Duration SHORT = Duration.ofMillis(300);

    public static final int POD_PORT = 40514;
    public static final InetSocketAddress VIP = new InetSocketAddress(TopologyPlan.VIP, 5514);
    public static final InetSocketAddress VIP6 = new InetSocketAddress(TopologyPlan.VIP6, 5514);
    public static final InetSocketAddress DUMMY6 = new InetSocketAddress("2001:db8:255::1", 5514);

    private static final int PER_SECOND = 20_000;

    private final Path directory;
    private final Path pins;
    private final Topology topology;
    private final FakeApiServer server;
    private final List<SequenceTraffic.Receiver> receivers = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();

    /**
     * Builds it, with the API server running.
     *
     * @param directory for the configuration; the caller's to remove
     */
    public ServiceLab(Path directory, int pods) throws IOException {
        this(directory, pods, false);
    }

    /**
     * As above.
     *
     * @param ipv6 whether everything has an IPv6 address too
     */
    public ServiceLab(Path directory, int pods, boolean ipv6) throws IOException {
        this.directory = directory;
        this.pins = Path.of(
                "/sys/fs/bpf", "udp-fanout-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
        Bpffs.ensure();
        topology = Topology.builder().pods(pods).ipv6(ipv6).build();
        server = topology.node().closedWithTopology(FakeApiServer.runningIn(topology.node()));
        Files.writeString(directory.resolve("kubeconfig"), server.kubeconfig());
        topology.pods()
                .forEach(pod -> receivers.add(pod.closedWithTopology(new SequenceTraffic.Receiver(pod, POD_PORT))));
    }

    public Topology topology() {
        return topology;
    }

    public FakeApiServer server() {
        return server;
    }

    public List<SequenceTraffic.Receiver> receivers() {
        return receivers;
    }

    /** Closes a receiver's socket. */
    public void closeReceiver(int pod) throws IOException {
        receivers.get(pod - 1).close();
    }

    /** Gives a pod a socket again. */
    public void openReceiver(int pod) {
        LabNamespace namespace = topology.pod(pod);
        receivers.set(pod - 1, namespace.closedWithTopology(new SequenceTraffic.Receiver(namespace, POD_PORT)));
    }

    /** Has kube-proxy send the VIP's datagrams to dummy0's address, as the MetalLB way wants it. */
    public void leadVipToDummy() {
        new KubeProxy(topology)
                .load(KubeProxyRules.labService(
                        VIP, ExternalTrafficPolicy.LOCAL, List.of(new InetSocketAddress("10.255.0.1", 5514))));
    }

    /** The same over IPv6. */
    public void leadVip6ToDummy() {
        new KubeProxy(topology).load(KubeProxyRules.labService(VIP6, ExternalTrafficPolicy.LOCAL, List.of(DUMMY6)));
    }

    /** A pod as the API server knows it, ready. */
    public Endpoint pod(int n) {
        return Slices.pod("pod-" + n, topology.plan().podAddress(n));
    }

    /** A pod as the API server knows it, with conditions of which each may be absent. */
    Endpoint pod(int n, Boolean ready, Boolean serving, Boolean terminating) {
        return Slices.pod("pod-" + n, topology.plan().podAddress(n), ready, serving, terminating);
    }

    /** Makes these the Service's endpoints. */
    public void serve(Endpoint... endpoints) {
        server.api().put(Slices.ofService("receivers-1", "syslog", POD_PORT, endpoints));
    }

    /** Makes all pods the Service's endpoints. */
    public void serveAll() {
        serve(IntStream.rangeClosed(1, topology.plan().pods())
                .mapToObj(this::pod)
                .toArray(Endpoint[]::new));
    }

    /** Makes the IPv6 addresses of all pods endpoints of the Service too: each family has slices of its own. */
    public void serveAll6() {
        server.api()
                .put(Slices.slice(
                                "receivers-6",
                                "IPv6",
                                IntStream.rangeClosed(1, topology.plan().pods())
                                        .mapToObj(n -> Slices.pod(
                                                "pod-" + n, topology.plan().podAddress6(n)))
                                        .toArray(Endpoint[]::new))
                        .addNewPort()
                        .withName("syslog")
                        .withProtocol("UDP")
                        .withPort(POD_PORT)
                        .endPort()
                        .build());
    }

    /** Writes a configuration of one listener, "syslog", whose receivers are the Service's. */
    public void configure(String place, String top) throws IOException {
        Files.writeString(directory.resolve("config.yaml"), """
                metrics: { bind: "127.0.0.1:9090" }
                %s
                listeners:
                  - name: syslog
                    %s
                    kubernetes: { namespace: logging, service: receivers, port: syslog }
                    publish: { namespace: logging, service: syslog }
                """.formatted(top, place));
    }

    /** Writes a configuration without listeners, of which {@code services} is as given. */
    public void configureServices(String services) throws IOException {
        change("metrics: { bind: \"127.0.0.1:9090\" }\nservices: " + services + "\n");
    }

    /** As {@link #configureOnDummy}, without {@code publish}. */
    void configureUnpublished() throws IOException {
        change(Files.readString(directory.resolve("config.yaml")).replaceAll("(?m)^ *publish:.*$", ""));
    }

    /** Adds listeners, as items of a list, to the configuration. */
    void addListeners(String yaml) throws IOException {
        change(Files.readString(directory.resolve("config.yaml")) + yaml.indent(2));
    }

    private void change(String text) throws IOException {
        Path next = Files.writeString(directory.resolve("next.yaml"), text);
        Files.move(next, directory.resolve("config.yaml"), StandardCopyOption.ATOMIC_MOVE);
    }

    void configureOnDummy(String top) throws IOException {
        configure("bind: \"10.255.0.1:5514\"\n    interface: dummy0", top);
    }

    /** Starts the daemon, and returns when it has set itself up. */
    public LabProcess start(String... moreArguments) {
        LabProcess daemon = startWithoutWaiting(moreArguments);
        daemon.awaitLine("set up listeners=", LIMIT);
        return daemon;
    }

    /** Starts the daemon. */
    public LabProcess startWithoutWaiting(String... moreArguments) {
        List<String> command = new ArrayList<>(List.of(
                Distribution.command(),
                "--config",
                directory.resolve("config.yaml").toString(),
                "--pin-dir",
                pins.toString()));
        command.addAll(List.of(moreArguments));
        return start(command);
    }

    /** Runs {@code udp-fanout detach} for the daemon's configuration; returns what it printed. */
    LabProcess detach() {
        return start(List.of(
                Distribution.command(),
                "detach",
                "--config",
                directory.resolve("config.yaml").toString(),
                "--pin-dir",
                pins.toString()));
    }

    /** Has commands that are started from now on know these variables too. */
    void environment(Map<String, String> more) {
        environment.putAll(more);
    }

    private LabProcess start(List<String> command) {
        return topology.node().start(variables(), line -> {}, command.toArray(String[]::new));
    }

    public AdminClient admin() {
        return new AdminClient(topology.node());
    }

    public void awaitReady() {
        AdminClient admin = admin();
        assertTrue(
                BoundedWait.until(() -> admin.page("/readyz").startsWith("ready"), LIMIT), () -> admin.page("/status"));
    }

    /** Where the daemon pins. */
    public Path pins() {
        return pins;
    }

    /** Waits until the endpoints in force are those of these pods. */
    void awaitInForce(Integer... pods) {
        AdminClient admin = admin();
        List<String> expected = Stream.of(pods)
                .map(n -> topology.plan().podAddress(n) + ":" + POD_PORT)
                .toList();
        assertTrue(
                BoundedWait.until(() -> admin.activeEndpoints().equals(expected), LIMIT),
                () -> "expected " + expected + ", there is " + admin.page("/status"));
    }

    /** Starts to send 20,000 datagrams a second. */
    SequenceTraffic traffic() {
        return new SequenceTraffic(topology.client(), VIP, PER_SECOND);
    }

    public static void awaitSent(SequenceTraffic traffic, long more) {
        long until = traffic.next() + more;
        assertTrue(BoundedWait.until(() -> traffic.next() >= until, LIMIT));
    }

    public long received() {
        return receivers.stream().mapToLong(SequenceTraffic.Receiver::received).sum();
    }

    /** Stops the traffic; every datagram of it has arrived, once. */
    void assertNothingLost(SequenceTraffic traffic) throws InterruptedException {
        long sent = traffic.stop();
        BoundedWait.until(() -> received() >= sent, LIMIT);
        assertEquals(sent, received());
    }

    @Override
    public void close() {
        topology.close();
        Pins.removeAll(pins);
    }

    /** The configuration file. */
    public Path config() {
        return directory.resolve("config.yaml");
    }

    /** The variables of commands that ask the lab's API server, on its node. */
    public Map<String, String> variables() {
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("KUBECONFIG", directory.resolve("kubeconfig").toString());
        variables.put("NODE_NAME", "node-a");
        return variables;
    }
}
