package dev.udpfanout.loader.control;

import dev.udpfanout.loader.config.HealthConfig.OnAllUnhealthy;
import dev.udpfanout.loader.config.ReceiverSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Works endpoint sets out, and remembers them: of thousands only those are worked out again whose endpoints have
 * changed. What all of them depend on is not known here: {@link #forget} says that it has changed. Belongs to one
 * thread.
 */
public final class SelectedSets {
    private final EndpointSelection selection;
    private final UnusableEndpoints unusable;
    private final UnaryOperator<List<DiscoveredEndpoint>> allowed;
    private final Map<String, Remembered> bySet = new HashMap<>();

    /**
     * What was worked out for a set of receivers.
     *
     * @param endpoints those that it may use
     * @param set those that it uses
     */
    public record Selected(List<DiscoveredEndpoint> endpoints, EndpointSet set) {}

    private record Remembered(ReceiverSet receivers, List<?> known, OnAllUnhealthy onAllUnhealthy, Selected selected) {
        boolean isOf(ReceiverSet wanted, List<?> itsKnown, OnAllUnhealthy itsPolicy) {
            return receivers == wanted && known == itsKnown && onAllUnhealthy == itsPolicy;
        }
    }

    /** @param allowed leaves out endpoints to which nothing may be sent */
    public SelectedSets(
            EndpointSelection selection, UnusableEndpoints unusable, UnaryOperator<List<DiscoveredEndpoint>> allowed) {
        this.selection = selection;
        this.unusable = unusable;
        this.allowed = allowed;
    }

    /**
     * What was worked out from these very objects, or is now.
     *
     * @param discovered all that the set's source knows of, if it has answered; of no meaning for receivers of the file
     * @param onAllUnhealthy what to do when all of them are down
     * @return empty as long as the source has not answered
     */
    public Optional<Selected> of(
            ReceiverSet receivers, Optional<List<DiscoveredEndpoint>> discovered, OnAllUnhealthy onAllUnhealthy) {
        boolean isOfFile = receivers.kubernetes().isEmpty();
        if (!isOfFile && discovered.isEmpty()) {
            return Optional.empty();
        }
        List<?> known = isOfFile ? receivers.downstream() : discovered.get();
        Remembered before = bySet.get(receivers.name());
        if (before == null || !before.isOf(receivers, known, onAllUnhealthy)) {
            List<DiscoveredEndpoint> endpoints = isOfFile
                    ? ofFile(receivers)
                    : allowed.apply(EndpointSelection.ofSameFamily(receivers, discovered.get()));
            EndpointSet set = selection.select(receivers, endpoints, unusable.of(endpoints), onAllUnhealthy);
            before = new Remembered(receivers, known, onAllUnhealthy, new Selected(endpoints, set));
            bySet.put(receivers.name(), before);
        }
        return Optional.of(before.selected());
    }

    private static List<DiscoveredEndpoint> ofFile(ReceiverSet receivers) {
        return receivers.downstream().stream()
                .map(each -> DiscoveredEndpoint.configured(each.name(), each.address(), each.weight()))
                .toList();
    }

    /** Forgets all other sets. */
    public void retain(Set<String> names) {
        bySet.keySet().retainAll(names);
    }

    /** Has all of them worked out again. */
    public void forget() {
        bySet.clear();
    }
}
