package dev.udpfanout.loader.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.udpfanout.loader.config.HealthConfig.OnAllUnhealthy;
import dev.udpfanout.loader.config.ListenerConfigs;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.config.ReceiverSet.Preference;
import dev.udpfanout.loader.control.SelectedSets.Selected;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class SelectedSetsTest {
    private final UnusableEndpoints unusable = new UnusableEndpoints();
    private final SelectedSets sets =
            new SelectedSets(new EndpointSelection("node-a", Optional.empty()), unusable, UnaryOperator.identity());
    private final ReceiverSet receivers =
            ListenerConfigs.discovering("syslog", "receivers", Preference.ANY).receivers();
    private final InetSocketAddress first = new InetSocketAddress("10.0.0.1", 5514);
    private final InetSocketAddress second = new InetSocketAddress("10.0.0.2", 5514);

    private Optional<Selected> of(List<DiscoveredEndpoint> known) {
        return sets.of(receivers, Optional.ofNullable(known), OnAllUnhealthy.DROP);
    }

    private static List<DiscoveredEndpoint> known(InetSocketAddress... addresses) {
        return List.of(addresses).stream().map(DiscoveredEndpoint::adopted).toList();
    }

    @Test
    void shouldHaveNothingUntilTheSourceAnswers() {
        assertEquals(Optional.empty(), of(null));
        List<DiscoveredEndpoint> none = known();
        assertEquals(List.of(), of(none).orElseThrow().set().endpoints());
    }

    @Test
    void shouldWorkASetOutOnceForTheSameEndpoints() {
        List<DiscoveredEndpoint> one = known(first);
        Selected selected = of(one).orElseThrow();
        assertSame(selected, of(one).orElseThrow());

        Selected next = of(known(first, second)).orElseThrow();
        assertNotSame(selected, next);
        assertEquals(2, next.set().endpoints().size());
    }

    @Test
    void shouldWorkAllOutAgainWhenToldThatWhatTheyDependOnHasChanged() {
        List<DiscoveredEndpoint> both = known(first, second);
        assertEquals(2, of(both).orElseThrow().set().endpoints().size());
        unusable.down(Set.of(first));
        sets.forget();
        assertEquals(
                List.of(second),
                of(both).orElseThrow().set().endpoints().stream()
                        .map(Endpoint::address)
                        .toList());
    }
}
