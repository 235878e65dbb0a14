package dev.udpfanout.loader.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.abi.counter.EndpointStats;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.status.ConfigStatus;
import dev.udpfanout.loader.status.OmittedEndpoints;
import dev.udpfanout.loader.status.Readiness;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ShownEndpointsTest {
    private static DiscoveredEndpoint endpoint(int n) {
        try {
            byte[] address = ByteBuffer.allocate(4).putInt(0x0A000000 + n).array();
            return DiscoveredEndpoint.configured(
                    "pod-" + n, new InetSocketAddress(InetAddress.getByAddress(address), 5514), 1);
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static LiveView.Turn turn(Map<String, List<DiscoveredEndpoint>> known) {
        return new LiveView.Turn(
                0,
                null,
                new ConfigStatus("", true, Instant.EPOCH, 0, 0, List.of()),
                known,
                Map.of(),
                Map.of(),
                Map.of(),
                Readiness.READY,
                Optional.empty(),
                new RecordingDatapath(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static List<DiscoveredEndpoint> endpoints(int count) {
        return IntStream.range(0, count).mapToObj(ShownEndpointsTest::endpoint).toList();
    }

    @Test
    void shouldShowTheFirstThousandOfASetAndAddUpTheOthers() {
        ShownEndpoints shown = new ShownEndpoints(turn(Map.of("a", endpoints(1_234), "b", endpoints(1_000))));

        ShownEndpoints.OfSet large = shown.of("a", ListenerCounters.ZERO);
        assertEquals(1_000, large.shown().size());
        assertEquals("pod-999", large.shown().getLast().name());
        assertEquals(new OmittedEndpoints(234, 0, 0, EndpointStats.ZERO), large.omitted());
        ShownEndpoints.OfSet small = shown.of("b", ListenerCounters.ZERO);
        assertEquals(1_000, small.shown().size());
        assertEquals(OmittedEndpoints.NONE, small.omitted());
    }

    @Test
    void shouldBoundWhatAPageShowsOfAllSetsTogether() {
        Map<String, List<DiscoveredEndpoint>> known =
                IntStream.range(0, 12).boxed().collect(Collectors.toMap(n -> "set-" + n, n -> endpoints(1_000)));
        ShownEndpoints shown = new ShownEndpoints(turn(known));

        int total = known.keySet().stream()
                .mapToInt(set -> shown.of(set, ListenerCounters.ZERO).shown().size())
                .sum();
        assertEquals(ShownEndpoints.MOST_OF_A_PAGE, total);
    }
}
