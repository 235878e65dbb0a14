package dev.udpfanout.loader.datapath.userspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.ReceiverReport;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.mode.NodeModes;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A sender that is a receiver, too, where its address is kept: as {@code HairpinTest} has it for the kernel program.
 * The client stands for a pod of another node.
 */
@Tag("kernel")
class UserspaceHairpinTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int PODS = 2;
    private static final int EACH = 60;
    private static final String NAME = "listener-0";

    static Stream<Arguments> transportsAndFamilies() {
        return Stream.of("io_uring", "epoll")
                .flatMap(io -> Stream.of(StandardProtocolFamily.INET, StandardProtocolFamily.INET6)
                        .map(family -> Arguments.of(io, family)));
    }

    static Stream<Arguments> transportsFamiliesAndRules() {
        return transportsAndFamilies().flatMap(first -> Stream.of("round_robin", "weighted", "hash")
                .map(policy -> Arguments.of(first.get()[0], first.get()[1], policy)));
    }

    private static boolean isIpv6(StandardProtocolFamily family) {
        return family == StandardProtocolFamily.INET6;
    }

    private static Topology topology(StandardProtocolFamily family) {
        return Topology.builder()
                .pods(PODS)
                .ipv6(isIpv6(family))
                .verifyChecksums(true)
                .build();
    }

    private static InetSocketAddress client(StandardProtocolFamily family) {
        return new InetSocketAddress(
                isIpv6(family) ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS, NodeModes.POD_PORT);
    }

    private static List<InetSocketAddress> clientAndPods(Topology topology, StandardProtocolFamily family) {
        List<InetSocketAddress> endpoints = new ArrayList<>(List.of(client(family)));
        endpoints.addAll(
                isIpv6(family)
                        ? topology.podEndpoints6(NodeModes.POD_PORT)
                        : topology.podEndpoints(NodeModes.POD_PORT));
        return endpoints;
    }

    private static NodeModes open(
            Topology topology,
            StandardProtocolFamily family,
            String io,
            String policy,
            List<InetSocketAddress> endpoints) {
        ListenerText text = (isIpv6(family) ? NodeModes.onNic6() : NodeModes.onNic())
                .with("mode", "userspace")
                .with("io", io)
                .with("source", "client")
                .with("policy", policy);
        if (policy.equals("hash")) {
            text = text.with("hash_on", "source_port");
        }
        return NodeModes.open(topology.node(), text.listener(endpoints));
    }

    private static Map<String, Long> drops(NodeModes modes) {
        return modes.counters(NAME).drops().entrySet().stream()
                .filter(each -> each.getValue() > 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static List<DatagramSender> senders(Topology topology, StandardProtocolFamily family, int count) {
        long run = DatagramSender.newRunId();
        InetSocketAddress address = new InetSocketAddress(client(family).getAddress(), 0);
        return Stream.generate(() -> DatagramSender.open(topology.client(), address, run))
                .limit(count)
                .toList();
    }

    private static SendPlan plan(StandardProtocolFamily family) {
        return SendPlan.to(isIpv6(family) ? NodeModes.NODE6 : NodeModes.NODE).datagrams(EACH);
    }

    @ParameterizedTest
    @MethodSource("transportsFamiliesAndRules")
    void shouldGiveWhatTheSenderWouldGetToTheNextEndpoint(String io, StandardProtocolFamily family, String policy) {
        try (Topology topology = topology(family);
                NodeModes modes = open(topology, family, io, policy, clientAndPods(topology, family))) {
            List<DatagramSender> senders = senders(topology, family, 8);
            PodReceivers pods = PodReceivers.start(
                    topology.pods(),
                    NodeModes.POD_PORT,
                    family,
                    senders.getFirst().runId());
            senders.forEach(sender -> sender.send(plan(family)));
            long sent = 8L * EACH;
            assertTrue(
                    pods.awaitReceived(sent, LIMIT),
                    () -> pods.received() + " of " + sent + " arrived: " + modes.counters(NAME));
            for (ReceiverReport report : pods.stop()) {
                assertEquals(0, report.kernel().checksumErrors() + report.corrupt(), report.receiver());
            }
            assertEquals(Map.of(), drops(modes));
        }
    }

    @ParameterizedTest
    @MethodSource("transportsFamiliesAndRules")
    void shouldCountADropOfItsOwnWhenTheSenderIsTheOnlyEndpoint(
            String io, StandardProtocolFamily family, String policy) {
        try (Topology topology = topology(family);
                NodeModes modes = open(topology, family, io, policy, List.of(client(family)))) {
            senders(topology, family, 1).getFirst().send(plan(family));
            assertTrue(
                    BoundedWait.until(() -> drops(modes).equals(Map.of("hairpin", (long) EACH)), LIMIT),
                    () -> modes.counters(NAME).toString());
            assertEquals(0, modes.counters(NAME).stats().packetsForwarded());
            assertEquals(EACH, modes.counters(NAME).stats().packetsReceived());
        }
    }

    @ParameterizedTest
    @MethodSource("transportsAndFamilies")
    void shouldSendNoCopyToTheSenderWhenReplicating(String io, StandardProtocolFamily family) {
        for (int place = 0; place <= PODS; place++) {
            try (Topology topology = topology(family)) {
                List<InetSocketAddress> endpoints = clientAndPods(topology, family);
                Collections.rotate(endpoints, place);
                try (NodeModes modes = open(topology, family, io, "replicate", endpoints)) {
                    DatagramSender sender = senders(topology, family, 1).getFirst();
                    PodReceivers pods = PodReceivers.start(topology.pods(), NodeModes.POD_PORT, family, sender.runId());
                    sender.send(plan(family));
                    assertTrue(pods.awaitReceived((long) PODS * EACH, LIMIT), () -> pods.received() + " arrived");
                    pods.stop().forEach(each -> assertEquals(EACH, each.received(), each.receiver()));
                    assertTrue(BoundedWait.until(
                            () -> modes.counters(NAME).stats().packetsForwarded() == (long) PODS * EACH, LIMIT));
                    assertEquals(
                            (long) PODS * EACH, modes.counters(NAME).stats().packetsReceived());
                    assertEquals(Map.of(), drops(modes), "a copy that nobody needs is no failure");

                    modes.apply(NAME, List.of(client(family)));
                    sender.send(plan(family));
                    assertTrue(
                            BoundedWait.until(() -> drops(modes).equals(Map.of("hairpin", (long) EACH)), LIMIT),
                            () -> modes.counters(NAME).toString());
                }
            }
        }
    }
}
