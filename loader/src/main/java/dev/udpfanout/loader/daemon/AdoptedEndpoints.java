package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.Datapath;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What an earlier daemon left in force of listeners whose source has not answered yet: until it has, that is what they
 * have. It is shown and published, but neither probed nor chosen from. Belongs to the control loop's thread; maps that
 * it returned never change.
 */
final class AdoptedEndpoints {
    private final Datapath datapath;
    private Map<String, List<DiscoveredEndpoint>> byListener = Map.of();

    AdoptedEndpoints(Datapath datapath) {
        this.datapath = datapath;
    }

    /**
     * Looks for those of these listeners, and forgets the others. Only the datapath changes them, by applying a set:
     * each is read once.
     */
    void of(Set<String> unanswered) {
        Map<String, List<DiscoveredEndpoint>> now = new HashMap<>();
        for (String listener : unanswered) {
            Optional.ofNullable(byListener.get(listener))
                    .or(() -> read(listener))
                    .ifPresent(found -> now.put(listener, found));
        }
        byListener = Map.copyOf(now);
    }

    private Optional<List<DiscoveredEndpoint>> read(String listener) {
        return datapath.adopted(listener)
                .map(left -> left.stream().map(DiscoveredEndpoint::adopted).toList());
    }

    /** By listener; without those of which it is not known what they have. */
    Map<String, List<DiscoveredEndpoint>> known() {
        return byListener;
    }

    /** The same as sets in force. */
    Map<String, EndpointSet> sets() {
        return byListener.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey,
                        entry -> new EndpointSet(
                                entry.getKey(),
                                entry.getValue().stream()
                                        .map(each -> new Endpoint(each.name(), each.address(), each.weight()))
                                        .toList())));
    }
}
