package dev.udpfanout.loader.daemon;

import dev.udpfanout.bindings.abi.counter.EndpointStats;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.status.EndpointStatus;
import dev.udpfanout.loader.status.HealthState;
import dev.udpfanout.loader.status.OmittedEndpoints;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The endpoints of a page: of each set the first ones, by their order, and what the others add up to. A page, and what
 * it takes to make it, has a bound, however many endpoints there are.
 */
final class ShownEndpoints {
    /** Of one set. */
    static final int MOST_OF_A_SET = 1_000;
    /** Of all sets of a page. */
    static final int MOST_OF_A_PAGE = 10_000;

    private final LiveView.Turn turn;
    private int room = MOST_OF_A_PAGE;

    ShownEndpoints(LiveView.Turn turn) {
        this.turn = turn;
    }

    /**
     * A set's.
     *
     * @param shown one by one
     * @param omitted the others
     */
    record OfSet(List<EndpointStatus> shown, OmittedEndpoints omitted) {}

    /** The endpoints of a set of receivers. */
    OfSet of(String set, ListenerCounters counters) {
        List<EndpointStatus> shown = new ArrayList<>();
        OmittedEndpoints omitted = OmittedEndpoints.NONE;
        EndpointSet inForce = turn.inForce().get(set);
        Set<InetSocketAddress> active = inForce == null
                ? Set.of()
                : inForce.endpoints().stream().map(each -> each.address()).collect(Collectors.toSet());
        Map<InetSocketAddress, EndpointStats> stats = counters.endpoints();
        for (DiscoveredEndpoint endpoint : turn.known().getOrDefault(set, List.of())) {
            EndpointStatus status = new EndpointStatus(
                    endpoint.name(),
                    endpoint.address(),
                    turn.health()
                            .map(health -> health.state(endpoint.address()))
                            .orElse(HealthState.UNKNOWN),
                    active.contains(endpoint.address()),
                    stats.getOrDefault(endpoint.address(), EndpointStats.ZERO),
                    turn.ports().map(ports -> ports.closed().get(endpoint.address())),
                    turn.health().flatMap(health -> health.lastError(endpoint.address())));
            if (shown.size() < MOST_OF_A_SET && room > 0) {
                shown.add(status);
                room--;
            } else {
                omitted = omitted.plus(status);
            }
        }
        return new OfSet(shown, omitted);
    }
}
