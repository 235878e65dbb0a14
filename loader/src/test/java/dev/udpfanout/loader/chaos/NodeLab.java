package dev.udpfanout.loader.chaos;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.loader.chaos.machine.ResourceLimits;
import dev.udpfanout.loader.chaos.machine.SmallDisk;
import dev.udpfanout.loader.chaos.machine.WallClock;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;

/** A cluster of one node under load, with all that can be broken in it. */
public final class NodeLab implements AutoCloseable {
    static final int PODS = 3;

    private static final int POD_PORT = 40514;
    private static final Logger API_SERVER_LOG = Logger.getLogger("io.fabric8.mockwebserver");
    private static final InetSocketAddress VIP = new InetSocketAddress(TopologyPlan.VIP, 5514);

    private final Topology topology;
    private final FakeApiServer api;
    private final SmallDisk disk;
    private final WallClock clock;
    private final Optional<ResourceLimits> limits;
    private final NodeDaemon daemon;
    private final boolean hasTcx;
    private final Traffic traffic;

    /** Builds it, with the daemon running and the load on. */
    public NodeLab() throws IOException {
        // It logs every request.
        API_SERVER_LOG.setLevel(Level.WARNING);
        topology = Topology.builder().pods(PODS).build();
        try {
            LabNamespace node = topology.node();
            new KubeProxy(topology)
                    .load(KubeProxyRules.labService(
                            VIP, ExternalTrafficPolicy.LOCAL, List.of(new InetSocketAddress("10.255.0.1", 5514))));
            api = node.closedWithTopology(FakeApiServer.runningIn(node));
            api.api().put(FakeService.withVips(TopologyPlan.VIP));
            serve(allPods());
            disk = SmallDisk.mount(node);
            clock = WallClock.compileInto(disk.folder());
            limits = ResourceLimits.make(node);
            Files.writeString(disk.folder().resolve("kubeconfig"), api.kubeconfig());
            hasTcx = Tcx.isThere();
            daemon = new NodeDaemon(
                    node, disk.folder(), topology.pinDirectory(), NodeConfig.first(hasTcx), clock, limits);
            daemon.start();
            awaitSettled();
            traffic = node.closedWithTopology(new Traffic(
                    topology,
                    POD_PORT,
                    List.of(VIP, new InetSocketAddress(TopologyPlan.NODE_ADDRESS, NodeConfig.NIC_PORT))));
        } catch (IOException | RuntimeException e) {
            topology.close();
            throw e;
        }
    }

    Topology topology() {
        return topology;
    }

    FakeApiServer api() {
        return api;
    }

    SmallDisk disk() {
        return disk;
    }

    WallClock clock() {
        return clock;
    }

    Optional<ResourceLimits> limits() {
        return limits;
    }

    /** Its daemon. */
    public NodeDaemon daemon() {
        return daemon;
    }

    /** The load. */
    public Traffic traffic() {
        return traffic;
    }

    /** Whether the kernel has TCX, so that one of the two interfaces uses it. */
    boolean hasTcx() {
        return hasTcx;
    }

    /** Has the node run a command, its words parted by spaces. */
    public void node(String command) {
        topology.node().exec(command.split(" "));
    }

    /** The numbers of all pods. */
    static TreeSet<Integer> allPods() {
        return new TreeSet<>(IntStream.rangeClosed(1, PODS).boxed().toList());
    }

    /** Makes these pods the Service's endpoints. */
    void serve(TreeSet<Integer> pods) {
        api.api()
                .put(Slices.ofService(
                        "receivers-1",
                        "syslog",
                        POD_PORT,
                        pods.stream()
                                .map(pod ->
                                        Slices.pod("pod-" + pod, topology.plan().podAddress(pod)))
                                .toArray(Endpoint[]::new)));
    }

    /** Waits until all is as it was before any fault: ready, connected, every pod in force at both listeners. */
    void awaitSettled() {
        daemon.await("ready", () -> daemon.isAlive() && daemon.page("/readyz").startsWith("ready"));
        daemon.await(
                "all endpoints in force", () -> daemon.admin().activeEndpoints().size() == 2 * PODS);
        daemon.await("connected to the API server", () -> daemon.page("/status").contains("\"connected\":true"));
    }

    /** Begins anew after a fault that was not mended: another daemon, with nothing of the old one's. */
    void recover() throws IOException {
        disk.free();
        limits.ifPresent(present -> {
            present.cpuUnlimited();
            present.memoryUnlimited();
        });
        api.api().behave();
        daemon.end("KILL");
        daemon.detach();
        daemon.start();
        awaitSettled();
    }

    @Override
    public void close() {
        topology.close();
    }
}
