package dev.udpfanout.loader.control;

import dev.udpfanout.loader.config.HealthConfig.OnAllUnhealthy;
import dev.udpfanout.loader.config.ReceiverSet.Preference;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@link EndpointSelection} must come to, told another way: every endpoint is given a grade, looked at together
 * with all others, and the best grade that anyone has wins. Quadratic, and without a step that filters.
 */
public final class SelectionModel {
    private SelectionModel() {}

    /** The addresses that are used, in order. */
    public static List<InetSocketAddress> addresses(
            String nodeName,
            Optional<String> zone,
            Preference preference,
            List<DiscoveredEndpoint> all,
            Set<InetSocketAddress> down,
            OnAllUnhealthy onAllUnhealthy) {
        List<DiscoveredEndpoint> known = new ArrayList<>(all);
        known.removeIf(each -> each.weight() == 0);
        List<InetSocketAddress> best = new ArrayList<>();
        int bestGrade = 1;
        boolean anyWell = known.stream().anyMatch(each -> isCandidate(each, known) && !down.contains(each.address()));
        for (DiscoveredEndpoint each : known) {
            boolean wellEnough = !down.contains(each.address()) || !anyWell && onAllUnhealthy == OnAllUnhealthy.FORWARD;
            if (!isCandidate(each, known) || !wellEnough) {
                continue;
            }
            int grade = isNear(each, nodeName, zone, preference) ? 2 : 1;
            if (grade > bestGrade) {
                bestGrade = grade;
                best.clear();
            }
            if (grade == bestGrade && !best.contains(each.address())) {
                best.add(each.address());
            }
        }
        return best;
    }

    /** kube-proxy: terminating endpoints that serve are used only where there is no ready one. */
    private static boolean isCandidate(DiscoveredEndpoint each, List<DiscoveredEndpoint> known) {
        if (each.terminating()) {
            return each.serving() && known.stream().noneMatch(other -> other.ready() && !other.terminating());
        }
        return each.ready();
    }

    private static boolean isNear(
            DiscoveredEndpoint each, String nodeName, Optional<String> zone, Preference preference) {
        return preference == Preference.SAME_NODE
                        && nodeName.equals(each.nodeName().orElse(null))
                || preference == Preference.SAME_ZONE
                        && zone.isPresent()
                        && zone.get().equals(each.zone().orElse(null));
    }
}
