package dev.udpfanout.loader.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.loader.config.HealthConfig.OnAllUnhealthy;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.reader.ConfigReader;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class AnswersPassByNodeTest {
    private static final EndpointSelection SELECTION = new EndpointSelection("node-a", Optional.empty());
    private static final DiscoveredEndpoint HERE = endpoint("10.42.0.11", Optional.of("node-a"), true);
    private static final DiscoveredEndpoint ON_ITS_WAY_OUT = endpoint("10.42.0.12", Optional.of("node-a"), false);
    private static final DiscoveredEndpoint ELSEWHERE = endpoint("10.42.1.11", Optional.of("node-b"), true);
    private static final DiscoveredEndpoint GIVEN = endpoint("192.0.2.7", Optional.empty(), true);

    private static DiscoveredEndpoint endpoint(String address, Optional<String> node, boolean ready) {
        return new DiscoveredEndpoint(
                address, new InetSocketAddress(address, 53), ready, true, !ready, node, Optional.empty(), 1);
    }

    private static ListenerConfig listener(String more) throws InvalidConfigException {
        return new ConfigReader(name -> true)
                .parse("""
                        listeners:
                          - bind: "10.255.0.1:53"
                            interface: dummy0
                            kubernetes: { service: dns, port: 53 }
                            %s
                        """.formatted(more), "c.yaml")
                .listeners()
                .getFirst();
    }

    private static List<String> selected(String more, DiscoveredEndpoint... known) throws InvalidConfigException {
        return SELECTION
                .select(listener(more).receivers(), List.of(known), Set.of(), OnAllUnhealthy.FORWARD)
                .endpoints()
                .stream()
                .map(Endpoint::name)
                .toList();
    }

    @Test
    void shouldUseNoEndpointOfAnotherNodeWhereItsAnswerWouldNotComeBack() throws InvalidConfigException {
        assertEquals(List.of("10.42.0.11", "192.0.2.7"), selected("replies: true", ELSEWHERE, HERE, GIVEN));
        assertEquals(List.of(), selected("replies: true", ELSEWHERE));
        assertEquals(List.of("10.42.1.11", "10.42.0.11"), selected("replies: false", ELSEWHERE, HERE));
    }

    @Test
    void shouldHaveThoseProbedThatItUses() throws InvalidConfigException {
        List<DiscoveredEndpoint> known = List.of(ELSEWHERE, ON_ITS_WAY_OUT);

        assertEquals(
                List.of(ON_ITS_WAY_OUT),
                SELECTION.candidates(listener("replies: true").receivers(), known));
        assertEquals(
                List.of(ELSEWHERE),
                SELECTION.candidates(listener("replies: false").receivers(), known));
    }

    @Test
    void shouldUseWhatStillServesHereWhenOnlyOtherNodesHaveReadyOnes() throws InvalidConfigException {
        assertEquals(List.of("10.42.0.12"), selected("replies: true", ELSEWHERE, ON_ITS_WAY_OUT));
    }
}
