package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.EchoResponder;
import dev.udpfanout.lab.traffic.PathMtuDiscovery;
import dev.udpfanout.lab.traffic.PathSocket;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.ReceivedDatagram;
import dev.udpfanout.lab.traffic.ReceiverReport;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.traffic.Payload;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A process of the node itself that sends to the node's address: what it sends comes by the loopback interface. */
@Tag("kernel")
class LoopbackSenderTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int LIMIT_MS = 10_000;
    private static final int CONNECTION_REFUSED = 111;
    private static final int PODS = 2;
    private static final int EACH = 8;
    private static final int[] SIZES = {200, 1_472, 1_473, 9_000, 65_507};
    private static final int LARGE = 9_000;
    private static final int ETHERNET_MTU = 1_500;
    private static final String SETTING = "/proc/sys/net/ipv4/conf/lo/accept_local";

    private final long runId = DatagramSender.newRunId();

    private static Topology topology() {
        return Topology.builder().pods(PODS).ipv6(true).verifyChecksums(true).build();
    }

    private static InetSocketAddress listener(StandardProtocolFamily family) {
        return new InetSocketAddress(
                family == StandardProtocolFamily.INET6 ? TopologyPlan.NODE_ADDRESS6 : TopologyPlan.NODE_ADDRESS,
                WayIn.LISTENER_PORT);
    }

    private static NodeDatapath open(Topology topology, StandardProtocolFamily family, String key, Object value) {
        InetAddress address = listener(family).getAddress();
        boolean isIpv6 = family == StandardProtocolFamily.INET6;
        String host = isIpv6 ? "[" + address.getHostAddress() + "]" : address.getHostAddress();
        ListenerConfig listener = ListenerText.on(List.of("eth0", "lo"), host + ":" + WayIn.LISTENER_PORT)
                .with(key, value)
                .listener(isIpv6 ? topology.podEndpoints6(WayIn.POD_PORT) : topology.podEndpoints(WayIn.POD_PORT));
        return NodeDatapath.open(topology.node(), listener);
    }

    private static PathSocket socket(Topology topology, StandardProtocolFamily family) {
        return topology.node()
                .closedWithTopology(topology.node()
                        .call(() -> PathSocket.open(listener(family).getAddress())));
    }

    static Stream<Arguments> policiesAndFamilies() {
        return Stream.of("round_robin", "hash", "replicate")
                .flatMap(policy -> Stream.of(StandardProtocolFamily.INET, StandardProtocolFamily.INET6)
                        .map(family -> Arguments.of(policy, family)));
    }

    @ParameterizedTest
    @MethodSource("policiesAndFamilies")
    void shouldDeliverItLikeAnyOther(String policy, StandardProtocolFamily family) {
        try (Topology topology = topology();
                NodeDatapath datapath = open(topology, family, "policy", policy)) {
            PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, family, runId);
            PathSocket sender = socket(topology, family);
            // The neighbours are not known yet: what waits for them must not leave by the route it came by.
            for (int i = 0; i < EACH; i++) {
                assertEquals(PathSocket.TAKEN, sender.send(Payload.of(runId, i, 200), listener(family)));
            }
            int expected = policy.equals("replicate") ? PODS * EACH : EACH;
            assertTrue(pods.awaitReceived(expected, LIMIT), () -> pods.received() + "; " + datapath.counters(0));
            for (ReceiverReport each : pods.stop()) {
                assertEquals(0, each.kernel().checksumErrors() + each.corrupt(), each.receiver());
            }
            datapath.counters(0).drops().forEach((reason, count) -> assertEquals(0, count, reason));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldDeliverEverySizeWhateverTheSenderSaysOfPathMtuDiscovery(PathMtuDiscovery discovery) {
        try (Topology topology = topology();
                NodeDatapath datapath = open(topology, StandardProtocolFamily.INET, "policy", "round_robin")) {
            PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, StandardProtocolFamily.INET, runId);
            PathSocket sender = socket(topology, StandardProtocolFamily.INET);
            sender.discover(discovery);
            // Connected, it would not hear of another path MTU either.
            sender.pathMtu(listener(StandardProtocolFamily.INET));
            int sent = 0;
            for (int size : SIZES) {
                for (int i = 0; i < EACH; i++) {
                    assertEquals(
                            PathSocket.TAKEN,
                            sender.send(Payload.of(runId, sent++, size), listener(StandardProtocolFamily.INET)));
                    int now = sent;
                    assertTrue(
                            pods.awaitReceived(now, LIMIT),
                            () -> pods.received() + " of " + now + ", the last of " + size + " bytes; "
                                    + datapath.counters(0));
                }
            }
            pods.stop().forEach(each -> assertEquals(0, each.corrupt(), each.receiver()));
            assertEquals(3 * EACH, datapath.counters(0).pathMtu().orElseThrow().packetsByStack());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"WANT", "DO"})
    void shouldTellASenderOverIpv6OnceThatItIsTooBig(PathMtuDiscovery discovery) {
        StandardProtocolFamily family = StandardProtocolFamily.INET6;
        try (Topology topology = topology();
                NodeDatapath datapath = open(topology, family, "policy", "round_robin")) {
            PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, family, runId);
            PathSocket sender = socket(topology, family);
            sender.discover(discovery);
            sender.send(Payload.of(runId, 0, LARGE), listener(family));
            PathSocket probe = socket(topology, family);
            assertTrue(
                    BoundedWait.until(() -> probe.pathMtu(listener(family)) < ETHERNET_MTU, LIMIT),
                    () -> "not told; " + datapath.counters(0));
            int sent = sender.send(Payload.of(runId, 1, LARGE), listener(family));
            if (discovery == PathMtuDiscovery.DO) {
                assertEquals(PathSocket.TOO_LARGE, sent);
            } else {
                assertTrue(pods.awaitReceived(1, LIMIT), () -> "not arrived; " + datapath.counters(0));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void shouldHaveItsAnswer(StandardProtocolFamily family) {
        try (Topology topology = topology();
                NodeDatapath datapath = open(topology, family, "replies", true)) {
            topology.pods().forEach(pod -> EchoResponder.start(pod, WayIn.POD_PORT));
            PathSocket sender = socket(topology, family);
            for (int size : family == StandardProtocolFamily.INET ? SIZES : new int[] {200, 1_452}) {
                byte[] payload = Payload.of(runId, size, size);
                sender.send(payload, listener(family));
                ReceivedDatagram answer = sender.receive(LIMIT_MS);
                assertNotNull(answer, () -> "no answer to " + size + " bytes; " + datapath.counters(0));
                assertEquals(listener(family), answer.source());
                assertEquals(size, answer.payload().length);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void shouldHearThatNobodyIsThere(StandardProtocolFamily family) {
        try (Topology topology = topology();
                NodeDatapath datapath = open(topology, family, "replies", true)) {
            PathSocket sender = socket(topology, family);
            sender.pathMtu(listener(family));
            byte[] payload = Payload.of(runId, 0, 200);
            assertTrue(
                    BoundedWait.until(() -> sender.send(payload, listener(family)) == CONNECTION_REFUSED, LIMIT),
                    () -> "not told; " + datapath.icmpErrors());
        }
    }

    @Test
    void shouldPutTheSettingOfTheInterfaceBackWhenItsListenersAreGone() {
        try (Topology topology = topology()) {
            try (NodeDatapath datapath = open(topology, StandardProtocolFamily.INET, "policy", "round_robin")) {
                assertEquals("1", topology.node().exec("cat", SETTING).strip());
            }
            assertEquals("0", topology.node().exec("cat", SETTING).strip());
        }
    }

    @Test
    void shouldLeaveTheSettingOfTheInterfaceWhenItIsSomebodyElses() {
        try (Topology topology = topology()) {
            topology.node().exec("sysctl", "-qw", "net.ipv4.conf.lo.accept_local=1");
            open(topology, StandardProtocolFamily.INET, "policy", "round_robin").close();
            assertEquals("1", topology.node().exec("cat", SETTING).strip());
        }
    }
}
