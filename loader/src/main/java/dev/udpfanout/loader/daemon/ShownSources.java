package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.kubernetes.publish.ReadinessPublisher;
import dev.udpfanout.loader.kubernetes.watch.WatchState;
import dev.udpfanout.loader.status.WatchStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What other threads see of what listeners have going with Kubernetes: as it was after the last update.
 *
 * @param sources of the listeners of the configuration
 * @param retiring publishers whose listeners are gone
 * @param ended what watches have counted that are no more
 */
record ShownSources(List<ListenerSources> sources, List<ReadinessPublisher> retiring, WatchTotals ended) {
    /**
     * What watches have counted together.
     *
     * @param relists full lists after each one's first
     * @param failures to list or watch
     */
    record WatchTotals(long relists, long failures) {
        static final WatchTotals NONE = new WatchTotals(0, 0);

        WatchTotals plus(WatchState watch) {
            return new WatchTotals(relists + watch.relists(), failures + watch.errors());
        }
    }

    /**
     * How the watches are doing now.
     *
     * @param events that they have told of
     */
    WatchStatus watches(long events) {
        return status(states(), totals(), events, leftOut());
    }

    /**
     * How some watches are doing now.
     *
     * @param totals of these, and of those before them
     * @param events that they have told of
     * @param leftOut endpoints that are not used now, by reason
     */
    static WatchStatus status(List<WatchState> states, WatchTotals totals, long events, Map<String, Long> leftOut) {
        Optional<Instant> last =
                states.stream().flatMap(state -> state.lastEvent().stream()).max(Instant::compareTo);
        return new WatchStatus(
                states.stream().allMatch(WatchState::connected),
                states.stream().allMatch(WatchState::synced),
                events,
                totals.relists(),
                totals.failures(),
                leftOut,
                states.stream()
                        .filter(state -> !state.connected())
                        .flatMap(state -> state.lastError().stream())
                        .findFirst(),
                last.map(instant -> Duration.between(instant, Instant.now())));
    }

    private WatchTotals totals() {
        WatchTotals totals = ended;
        for (ReadinessPublisher publisher : retiring) {
            for (WatchState state : publisher.watchStates().toList()) {
                totals = totals.plus(state);
            }
        }
        for (WatchState state : states()) {
            totals = totals.plus(state);
        }
        return totals;
    }

    private Map<String, Long> leftOut() {
        Map<String, Long> sum = new HashMap<>();
        sources.stream().flatMap(each -> each.discovery().stream()).forEach(discovery -> discovery
                .leftOut()
                .forEach((reason, count) -> sum.merge(reason, count, Long::sum)));
        return sum;
    }

    private List<WatchState> states() {
        return sources.stream().flatMap(ListenerSources::allWatches).toList();
    }
}
