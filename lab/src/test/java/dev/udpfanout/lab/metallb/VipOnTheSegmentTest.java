package dev.udpfanout.lab.metallb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.SegmentPlan;
import dev.udpfanout.lab.SegmentTopology;
import dev.udpfanout.lab.frames.ArpResponder;
import dev.udpfanout.lab.process.CommandFailedException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class VipOnTheSegmentTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private SegmentTopology topology;

    @BeforeEach
    void build() {
        topology = SegmentTopology.build(new SegmentPlan(2, 1));
    }

    @AfterEach
    void remove() {
        topology.close();
    }

    private ArpResponder responder(int node) {
        return ArpResponder.start(topology.node(node), "eth0", topology.plan().nodeMac(node));
    }

    private String neighbour() {
        return topology.client().exec("ip", "neigh", "show", SegmentPlan.VIP);
    }

    private boolean clientKnows(int node) {
        return neighbour().contains(topology.plan().nodeMac(node).toString());
    }

    /** Makes the client ask who has the VIP; nobody answers the ping itself, as the VIP is on no interface. */
    private void ask() {
        assertThrows(CommandFailedException.class, () -> topology.client()
                .exec("ping", "-c", "1", "-W", "1", SegmentPlan.VIP));
    }

    @Test
    void shouldReachNodesApiServerAndOwnPodsButNotTheVipWhenBuilt() {
        topology.client().exec("ping", "-c", "1", "-W", "5", topology.plan().nodeAddress(2));
        topology.node(1).exec("ping", "-c", "1", "-W", "5", SegmentPlan.API_ADDRESS);
        topology.node(2).exec("ping", "-c", "1", "-W", "5", topology.plan().podAddress(2, 1));
        ask();
        assertTrue(neighbour().contains("FAILED") || neighbour().contains("INCOMPLETE"), neighbour());
    }

    @Test
    void shouldMoveTheVipWhenAnotherNodeAnnouncesIt() throws UnknownHostException {
        Inet4Address vip = (Inet4Address) InetAddress.getByName(SegmentPlan.VIP);
        ArpResponder first = responder(1);
        ArpResponder second = responder(2);
        first.answerFor(vip);
        ask();
        assertTrue(clientKnows(1), neighbour());

        first.stopAnsweringFor(vip);
        second.answerFor(vip);
        second.announce(vip);
        assertTrue(BoundedWait.until(() -> clientKnows(2), LIMIT), this::neighbour);
        topology.client().exec("ip", "neigh", "flush", "dev", "eth0");
        ask();
        assertTrue(clientKnows(2), neighbour());
    }

    @Test
    void shouldNoticeWhenANodesLinkGoesDown() {
        Map<String, InetSocketAddress> nodes = Map.of(
                "node-a", new InetSocketAddress(topology.plan().nodeAddress(1), 7946),
                "node-b", new InetSocketAddress(topology.plan().nodeAddress(2), 7946));
        Membership first = Membership.join(
                topology.node(1), "node-a", nodes.get("node-a"), Map.of("node-b", nodes.get("node-b")), () -> {});
        Membership second = Membership.join(
                topology.node(2), "node-b", nodes.get("node-b"), Map.of("node-a", nodes.get("node-a")), () -> {});
        assertEquals(Set.of("node-a", "node-b"), second.alive());

        topology.node(1).exec("ip", "link", "set", "eth0", "down");
        assertTrue(BoundedWait.until(() -> second.alive().equals(Set.of("node-b")), LIMIT));
        assertTrue(BoundedWait.until(() -> first.alive().equals(Set.of("node-a")), LIMIT));

        topology.node(1).exec("ip", "link", "set", "eth0", "up");
        assertTrue(BoundedWait.until(() -> second.alive().size() == 2, LIMIT));
    }
}
