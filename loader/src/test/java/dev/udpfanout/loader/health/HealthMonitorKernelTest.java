package dev.udpfanout.loader.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.config.HealthConfig.Protocol;
import dev.udpfanout.loader.status.HealthState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods that die, between namespaces. */
@Tag("kernel")
class HealthMonitorKernelTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int PORT = 40514;
    private static final String NOBODY = "1 0";
    private static final String EVERYBODY = "0 2147483647";
    private static Topology topology;

    @BeforeAll
    static void build() {
        topology = Topology.builder().pods(3).build();
    }

    @AfterAll
    static void remove() {
        topology.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {NOBODY, EVERYBODY})
    void shouldFollowAPodThatDropsEverything(String pingGroups) {
        allowDatagramSockets(pingGroups);
        try (HealthMonitor monitor = monitor(Protocol.ICMP)) {
            monitor.targets(Set.copyOf(topology.podEndpoints(PORT)));
            awaitDown(monitor, Set.of());

            topology.pod(2).exec("iptables", "-A", "INPUT", "-j", "DROP");
            awaitDown(monitor, Set.of(endpoint(2)));

            topology.pod(2).exec("iptables", "-F", "INPUT");
            awaitDown(monitor, Set.of());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {NOBODY, EVERYBODY})
    void shouldFollowAPodWhoseAddressIsGone(String pingGroups) {
        allowDatagramSockets(pingGroups);
        LabNamespace pod = topology.pod(3);
        String address = topology.plan().podAddress(3) + "/24";
        try (HealthMonitor monitor = monitor(Protocol.ICMP)) {
            monitor.targets(Set.copyOf(topology.podEndpoints(PORT)));
            awaitDown(monitor, Set.of());

            pod.exec("ip", "address", "del", address, "dev", "eth0");
            awaitDown(monitor, Set.of(endpoint(3)));

            pod.exec("ip", "address", "add", address, "dev", "eth0");
            awaitDown(monitor, Set.of());
        }
    }

    @Test
    void shouldProbeTcpFromTheNamespaceOfTheStartingThread() throws Exception {
        InetAddress podAddress = InetAddress.getByName(topology.plan().podAddress(1));
        try (HealthMonitor monitor = monitor(Protocol.TCP)) {
            try (ServerSocket server = topology.pod(1).call(() -> new ServerSocket(PORT, 50, podAddress))) {
                monitor.targets(Set.of(endpoint(1), endpoint(2)));

                awaitDown(monitor, Set.of(endpoint(2)));
                assertEquals(HealthState.UP, monitor.state(endpoint(1)));
                assertEquals(PORT, server.getLocalPort());
            }
            awaitDown(monitor, Set.of(endpoint(1), endpoint(2)));
        }
    }

    @Test
    void shouldSendAgainWhenOneRequestIsLost() {
        // Every other request is lost: each probe has two, and so none fails.
        topology.pod(1)
                .exec(
                        "iptables",
                        "-A",
                        "INPUT",
                        "-p",
                        "icmp",
                        "-m",
                        "statistic",
                        "--mode",
                        "nth",
                        "--every",
                        "2",
                        "--packet",
                        "0",
                        "-j",
                        "DROP");
        AtomicInteger downs = new AtomicInteger();
        try (HealthMonitor monitor = topology.node()
                .call(() -> HealthMonitor.start(
                        HealthConfigs.of(Protocol.ICMP), (changes, down) -> downs.addAndGet(down.size())))) {
            monitor.targets(Set.of(endpoint(1)));

            assertTrue(BoundedWait.until(() -> monitor.status().results().get("success") >= 5, LIMIT));
            assertTrue(monitor.down().isEmpty());
            assertEquals(0, downs.get());
        } finally {
            topology.pod(1).exec("iptables", "-F", "INPUT");
        }
    }

    @Test
    void shouldProbeTenThousandEndpointsAtOnce() {
        allowDatagramSockets(EVERYBODY);
        Set<InetSocketAddress> alive = new HashSet<>();
        for (int i = 0; i < 9_900; i++) {
            alive.add(new InetSocketAddress("127.1." + i / 250 + "." + (1 + i % 250), PORT));
        }
        Set<InetSocketAddress> dead = new HashSet<>();
        topology.node().exec("ip", "route", "replace", "blackhole", "198.51.100.0/24");
        for (int i = 1; i <= 100; i++) {
            dead.add(new InetSocketAddress("198.51.100." + i, PORT));
        }
        Set<InetSocketAddress> all = new HashSet<>(alive);
        all.addAll(dead);
        try (HealthMonitor monitor =
                topology.node().call(() -> HealthMonitor.start(HealthConfigs.slow(), (changes, down) -> {}))) {
            monitor.targets(all);

            assertTrue(
                    BoundedWait.until(
                            () -> alive.stream().allMatch(endpoint -> monitor.state(endpoint) == HealthState.UP)
                                    && monitor.down().equals(dead),
                            LIMIT),
                    () -> monitor.status().toString());
            assertEquals(10_000, monitor.status().targets());
        }
    }

    private static HealthMonitor monitor(Protocol protocol) {
        return topology.node().call(() -> HealthMonitor.start(HealthConfigs.of(protocol), (changes, down) -> {}));
    }

    private static void awaitDown(HealthMonitor monitor, Set<InetSocketAddress> expected) {
        List<InetSocketAddress> targets = topology.podEndpoints(PORT);
        assertTrue(
                BoundedWait.until(
                        () -> monitor.down().equals(expected)
                                && monitor.status().targets()
                                        == targets.stream()
                                                .filter(target -> monitor.state(target) != HealthState.UNKNOWN)
                                                .count()
                                && monitor.status().targets() > 0,
                        LIMIT),
                () -> "down: " + monitor.down() + ", expected: " + expected + "; " + monitor.status());
    }

    private static InetSocketAddress endpoint(int pod) {
        return new InetSocketAddress(topology.plan().podAddress(pod), PORT);
    }

    private static void allowDatagramSockets(String groups) {
        topology.node().call(() -> Files.writeString(Path.of("/proc/sys/net/ipv4/ping_group_range"), groups));
    }
}
