package dev.udpfanout.loader.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.links.NetworkTables;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pods behind a bridge, and one that is routed to without a bridge, of both families. */
@Tag("kernel")
class LinkFailuresKernelTest {
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final String ROUTED = "10.43.0.1";
    private static final String ROUTED6 = "2001:db8:43::1";

    private Topology topology;
    private LabNamespace node;
    private LinkFailures failures;
    private volatile Set<InetAddress> down = Set.of();
    private volatile int changes;
    private final CountDownLatch refused = new CountDownLatch(2);
    private volatile boolean unreadable;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(2).ipv6(true).build();
        node = topology.node();
        node.exec("ip", "link", "add", "routed0", "type", "veth", "peer", "name", "routed1");
        node.exec("ip", "link", "set", "routed0", "up");
        node.exec("ip", "link", "set", "routed1", "up");
        node.exec("ip", "route", "add", ROUTED + "/32", "dev", "routed0");
        node.exec("ip", "route", "add", ROUTED6 + "/128", "dev", "routed0");
        failures = node.closedWithTopology(node.call(() -> LinkFailures.start(
                cutOff -> {
                    changes++;
                    down = cutOff;
                },
                peers -> {},
                () -> {},
                socket -> {
                    if (unreadable) {
                        refused.countDown();
                        throw new IllegalStateException("the table changed during each of 8 dumps");
                    }
                    return NetworkTables.read(socket);
                })));
        failures.targets(addresses(
                topology.plan().podAddress(1),
                topology.plan().podAddress6(1),
                topology.plan().podAddress(2),
                ROUTED,
                ROUTED6,
                "198.51.100.1"));
        for (int pod = 1; pod <= 2; pod++) {
            // So that the bridge learns where the pods are.
            node.exec("ping", "-c", "1", "-W", "5", topology.plan().podAddress(pod));
            node.exec("ping", "-6", "-c", "1", "-W", "5", topology.plan().podAddress6(pod));
        }
        awaitAllKnown();
    }

    private void awaitAllKnown() {
        Map<InetAddress, Integer> expected = Map.of(
                InetAddress.ofLiteral(topology.plan().podAddress(1)), index("veth1"),
                InetAddress.ofLiteral(topology.plan().podAddress6(1)), index("veth1"),
                InetAddress.ofLiteral(topology.plan().podAddress(2)), index("veth2"),
                InetAddress.ofLiteral(ROUTED), index("routed0"),
                InetAddress.ofLiteral(ROUTED6), index("routed0"));
        assertTrue(
                BoundedWait.until(() -> failures.links().equals(expected), LIMIT),
                () -> expected + ", not " + failures.links());
    }

    private int index(String link) {
        return node.call(() -> {
            try (Network network = Network.open()) {
                return network.links().byName(link).orElseThrow().index();
            }
        });
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private static Set<InetAddress> addresses(String... addresses) {
        return Arrays.stream(addresses).map(InetAddress::ofLiteral).collect(Collectors.toSet());
    }

    private void awaitDown(String... addresses) {
        Set<InetAddress> expected = addresses(addresses);
        assertTrue(BoundedWait.until(() -> down.equals(expected), LIMIT), () -> "down: " + down);
    }

    @Test
    void shouldTellThePodsBehindABridgesPortAndNobodyElse() {
        node.exec("ip", "link", "set", "veth1", "down");
        awaitDown(topology.plan().podAddress(1), topology.plan().podAddress6(1));
        node.exec("ip", "link", "set", "veth1", "up");
        awaitDown();
    }

    @Test
    void shouldTellThePodsBehindARouteAndKeepThemWhenTheRouteIsGone() {
        // The kernel takes the routes away with the link, and what is left is the default route.
        node.exec("ip", "link", "set", "routed0", "down");
        awaitDown(ROUTED, ROUTED6);
        node.exec("ip", "link", "set", "routed0", "up");
        awaitDown();
        node.exec("ip", "route", "replace", ROUTED + "/32", "dev", "routed0");
        node.exec("ip", "route", "replace", ROUTED6 + "/128", "dev", "routed0");
        awaitAllKnown();
        node.exec("ip", "link", "del", "routed0");
        awaitDown(ROUTED, ROUTED6);
    }

    @Test
    void shouldGoOnWhenTheTablesCannotBeReadForAWhile() throws InterruptedException {
        node.exec("ip", "link", "set", "veth1", "down");
        awaitDown(topology.plan().podAddress(1), topology.plan().podAddress6(1));
        unreadable = true;
        failures.targets(addresses(topology.plan().podAddress(1)));
        assertTrue(refused.await(LIMIT.toSeconds(), TimeUnit.SECONDS));
        node.exec("ip", "link", "set", "veth1", "up");
        awaitDown();

        unreadable = false;
        failures.targets(addresses(topology.plan().podAddress(2)));
        assertTrue(
                BoundedWait.until(
                        () -> failures.links()
                                .equals(Map.of(
                                        InetAddress.ofLiteral(topology.plan().podAddress(2)), index("veth2"))),
                        LIMIT),
                () -> "" + failures.links());
    }

    @Test
    void shouldTellThePodsWhoseOwnEndGoesDown() {
        node.exec("ip", "link", "set", "routed1", "down");
        awaitDown(ROUTED, ROUTED6);
    }

    @Test
    void shouldSayNothingWhenALinkGoesDownBehindWhichThereIsNobody() {
        node.exec("ip", "link", "add", "other0", "type", "veth", "peer", "name", "other1");
        node.exec("ip", "link", "set", "other0", "up");
        node.exec("ip", "link", "del", "other0");
        // What comes after it in the kernel's order is told, so that was dealt with.
        node.exec("ip", "link", "set", "routed0", "down");
        awaitDown(ROUTED, ROUTED6);
        assertEquals(1, changes);
    }
}
