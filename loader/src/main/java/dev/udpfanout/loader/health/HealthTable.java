package dev.udpfanout.loader.health;

import dev.udpfanout.loader.status.HealthState;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The health of all endpoints that are probed. Pure; for one thread. */
final class HealthTable {
    private final Thresholds thresholds;
    private final Map<InetSocketAddress, EndpointHealth> endpoints = new HashMap<>();
    private final Set<InetSocketAddress> down = new HashSet<>();
    private Set<InetSocketAddress> downSnapshot = Set.of();
    private boolean isSnapshotStale;

    HealthTable(Thresholds thresholds) {
        this.thresholds = thresholds;
    }

    /** Takes over who is down by another table: each stays so until probes bring it up, if it is still to be known. */
    void beginWith(Set<InetSocketAddress> nowDown) {
        nowDown.forEach(endpoint -> endpoints.put(endpoint, EndpointHealth.DOWN));
        isSnapshotStale |= down.addAll(nowDown);
    }

    /** Whom to know from now on. Those that stay keep their state, new ones are unknown, the others are forgotten. */
    void retarget(Set<InetSocketAddress> targets) {
        endpoints.keySet().retainAll(targets);
        isSnapshotStale |= down.retainAll(targets);
        targets.forEach(target -> endpoints.putIfAbsent(target, EndpointHealth.UNKNOWN));
    }

    /**
     * Takes a probe's result in; the change, if it is one. Results for endpoints that are not known count for nothing.
     */
    Optional<HealthChange> record(InetSocketAddress endpoint, boolean success, String reason) {
        EndpointHealth before = endpoints.get(endpoint);
        return before == null ? Optional.empty() : replace(endpoint, before, before.after(success, thresholds), reason);
    }

    /** Takes an endpoint down at once, whatever the thresholds; probes bring it up again as always. */
    Optional<HealthChange> markDown(InetSocketAddress endpoint, String reason) {
        EndpointHealth before = endpoints.get(endpoint);
        return before == null ? Optional.empty() : replace(endpoint, before, EndpointHealth.DOWN, reason);
    }

    /** The state of one endpoint; unknown also if nobody has heard of it. */
    HealthState state(InetSocketAddress endpoint) {
        return endpoints.getOrDefault(endpoint, EndpointHealth.UNKNOWN).state();
    }

    /** All that are known, with their states; immutable. */
    Map<InetSocketAddress, HealthState> states() {
        Map<InetSocketAddress, HealthState> states = HashMap.newHashMap(endpoints.size());
        endpoints.forEach((endpoint, health) -> states.put(endpoint, health.state()));
        return Map.copyOf(states);
    }

    /** Those that are down; immutable, and the same object until it changes. */
    Set<InetSocketAddress> down() {
        if (isSnapshotStale) {
            downSnapshot = Set.copyOf(down);
            isSnapshotStale = false;
        }
        return downSnapshot;
    }

    private Optional<HealthChange> replace(
            InetSocketAddress endpoint, EndpointHealth before, EndpointHealth after, String reason) {
        endpoints.put(endpoint, after);
        if (before.state() == after.state()) {
            return Optional.empty();
        }
        isSnapshotStale |= after.state() == HealthState.DOWN ? down.add(endpoint) : down.remove(endpoint);
        return Optional.of(new HealthChange(endpoint, before.state(), after.state(), reason));
    }
}
