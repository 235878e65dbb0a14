package dev.udpfanout.loader.endtoend.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.SegmentPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.NodeEndpoint;
import dev.udpfanout.lab.kubeproxy.ServiceEndpoints;
import dev.udpfanout.loader.kubernetes.publish.CollidingRange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two nodes, each with its daemon, and a kube-proxy that knows what both have published, and keeps any of several equal
 * endpoints, as that of Kubernetes 1.36 does: a client by either node, and pods of either node, lose nothing.
 */
@Tag("kernel")
class NodeAddressTest {
    private static final String PUBLISH = "publish: { namespace: logging, service: syslog%s }";
    private static final int SOCKETS = 20;
    private static final int DATAGRAMS_A_SOCKET = 20;
    /** Equal endpoints are kept at random: of so many runs, some keep the other node's. */
    private static final int RUNS = 4;

    @TempDir
    private Path directory;

    private FailoverLab lab;
    private long sent;

    @AfterEach
    void tearDown() {
        if (lab != null) {
            lab.close();
        }
    }

    private void start(String addresses, String... keys) throws IOException {
        List<String> all = new ArrayList<>(List.of(keys));
        all.add(PUBLISH.formatted(addresses));
        lab = new FailoverLab(directory, all);
        // The second pod of each node only sends: what it sent would not be taken from itself.
        lab.nodes().forEach(node -> node.serve(1));
        lab.nodes()
                .forEach(node -> assertTrue(
                        BoundedWait.until(
                                () -> node.admin().metric("udp_fanout_downstream_active") == 1, FailoverNode.LIMIT),
                        () -> node.admin().page("/status")));
    }

    private void send(LabNamespace from) {
        from.call(() -> {
            for (int socket = 0; socket < SOCKETS; socket++) {
                try (DatagramChannel channel = DatagramChannel.open().connect(FailoverNode.VIP)) {
                    for (int i = 0; i < DATAGRAMS_A_SOCKET; i++) {
                        write(channel, ByteBuffer.allocate(Long.BYTES).putLong(0, sent++));
                    }
                }
            }
            return null;
        });
    }

    /** An error that an earlier datagram's ICMP answer left in the socket means that this one has not been sent. */
    private static void write(DatagramChannel channel, ByteBuffer datagram) throws IOException {
        while (true) {
            try {
                channel.write(datagram);
                return;
            } catch (PortUnreachableException e) {
                datagram.rewind();
            }
        }
    }

    private long received() {
        return lab.nodes().stream().mapToLong(FailoverNode::received).sum();
    }

    /** Leads the VIP to a node, whichever answers ARP. */
    private void sendByWayOf(FailoverNode node) {
        lab.topology()
                .client()
                .exec(
                        "ip",
                        "route",
                        "replace",
                        SegmentPlan.VIP,
                        "via",
                        lab.topology().plan().nodeAddress(node.number()));
        send(lab.topology().client());
    }

    private void assertNoneLost(String what) {
        assertTrue(
                BoundedWait.until(() -> received() == sent, FailoverNode.LIMIT),
                () -> what + ": " + received() + " of " + sent + " arrived; published " + lab.published());
    }

    private static Map<String, String> addresses(List<NodeEndpoint> published) {
        return published.stream().collect(Collectors.toMap(NodeEndpoint::nodeName, endpoint -> endpoint.address()
                .getAddress()
                .getHostAddress()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hook: ingress", "hook: egress", "mode: userspace"})
    void shouldLoseNothingByEitherNodeNorFromPodsOfEither(String key) throws Exception {
        start("", key);
        assertEquals(
                2,
                lab.published().stream().map(NodeEndpoint::address).distinct().count());
        for (ExternalTrafficPolicy policy : ExternalTrafficPolicy.values()) {
            for (int run = 0; run < RUNS; run++) {
                lab.loadKubeProxies(policy, new SplittableRandom(run));
                for (FailoverNode node : lab.nodes()) {
                    sendByWayOf(node);
                    assertNoneLost(policy + ", by " + node.name() + ", run " + run);
                    send(lab.topology().pods(node.number()).getLast());
                    assertNoneLost(policy + ", from a pod of " + node.name() + ", run " + run);
                }
            }
        }
    }

    /** The reason for addresses that differ: with one for all, a node whose own endpoint is not kept gets nothing. */
    @Test
    void shouldLoseAllByOneNodeWhenBothPublishTheSameAddress() throws Exception {
        start(", addresses: bind");
        InetSocketAddress shared = new InetSocketAddress("10.255.0.1", 5514);
        assertEquals(
                List.of(shared, shared),
                lab.published().stream().map(NodeEndpoint::address).toList());
        lab.loadKubeProxies(ExternalTrafficPolicy.LOCAL, new SplittableRandom(1));
        // Each kube-proxy has kept the endpoint of the same node.
        FailoverNode without = lab.nodes().stream()
                .filter(node -> node.namespace().exec("iptables-save").contains("has no local endpoints"))
                .findFirst()
                .orElseGet(() -> lab.nodes().getFirst());
        without.loadKubeProxy(ExternalTrafficPolicy.LOCAL, new ServiceEndpoints(List.of(shared), List.of()));

        sendByWayOf(without);

        assertEquals(0, received());
    }

    @Test
    void shouldKeepItsAddressOverARestart() throws Exception {
        start("");
        Map<String, String> before = addresses(lab.published());
        FailoverNode node = lab.nodes().getFirst();
        node.kill();
        lab.restart(node);

        assertTrue(
                BoundedWait.until(
                        () -> node.admin()
                                .page("/status")
                                .replace(" ", "")
                                .contains("\"published_address\":\"" + before.get(node.name()) + "\""),
                        FailoverNode.LIMIT),
                () -> node.admin().page("/status"));
        assertEquals(before, addresses(lab.published()));
    }

    /** In a range so small that node-a and node-b would take the same address. */
    @Test
    void shouldSettleACollisionAndLoseNothing() throws Exception {
        start(", addresses: " + CollidingRange.of("node-a", "node-b"));

        assertTrue(
                BoundedWait.until(
                        () -> Set.copyOf(addresses(lab.published()).values()).size() == 2, FailoverNode.LIMIT),
                () -> lab.published().toString());
        for (int run = 0; run < RUNS; run++) {
            lab.loadKubeProxies(ExternalTrafficPolicy.LOCAL, new SplittableRandom(run));
            for (FailoverNode node : lab.nodes()) {
                sendByWayOf(node);
                assertNoneLost("by " + node.name());
            }
        }
    }
}
