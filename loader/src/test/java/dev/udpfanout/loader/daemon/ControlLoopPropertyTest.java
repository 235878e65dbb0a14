package dev.udpfanout.loader.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.HealthConfig.OnAllUnhealthy;
import dev.udpfanout.loader.config.KubernetesSource;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfigs;
import dev.udpfanout.loader.config.ReceiverSet.Preference;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSelection;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.control.KnownEndpoints;
import dev.udpfanout.loader.control.SelectionModel;
import dev.udpfanout.loader.kubernetes.services.ServicesInForce;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;

/** The control loop against a model, over random sequences of everything that can happen to it. */
@Tag("unit")
class ControlLoopPropertyTest {
    private static final String NODE = "node-a";
    private static final Optional<String> ZONE = Optional.of("zone-a");
    private static final List<String> NAMES = List.of("one", "two", "three");

    private sealed interface Step {
        record Discovered(String listener, List<DiscoveredEndpoint> endpoints) implements Step {}

        record Health(Set<InetSocketAddress> down) implements Step {}

        record Vips(String listener, Set<InetAddress> addresses) implements Step {}

        record Configure(Config config) implements Step {}
    }

    /**
     * Remembers what was said last, and works out from it what must be in force. A listener whose source has not
     * answered has in force what it had before, whatever that was.
     */
    private static final class Model {
        private Config config;
        private Set<InetSocketAddress> down = Set.of();
        private final Map<String, List<DiscoveredEndpoint>> answers = new HashMap<>();
        private final Map<String, Set<InetAddress>> vips = new HashMap<>();
        private final Map<String, List<InetSocketAddress>> inForce = new HashMap<>();

        Model(Config config) {
            this.config = config;
            work();
        }

        private Optional<ListenerConfig> listener(String name) {
            return config.listeners().stream()
                    .filter(each -> each.name().equals(name))
                    .findFirst();
        }

        void happens(Step step) {
            switch (step) {
                case Step.Discovered(String name, List<DiscoveredEndpoint> endpoints) ->
                    listener(name).ifPresent(present -> answers.put(name, endpoints));
                case Step.Health(Set<InetSocketAddress> nowDown) -> down = nowDown;
                case Step.Vips(String name, Set<InetAddress> addresses) -> vips.put(name, addresses);
                case Step.Configure(Config next) -> configure(next);
            }
            work();
        }

        private void configure(Config next) {
            Map<String, Optional<KubernetesSource>> before =
                    NAMES.stream().collect(Collectors.toMap(name -> name, this::source));
            config = next;
            for (String name : NAMES) {
                if (!source(name).equals(before.get(name))) {
                    answers.remove(name);
                }
                if (listener(name).isEmpty()) {
                    inForce.remove(name);
                    vips.remove(name);
                }
            }
        }

        private Optional<KubernetesSource> source(String name) {
            return listener(name).flatMap(each -> each.receivers().kubernetes());
        }

        private void work() {
            for (ListenerConfig listener : config.listeners()) {
                List<DiscoveredEndpoint> known =
                        listener.receivers().kubernetes().isPresent()
                                ? answers.get(listener.name())
                                : listener.receivers().downstream().stream()
                                        .map(each -> DiscoveredEndpoint.configured(each.name(), each.address(), 1))
                                        .toList();
                if (known != null) {
                    inForce.put(
                            listener.name(),
                            SelectionModel.addresses(
                                    NODE,
                                    ZONE,
                                    listener.receivers().source().preference(),
                                    known,
                                    down,
                                    config.health().onAllUnhealthy()));
                }
            }
        }
    }

    @Provide
    Arbitrary<Config> configs() {
        Arbitrary<ListenerConfig> listener = Arbitraries.of(NAMES)
                .flatMap(name -> Arbitraries.frequencyOf(
                        Tuple.of(
                                3,
                                Combinators.combine(Arbitraries.of("a", "b"), Arbitraries.of(Preference.class))
                                        .as((service, preference) ->
                                                ListenerConfigs.discovering(name, service, preference))),
                        Tuple.of(
                                1,
                                Arbitraries.subsetOf(KnownEndpoints.ADDRESSES)
                                        .map(each -> ListenerConfigs.configured(name, List.copyOf(each))))));
        return Combinators.combine(
                        listener.list().ofMinSize(1).uniqueElements(ListenerConfig::name),
                        Arbitraries.of(OnAllUnhealthy.class))
                .as(ListenerConfigs::config);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<String> name = Arbitraries.of(NAMES);
        Arbitrary<Set<InetAddress>> vips = Arbitraries.subsetOf(KnownEndpoints.ADDRESSES)
                .map(each -> each.stream().map(InetSocketAddress::getAddress).collect(Collectors.toSet()));
        return Arbitraries.<Step>frequencyOf(
                        Tuple.of(
                                6,
                                Combinators.combine(name, KnownEndpoints.lists())
                                        .as(Step.Discovered::new)),
                        Tuple.of(4, KnownEndpoints.down().map(Step.Health::new)),
                        Tuple.of(1, Combinators.combine(name, vips).as(Step.Vips::new)),
                        Tuple.of(2, configs().map(Step.Configure::new)))
                .list()
                .ofMaxSize(30);
    }

    @Property
    void shouldHaveInForceWhatTheModelSays(@ForAll("configs") Config first, @ForAll("steps") List<Step> steps) {
        RecordingDatapath datapath = new RecordingDatapath();
        datapath.configure(first.listeners());
        ControlLoop loop = new ControlLoop(first, datapath, new EndpointSelection(NODE, ZONE), updated -> {});
        loop.select();
        Model model = new Model(first);
        assertSame(model, datapath, loop);
        for (Step step : steps) {
            model.happens(step);
            happens(loop, step);
            assertSame(model, datapath, loop);
        }
    }

    private static void happens(ControlLoop loop, Step step) {
        switch (step) {
            case Step.Discovered(String name, List<DiscoveredEndpoint> endpoints) ->
                loop.discovered(new Event.Discovered(name, endpoints));
            case Step.Health(Set<InetSocketAddress> down) -> loop.health(down);
            case Step.Vips(String name, Set<InetAddress> addresses) -> loop.vips(new Event.Vips(name, addresses));
            case Step.Configure(Config config) -> loop.configure(config, ServicesInForce.NONE);
        }
    }

    private static void assertSame(Model model, RecordingDatapath datapath, ControlLoop loop) {
        Map<String, List<InetSocketAddress>> applied = new HashMap<>();
        datapath.applied.forEach((name, set) -> applied.put(name, addresses(set)));
        assertEquals(model.inForce, applied);
        assertEquals(model.config.listeners(), datapath.listeners);
        model.config
                .listeners()
                .forEach(each -> assertEquals(model.vips.get(each.name()), datapath.vips.get(each.name())));
        loop.inForce().forEach((name, set) -> assertEquals(datapath.applied.get(name), set));
    }

    private static List<InetSocketAddress> addresses(EndpointSet set) {
        return new ArrayList<>(set.endpoints().stream().map(Endpoint::address).toList());
    }
}
