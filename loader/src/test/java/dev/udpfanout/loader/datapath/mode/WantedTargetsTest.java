package dev.udpfanout.loader.datapath.mode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.ListenerTargets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class WantedTargetsTest {
    private static final int LISTENERS = 20;

    private static EndpointSet set(int number) {
        return new EndpointSet("listener-" + number, List.of());
    }

    /** Those that lose an endpoint come first, and must stay there. */
    @Test
    void shouldKeepTheOrderInWhichEndpointsAreToBePutInForce() {
        WantedTargets targets = new WantedTargets();
        IntStream.range(0, LISTENERS).forEach(number -> targets.endpoints(set(number)));
        Map<String, EndpointSet> known = new LinkedHashMap<>();
        IntStream.range(1, LISTENERS)
                .map(number -> LISTENERS - number)
                .forEach(number -> known.put("listener-" + number, set(number)));

        targets.add(new ListenerTargets(known, Map.of()));

        List<String> order = List.copyOf(targets.current().endpoints().keySet());
        assertEquals(List.copyOf(known.keySet()), order.subList(0, LISTENERS - 1));
        assertEquals("listener-0", order.getLast());
    }
}
