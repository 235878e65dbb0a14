package dev.udpfanout.loader.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.loader.status.HealthState;
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
import net.jqwik.api.constraints.IntRange;

/** The table against a model that keeps every endpoint's whole history and works its state out from it each time. */
@Tag("unit")
class HealthTablePropertyTest {
    private static final List<InetSocketAddress> ENDPOINTS = List.of(
            new InetSocketAddress("10.0.0.1", 1),
            new InetSocketAddress("10.0.0.1", 2),
            new InetSocketAddress("10.0.0.2", 1),
            new InetSocketAddress("10.0.0.3", 1));

    private enum Event {
        SUCCESS,
        FAILURE,
        MARKED_DOWN
    }

    private sealed interface Step {
        record Retarget(Set<InetSocketAddress> targets) implements Step {}

        record Happens(InetSocketAddress endpoint, Event event) implements Step {}
    }

    private static final class Model {
        private final Thresholds thresholds;
        private final Map<InetSocketAddress, List<Event>> histories = new HashMap<>();

        Model(Thresholds thresholds) {
            this.thresholds = thresholds;
        }

        void retarget(Set<InetSocketAddress> targets) {
            histories.keySet().removeIf(endpoint -> !targets.contains(endpoint));
            targets.forEach(endpoint -> histories.computeIfAbsent(endpoint, key -> new ArrayList<>()));
        }

        void happens(InetSocketAddress endpoint, Event event) {
            if (histories.containsKey(endpoint)) {
                histories.get(endpoint).add(event);
            }
        }

        HealthState state(InetSocketAddress endpoint) {
            List<Event> history = histories.getOrDefault(endpoint, List.of());
            HealthState state = HealthState.UNKNOWN;
            for (int end = 1; end <= history.size(); end++) {
                Event last = history.get(end - 1);
                int run = run(history.subList(0, end), last);
                if (last == Event.MARKED_DOWN || last == Event.FAILURE && run >= thresholds.fall()) {
                    state = HealthState.DOWN;
                } else if (last == Event.SUCCESS && (state != HealthState.DOWN || run >= thresholds.rise())) {
                    state = HealthState.UP;
                }
            }
            return state;
        }

        private static int run(List<Event> history, Event event) {
            int run = 0;
            while (run < history.size() && history.get(history.size() - 1 - run) == event) {
                run++;
            }
            return run;
        }

        Set<InetSocketAddress> down() {
            return histories.keySet().stream()
                    .filter(endpoint -> state(endpoint) == HealthState.DOWN)
                    .collect(Collectors.toSet());
        }
    }

    @Property
    void shouldAgreeWithTheModelAndReportChangesOnly(
            @ForAll @IntRange(min = 1, max = 4) int rise,
            @ForAll @IntRange(min = 1, max = 4) int fall,
            @ForAll("steps") List<Step> steps) {
        Thresholds thresholds = new Thresholds(rise, fall);
        HealthTable table = new HealthTable(thresholds);
        Model model = new Model(thresholds);
        for (Step step : steps) {
            switch (step) {
                case Step.Retarget retarget -> {
                    table.retarget(retarget.targets());
                    model.retarget(retarget.targets());
                }
                case Step.Happens happens -> check(table, model, happens);
            }
            assertEquals(model.down(), table.down());
            ENDPOINTS.forEach(endpoint -> assertEquals(model.state(endpoint), table.state(endpoint)));
            assertEquals(model.histories.keySet(), table.states().keySet());
        }
    }

    private static void check(HealthTable table, Model model, Step.Happens happens) {
        HealthState before = model.state(happens.endpoint());
        model.happens(happens.endpoint(), happens.event());
        HealthState after = model.state(happens.endpoint());
        Optional<HealthChange> change = happens.event() == Event.MARKED_DOWN
                ? table.markDown(happens.endpoint(), "why")
                : table.record(happens.endpoint(), happens.event() == Event.SUCCESS, "why");
        assertEquals(
                before == after
                        ? Optional.empty()
                        : Optional.of(new HealthChange(happens.endpoint(), before, after, "why")),
                change);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<InetSocketAddress> endpoint = Arbitraries.of(ENDPOINTS);
        Arbitrary<Step> retarget = Arbitraries.subsetOf(ENDPOINTS).map(Step.Retarget::new);
        Arbitrary<Event> event = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(5, Arbitraries.just(Event.SUCCESS)),
                net.jqwik.api.Tuple.of(5, Arbitraries.just(Event.FAILURE)),
                net.jqwik.api.Tuple.of(1, Arbitraries.just(Event.MARKED_DOWN)));
        Arbitrary<Step> happens = Combinators.combine(endpoint, event).as(Step.Happens::new);
        return Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(1, retarget), net.jqwik.api.Tuple.of(8, happens))
                .list()
                .ofMaxSize(60)
                .map(steps -> {
                    List<Step> all = new ArrayList<>(List.of(new Step.Retarget(Set.copyOf(ENDPOINTS))));
                    all.addAll(steps);
                    return all;
                });
    }
}
