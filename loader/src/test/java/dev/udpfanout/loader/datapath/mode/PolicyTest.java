package dev.udpfanout.loader.datapath.mode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.ReceiverReport;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Policy;
import dev.udpfanout.loader.control.Endpoint;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What becomes of the same datagrams, from one socket, by each policy in each datapath. A further policy does not
 * compile here before it has been said what it does.
 */
@Tag("kernel")
class PolicyTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String NAME = "listener-0";
    private static final int DATAGRAMS = 600;
    private static final int[] WEIGHTS = {3, 2, 1};
    private static final int PODS = WEIGHTS.length;

    /** Each CPU may stand in the middle of a round, at either end of what it was given (WeightedRoundPropertyTest). */
    private static final double MOST = 2.5 * Runtime.getRuntime().availableProcessors();

    private static Stream<Arguments> eachPolicyInEachDatapath() {
        return Arrays.stream(Policy.values())
                .flatMap(policy -> Stream.of(
                        Arguments.of(policy, "tc_ebpf", "auto"),
                        Arguments.of(policy, "userspace", "io_uring"),
                        Arguments.of(policy, "userspace", "epoll"),
                        Arguments.of(policy, "userspace", "nio")))
                .filter(each -> !isRefused(each));
    }

    /** CopiesWithNioTest. */
    private static boolean isRefused(Arguments each) {
        return ((Policy) each.get()[0]).copies() && each.get()[2].equals("nio");
    }

    @ParameterizedTest
    @MethodSource("eachPolicyInEachDatapath")
    void shouldGiveDatagramsToThePodsOfThePolicy(Policy policy, String mode, String io) {
        try (Topology topology = Topology.builder().pods(PODS).build()) {
            List<InetSocketAddress> pods = topology.podEndpoints(NodeModes.POD_PORT);
            ListenerConfig listener = NodeModes.onNic()
                    .with("policy", policy.name().toLowerCase(Locale.ROOT))
                    .with("mode", mode)
                    .with("io", io)
                    .with("workers", 1)
                    .listener(pods);
            NodeModes modes = NodeModes.open(topology.node(), listener);
            modes.applyWeighted(NAME, endpoints(pods, policy));
            DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
            PodReceivers receivers = PodReceivers.start(topology.pods(), NodeModes.POD_PORT, sender.runId());
            sender.send(SendPlan.to(NodeModes.NODE).datagrams(DATAGRAMS).perSecond(20_000));
            int arriving = policy.copies() ? PODS * DATAGRAMS : DATAGRAMS;
            assertTrue(
                    BoundedWait.until(() -> modes.counters(NAME).stats().packetsForwarded() == arriving, LIMIT),
                    () -> modes.counters(NAME).toString());
            assertTrue(receivers.awaitReceived(arriving, LIMIT), () -> receivers.received() + " arrived");
            expectation(policy)
                    .accept(receivers.stop().stream()
                            .mapToLong(ReceiverReport::received)
                            .toArray());
        }
    }

    private static List<Endpoint> endpoints(List<InetSocketAddress> pods, Policy policy) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (InetSocketAddress pod : pods) {
            endpoints.add(new Endpoint("pod", pod, policy.goesByWeights() ? WEIGHTS[endpoints.size()] : 1));
        }
        return endpoints;
    }

    /** An expression, not a statement: the compiler has it complete. */
    private static Consumer<long[]> expectation(Policy policy) {
        return switch (policy) {
            case ROUND_ROBIN -> received -> assertShares(received, 1, 1, 1);
            case WEIGHTED -> received -> assertShares(received, WEIGHTS);
            case HASH ->
                received ->
                        assertEquals(DATAGRAMS, Arrays.stream(received).max().orElseThrow(), Arrays.toString(received));
            case REPLICATE -> received -> Arrays.stream(received).forEach(each -> assertEquals(DATAGRAMS, each));
        };
    }

    private static void assertShares(long[] received, int... parts) {
        double all = Arrays.stream(parts).sum();
        for (int pod = 0; pod < PODS; pod++) {
            assertEquals(DATAGRAMS * parts[pod] / all, received[pod], MOST, Arrays.toString(received));
        }
    }
}
