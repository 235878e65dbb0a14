package dev.udpfanout.loader.health;

import dev.udpfanout.loader.status.HealthState;
import dev.udpfanout.loader.status.ProbeError;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The health of all endpoints that are probed. For one thread, but for {@link #lastError}. */
final class HealthTable {
    private final Thresholds thresholds;
    private final Map<InetSocketAddress, EndpointHealth> endpoints = new HashMap<>();
    private final Set<InetSocketAddress> down = new HashSet<>();
    private final Map<InetSocketAddress, ProbeError> lastErrors = new ConcurrentHashMap<>();
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
        lastErrors.keySet().retainAll(targets);
        isSnapshotStale |= down.retainAll(targets);
        targets.forEach(target -> endpoints.putIfAbsent(target, EndpointHealth.UNKNOWN));
    }

    /**
     * Takes a probe's result in; the change, if it is one. Results for endpoints that are not known count for nothing.
     */
    Optional<HealthChange> record(InetSocketAddress endpoint, boolean success, String reason) {
        EndpointHealth before = endpoints.get(endpoint);
        if (!success) {
            failed(endpoint, reason);
        }
        return before == null ? Optional.empty() : replace(endpoint, before, before.after(success, thresholds), reason);
    }

    /** Takes an endpoint down at once, whatever the thresholds; probes bring it up again as always. */
    Optional<HealthChange> markDown(InetSocketAddress endpoint, String reason) {
        EndpointHealth before = endpoints.get(endpoint);
        failed(endpoint, reason);
        return before == null ? Optional.empty() : replace(endpoint, before, EndpointHealth.DOWN, reason);
    }

    /** Takes note of why a probe failed, whether that decides anything or not. */
    void failed(InetSocketAddress endpoint, String reason) {
        if (endpoints.containsKey(endpoint)) {
            lastErrors.put(endpoint, new ProbeError(reason, Instant.now()));
        }
    }

    /** The last failure of an endpoint that is known, if there was one. Any thread. */
    Optional<ProbeError> lastError(InetSocketAddress endpoint) {
        return Optional.ofNullable(lastErrors.get(endpoint));
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
