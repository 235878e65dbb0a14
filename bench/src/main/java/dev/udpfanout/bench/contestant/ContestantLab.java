package dev.udpfanout.bench.contestant;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.process.Command;
import dev.udpfanout.lab.process.LabProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A contestant, set up and running in a lab that nothing else uses: client, node, pods. */
public final class ContestantLab implements AutoCloseable {
    /** The port that pods receive on; with several endpoints a pod, the first of them. */
    public static final int POD_PORT = 20_000;

    /** The addresses of senders, see udp_flood.c: of RFC 2544's range for benchmarks. */
    private static final String CLIENTS = "198.18.0.0/16";

    /** As many workers as there are CPUs for forwarders here. */
    private static final String ONE_WORKER = ", workers: 1";

    static final int PORT = 5514;
    static final InetSocketAddress VIP = new InetSocketAddress(TopologyPlan.VIP, PORT);
    static final InetSocketAddress NODE = new InetSocketAddress(TopologyPlan.NODE_ADDRESS, PORT);
    static final InetSocketAddress DUMMY = new InetSocketAddress("10.255.0.1", PORT);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Contestant contestant;
    private final Topology topology;
    private final List<InetSocketAddress> endpoints;
    private final InetSocketAddress destination;
    private LabProcess daemon;

    private ContestantLab(Contestant contestant, Topology topology, List<InetSocketAddress> endpoints) {
        this.contestant = contestant;
        this.topology = topology;
        this.endpoints = endpoints;
        this.destination = destinationOf(contestant, endpoints);
    }

    /**
     * Sets a contestant up; it is ready when this returns.
     *
     * @param endpoints how many there are, over the pods in turn: several ports a pod where there are more than pods
     * @param listeners how many listeners udp-fanout has; only the first gets traffic
     */
    public static ContestantLab open(Contestant contestant, Programs programs, int pods, int endpoints, int listeners) {
        String keys = contestant.kind() == Contestant.Kind.USER_SPACE ? ONE_WORKER : "";
        return open(contestant, programs, pods, endpoints, listeners, keys);
    }

    /** As above, for one of udp-fanout's ways that leaves whoever is put before it on the hook there. */
    public static ContestantLab openForProbes(Contestant contestant, Programs programs, int pods) {
        return open(contestant, programs, pods, pods, 1, ", order: keep");
    }

    /** As above, for udp-fanout in user space with two workers that share the CPU for forwarders. */
    public static ContestantLab openWithTwoWorkers(
            Contestant contestant, Programs programs, int pods, boolean hasReplies) {
        return open(contestant, programs, pods, pods, 1, ", workers: 2" + (hasReplies ? ", replies: true" : ""));
    }

    /** Udp-fanout's own process, where it is in user space. */
    public long daemonPid() {
        return daemon.pid();
    }

    /** Lets the kernel's hash of addresses and ports pick the worker, and not the program on its sockets. */
    public void pickWorkersByHash(Programs programs) {
        topology.node().exec(programs.reuseportHash().toString(), Long.toString(daemonPid()), Integer.toString(PORT));
    }

    private static ContestantLab open(
            Contestant contestant, Programs programs, int pods, int endpoints, int listeners, String keys) {
        Topology topology = Topology.builder().pods(pods).build();
        try {
            ContestantLab lab = new ContestantLab(contestant, topology, endpoints(topology, pods, endpoints));
            lab.start(programs, listeners, keys);
            lab.addClients();
            return lab;
        } catch (RuntimeException e) {
            topology.close();
            throw e;
        }
    }

    /** The client has all the addresses that senders have, and the node knows the way to them. */
    private void addClients() {
        topology.client().exec("ip", "route", "add", "local", CLIENTS, "dev", "lo");
        topology.node().exec("ip", "route", "add", CLIENTS, "via", TopologyPlan.CLIENT_ADDRESS, "dev", "eth0");
    }

    private static List<InetSocketAddress> endpoints(Topology topology, int pods, int count) {
        return java.util.stream.IntStream.range(0, count)
                .mapToObj(i -> new InetSocketAddress(topology.plan().podAddress(1 + i % pods), POD_PORT + i / pods))
                .toList();
    }

    private static InetSocketAddress destinationOf(Contestant contestant, List<InetSocketAddress> endpoints) {
        return switch (contestant) {
            case DIRECT -> endpoints.getFirst();
            case KUBE_PROXY, NFTABLES, VIP_DIRECT, DUMMY_INGRESS, DUMMY_EGRESS -> VIP;
            default -> NODE;
        };
    }

    private void start(Programs programs, int listeners, String keys) {
        switch (contestant) {
            case DIRECT -> {}
            case KUBE_PROXY -> kubeProxy(endpoints);
            case NFTABLES -> topology.node().execWithInput(Nftables.rules(VIP, endpoints), "nft", "-f", "-");
            case DUMMY_INGRESS, DUMMY_EGRESS -> {
                kubeProxy(List.of(DUMMY));
                daemon(programs, listeners, keys);
            }
            case NIC_PEER -> {
                daemon(programs, listeners, keys);
                awaitPeers();
            }
            case NIC_INGRESS,
                    NIC_NEIGH,
                    VIP_DIRECT,
                    USERSPACE_IO_URING,
                    USERSPACE_IO_URING_SINGLE_SHOT,
                    USERSPACE_EPOLL,
                    USERSPACE_NIO -> daemon(programs, listeners, keys);
            case C_FORWARDER -> {
                String[] command = Cpus.pinned(Cpus.RECEIVER, programs.forwarder(), NODE, endpoints);
                topology.node().start(command).awaitLine("ready", START_LIMIT);
            }
            case NGINX -> nginx();
        }
    }

    private void kubeProxy(List<InetSocketAddress> to) {
        new KubeProxy(topology).load(KubeProxyRules.labService(VIP, ExternalTrafficPolicy.LOCAL, to));
    }

    private void daemon(Programs programs, int listeners, String keys) {
        Path config = file("udp-fanout-bench-", ".yaml", DaemonConfig.yaml(contestant, endpoints, listeners, keys));
        daemon = topology.node()
                .start(
                        environment(),
                        line -> {},
                        programs.daemon().toString(),
                        "run",
                        "--config",
                        config.toString(),
                        "--pin-dir",
                        topology.pinDirectory().toString());
        daemon.awaitLine("ready listeners=", START_LIMIT);
    }

    /** By Netty's own switch, which the probe looks at. */
    private Map<String, String> environment() {
        return contestant == Contestant.USERSPACE_IO_URING_SINGLE_SHOT
                ? Map.of("UDP_FANOUT_JAVA_OPTS", "-Dio.netty.iouring.recvMultiShotEnabled=false")
                : Map.of();
    }

    /** The way into a pod is known once something has been exchanged with it. */
    private void awaitPeers() {
        int pods = topology.plan().pods();
        for (int pod = 1; pod <= pods; pod++) {
            topology.node().exec("ping", "-q", "-c", "1", topology.plan().podAddress(pod));
        }
        Path peers =
                topology.pinDirectory().resolve("v" + Limits.LAYOUT_VERSION).resolve("PEERS");
        boolean known = BoundedWait.until(
                () -> topology.node()
                                .exec("bpftool", "-j", "map", "dump", "pinned", peers.toString())
                                .split("\"key\":")
                                .length
                        > pods,
                START_LIMIT);
        if (!known) {
            throw new IllegalStateException("the daemon has not found the pods' veths");
        }
    }

    private void nginx() {
        Path directory = directory();
        Path config = directory.resolve("nginx.conf");
        write(config, Nginx.config(directory, NODE, endpoints));
        topology.node()
                .start(
                        "taskset",
                        "-c",
                        Integer.toString(Cpus.RECEIVER),
                        "nginx",
                        "-e",
                        directory + "/error.log",
                        "-c",
                        config.toString());
        awaitBound(NODE);
    }

    private void awaitBound(InetSocketAddress address) {
        String socket = address.getAddress().getHostAddress() + ":" + address.getPort();
        boolean bound =
                BoundedWait.until(() -> topology.node().exec("ss", "-Hlnu").contains(socket), START_LIMIT);
        if (!bound) {
            throw new IllegalStateException(contestant + " has not bound " + socket);
        }
    }

    private Path file(String prefix, String suffix, String content) {
        try {
            Path file = Files.createTempFile(prefix, suffix);
            topology.node().<AutoCloseable>closedWithTopology(() -> Files.deleteIfExists(file));
            return Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path directory() {
        try {
            Path directory = Files.createTempDirectory("udp-fanout-bench-");
            topology.node()
                    .<AutoCloseable>closedWithTopology(() -> Command.run(List.of("rm", "-rf", directory.toString())));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String content) {
        try {
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Contestant contestant() {
        return contestant;
    }

    public Topology topology() {
        return topology;
    }

    /** Where the client sends to. */
    public InetSocketAddress destination() {
        return destination;
    }

    /** The pods' addresses and ports. */
    public List<InetSocketAddress> endpoints() {
        return endpoints;
    }

    @Override
    public void close() {
        topology.close();
    }
}
