package dev.udpfanout.loader.endtoend.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.SegmentPlan;
import dev.udpfanout.lab.SegmentTopology;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.NodeEndpoint;
import dev.udpfanout.lab.kubeproxy.ServiceEndpoints;
import dev.udpfanout.lab.metallb.VipOwner;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A cluster of two nodes on one segment, each with its daemon and a speaker, an API server on the segment, and a client
 * that finds the VIP by ARP. Numbers of datagrams tell what was lost: they, not times, are what tests assert.
 */
final class FailoverLab implements AutoCloseable {
    /** How many pods each node has. */
    static final int PODS = 2;

    private static final int PER_SECOND = 10_000;

    /** After which what has not arrived will not. */
    private static final Duration SETTLED = Duration.ofSeconds(1);

    private static final int MEMBERSHIP_PORT = 7946;

    private final SegmentTopology topology;
    private final FakeApiServer server;
    private final FakeApiServer forSpeakers;
    private final KubernetesClient client;
    private final Timeline timeline = new Timeline();
    private final Path kubeconfig;
    private final List<FailoverNode> nodes;
    private final Map<FailoverNode, L2Speaker> speakers;

    /**
     * Builds it, starts all of it, and returns when the VIP is where it belongs.
     *
     * @param directory for configurations; the caller's to remove
     * @param moreArguments the daemons'
     */
    FailoverLab(Path directory, String... moreArguments) throws IOException {
        this(directory, List.of("publish: { namespace: logging, service: syslog }"), moreArguments);
    }

    /** @param listenerKeys in the daemons' configuration, each on a line of its own; one is "publish" */
    FailoverLab(Path directory, List<String> listenerKeys, String... moreArguments) throws IOException {
        topology = SegmentTopology.build(new SegmentPlan(2, PODS));
        server = topology.segment()
                .closedWithTopology(
                        FakeApiServer.runningIn(topology.segment(), InetAddress.getByName(SegmentPlan.API_ADDRESS)));
        server.api().put(FakeService.withVips(SegmentPlan.VIP));
        server.api().onApply(this::notePublished);
        kubeconfig = Files.writeString(directory.resolve("kubeconfig"), server.kubeconfig());
        nodes = List.of(
                new FailoverNode(topology, 1, directory, server, listenerKeys),
                new FailoverNode(topology, 2, directory, server, listenerKeys));
        // The speakers live in this process, whose own loopback no change of namespaces can take from them.
        forSpeakers = server.alsoOnLoopback();
        client = forSpeakers.client();
        Timeline.Moment start = timeline.note("daemons start");
        nodes.forEach(node -> node.start(kubeconfig, List.of(moreArguments)));
        nodes.forEach(FailoverNode::awaitReady);
        // Published after that: no node's readiness may still be on its way when a test begins.
        nodes.forEach(node -> timeline.awaitAfter(start, published(node.name(), true), FailoverNode.LIMIT));
        loadKubeProxies(ExternalTrafficPolicy.LOCAL, new SplittableRandom());
        speakers = Map.of(nodes.getFirst(), speaker(0), nodes.getLast(), speaker(1));
        assertTrue(BoundedWait.until(
                () -> speakers.get(owner()).isAnnouncing()
                        && !speakers.get(other()).isAnnouncing(),
                FailoverNode.LIMIT));
    }

    /** Has each node's kube-proxy go by what all nodes have published, as it would by itself. */
    void loadKubeProxies(ExternalTrafficPolicy policy, RandomGenerator random) {
        List<NodeEndpoint> published = published();
        nodes.forEach(node -> node.loadKubeProxy(policy, ServiceEndpoints.seenBy(node.name(), published, random)));
    }

    /** What the nodes have published that are ready. */
    List<NodeEndpoint> published() {
        return client
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace(FakeService.NAME.namespace())
                .withLabel("kubernetes.io/service-name", FakeService.NAME.name())
                .list()
                .getItems()
                .stream()
                .flatMap(slice -> slice.getEndpoints().stream()
                        .filter(endpoint -> endpoint.getConditions().getReady())
                        .map(endpoint -> new NodeEndpoint(
                                new InetSocketAddress(
                                        InetAddress.ofLiteral(
                                                endpoint.getAddresses().getFirst()),
                                        slice.getPorts().getFirst().getPort()),
                                endpoint.getNodeName())))
                .toList();
    }

    List<FailoverNode> nodes() {
        return nodes;
    }

    private L2Speaker speaker(int index) throws IOException {
        FailoverNode node = nodes.get(index);
        FailoverNode peer = nodes.get(1 - index);
        L2Speaker.Place place = new L2Speaker.Place(
                node.namespace(),
                node.name(),
                topology.plan().nodeMac(node.number()),
                membershipAddress(node),
                Map.of(peer.name(), membershipAddress(peer)));
        Inet4Address vip = (Inet4Address) InetAddress.getByName(SegmentPlan.VIP);
        return node.namespace()
                .closedWithTopology(new L2Speaker(place, vip, client, name -> timeline.note(announced(name))));
    }

    private InetSocketAddress membershipAddress(FailoverNode node) {
        return new InetSocketAddress(topology.plan().nodeAddress(node.number()), MEMBERSHIP_PORT);
    }

    private void notePublished(String json) {
        EndpointSlice slice = Serialization.unmarshal(json, EndpointSlice.class);
        slice.getEndpoints()
                .forEach(endpoint -> timeline.note(published(
                        endpoint.getNodeName(), endpoint.getConditions().getReady())));
    }

    /** What the timeline calls it when a node has published whether it is ready. */
    static String published(String node, boolean ready) {
        return node + (ready ? " ready" : " not ready");
    }

    /** What the timeline calls it when a node is about to tell the segment that it has the VIP. */
    static String announced(String node) {
        return node + " announces";
    }

    SegmentTopology topology() {
        return topology;
    }

    Timeline timeline() {
        return timeline;
    }

    /** The node that has the VIP as long as all is well. */
    FailoverNode owner() {
        String name = VipOwner.of(
                        SegmentPlan.VIP, nodes.stream().map(FailoverNode::name).toList())
                .orElseThrow();
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The node that does not. */
    FailoverNode other() {
        return nodes.get(1 - nodes.indexOf(owner()));
    }

    L2Speaker speakerOf(FailoverNode node) {
        return speakers.get(node);
    }

    /** Starts a daemon again. */
    void restart(FailoverNode node) {
        node.start(kubeconfig, List.of());
        node.awaitReady();
    }

    /** Starts to send 10,000 datagrams a second to the VIP. */
    SequenceTraffic traffic() {
        SequenceTraffic traffic = new SequenceTraffic(topology.client(), FailoverNode.VIP, PER_SECOND);
        timeline.follow(traffic::next);
        return traffic;
    }

    static void awaitSent(SequenceTraffic traffic, long more) {
        long until = traffic.next() + more;
        assertTrue(BoundedWait.until(() -> traffic.next() >= until, FailoverNode.LIMIT));
    }

    /** Waits until all that has been sent when it is called has arrived: none of it is lost, then. */
    void awaitAllArrived(SequenceTraffic traffic) {
        long sent = traffic.next();
        assertTrue(BoundedWait.until(() -> arrived(sent).lost().isEmpty(), FailoverNode.LIMIT), () -> arrived(sent)
                .toString());
    }

    /** Whether a datagram with this number or a higher one has arrived at either node. */
    boolean hasFrom(long number) {
        return nodes.stream().anyMatch(node -> node.numbers().nextSetBit((int) number) >= 0);
    }

    /** Waits until the other node's pods have got something, and notes the moment. */
    Timeline.Moment awaitMoved() {
        assertTrue(BoundedWait.until(() -> other().received() > 0, FailoverNode.LIMIT), timeline::toString);
        return timeline.note(other().name() + " forwards");
    }

    /** Stops the traffic; what arrived of it, each number once. */
    ArrivedNumbers stop(SequenceTraffic traffic) throws InterruptedException {
        long sent = traffic.stop();
        long before = -1;
        while (before != received() && received() < sent) {
            before = received();
            long last = before;
            BoundedWait.until(() -> received() != last, SETTLED);
        }
        ArrivedNumbers arrived = arrived(sent);
        assertEquals(sent - arrived.lost().cardinality(), received(), () -> "some arrived more than once: " + arrived);
        return arrived;
    }

    private long received() {
        return nodes.stream().mapToLong(FailoverNode::received).sum();
    }

    private ArrivedNumbers arrived(long sent) {
        return new ArrivedNumbers(sent, owner().numbers(), other().numbers());
    }

    @Override
    public void close() {
        try {
            // Else each would drain first.
            nodes.forEach(FailoverNode::kill);
            topology.close();
        } finally {
            client.close();
            forSpeakers.close();
        }
    }
}
