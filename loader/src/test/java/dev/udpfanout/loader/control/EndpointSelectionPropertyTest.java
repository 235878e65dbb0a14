package dev.udpfanout.loader.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.HealthConfig.OnAllUnhealthy;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfigs;
import dev.udpfanout.loader.config.ReceiverSet.Preference;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/** The selection against {@link SelectionModel}, and what must hold of it whatever the model says. */
@Tag("unit")
class EndpointSelectionPropertyTest {
    @Provide
    Arbitrary<List<DiscoveredEndpoint>> known() {
        return KnownEndpoints.lists();
    }

    @Provide
    Arbitrary<Set<InetSocketAddress>> down() {
        return KnownEndpoints.down();
    }

    @Provide
    Arbitrary<Optional<String>> zone() {
        return Arbitraries.of("zone-a", "zone-c").optional();
    }

    private static List<InetSocketAddress> select(
            Preference preference,
            Optional<String> zone,
            List<DiscoveredEndpoint> known,
            Set<InetSocketAddress> down,
            OnAllUnhealthy onAllUnhealthy) {
        ListenerConfig listener = ListenerConfigs.discovering("syslog", "receivers", preference);
        EndpointSet set =
                new EndpointSelection("node-a", zone).select(listener.receivers(), known, down, onAllUnhealthy);
        assertEquals("syslog", set.listener());
        return set.endpoints().stream().map(Endpoint::address).toList();
    }

    private static List<DiscoveredEndpoint> candidates(List<DiscoveredEndpoint> known) {
        return new EndpointSelection("node-a", Optional.empty())
                .candidates(
                        ListenerConfigs.discovering("syslog", "receivers", Preference.ANY)
                                .receivers(),
                        known.stream().filter(each -> each.weight() > 0).toList());
    }

    @Property
    void shouldProbeDrainedEndpointsAndSendThemNothing(
            @ForAll("known") List<DiscoveredEndpoint> known, @ForAll OnAllUnhealthy onAllUnhealthy) {
        List<DiscoveredEndpoint> drained = known.stream()
                .map(each -> DiscoveredEndpoint.configured(each.name(), each.address(), 0))
                .toList();
        assertEquals(List.of(), select(Preference.ANY, Optional.empty(), drained, Set.of(), onAllUnhealthy));
        ListenerConfig listener = ListenerConfigs.discovering("syslog", "receivers", Preference.ANY);
        assertEquals(
                drained, new EndpointSelection("node-a", Optional.empty()).candidates(listener.receivers(), drained));
    }

    @Property
    void shouldSelectWhatTheModelSelects(
            @ForAll Preference preference,
            @ForAll("zone") Optional<String> zone,
            @ForAll("known") List<DiscoveredEndpoint> known,
            @ForAll("down") Set<InetSocketAddress> down,
            @ForAll OnAllUnhealthy onAllUnhealthy) {
        assertEquals(
                SelectionModel.addresses("node-a", zone, preference, known, down, onAllUnhealthy),
                select(preference, zone, known, down, onAllUnhealthy));
    }

    @Property
    void shouldUseNoneThatIsDownWhenOneIsWell(
            @ForAll Preference preference,
            @ForAll("known") List<DiscoveredEndpoint> known,
            @ForAll("down") Set<InetSocketAddress> down,
            @ForAll OnAllUnhealthy onAllUnhealthy) {
        List<InetSocketAddress> selected = select(preference, Optional.of("zone-a"), known, down, onAllUnhealthy);
        boolean allDown = candidates(known).stream().allMatch(each -> down.contains(each.address()));
        assertTrue(allDown && onAllUnhealthy == OnAllUnhealthy.FORWARD
                || selected.stream().noneMatch(down::contains));
    }

    @Property
    void shouldSelectSomethingWhenNothingIsDownAndSomethingCouldBeUsed(
            @ForAll Preference preference,
            @ForAll("known") List<DiscoveredEndpoint> known,
            @ForAll OnAllUnhealthy onAllUnhealthy) {
        boolean usable = !candidates(known).isEmpty();
        assertEquals(
                usable,
                !select(preference, Optional.empty(), known, Set.of(), onAllUnhealthy)
                        .isEmpty());
    }

    @Property
    void shouldKeepTheOrderAndCountAnAddressOnceWhenAllAreReady(@ForAll("known") List<DiscoveredEndpoint> known) {
        List<DiscoveredEndpoint> ready = known.stream()
                .map(each -> DiscoveredEndpoint.configured(each.name(), each.address(), 1))
                .toList();
        assertEquals(
                known.stream().map(DiscoveredEndpoint::address).distinct().toList(),
                select(Preference.ANY, Optional.empty(), ready, Set.of(), OnAllUnhealthy.DROP));
    }
}
