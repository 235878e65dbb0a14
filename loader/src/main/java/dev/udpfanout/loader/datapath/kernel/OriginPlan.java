package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.abi.endpoint.OriginEntry;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Works out where the datagrams of each endpoint had been sent to: no more than arithmetic over sets. */
final class OriginPlan {
    private final Map<InetSocketAddress, Set<OriginEntry>> origins = new HashMap<>();
    private final Predicate<InetSocketAddress> asked;

    /** @param asked which endpoints it is about */
    OriginPlan(Predicate<InetSocketAddress> asked) {
        this.asked = asked;
    }

    /** Whether it is about any of these. */
    boolean isAbout(EndpointSet endpoints) {
        return endpoints.endpoints().stream().map(Endpoint::address).anyMatch(asked);
    }

    /**
     * Adds a set of endpoints.
     *
     * @param of theirs; none if nobody is to be told, whatever other sets they are in
     */
    void add(EndpointSet endpoints, Collection<OriginEntry> of) {
        for (Endpoint endpoint : endpoints.endpoints()) {
            if (!asked.test(endpoint.address())) {
                continue;
            }
            Set<OriginEntry> all = origins.computeIfAbsent(endpoint.address(), none -> new HashSet<>());
            all.addAll(of);
            if (of.isEmpty()) {
                all.add(OriginEntry.NONE);
            }
        }
    }

    /**
     * Those of each endpoint: {@link OriginEntry#NONE} among them if nobody is to be told. The caller's to change: of
     * tens of thousands a copy would be felt.
     */
    Map<InetSocketAddress, Set<OriginEntry>> origins() {
        return origins;
    }
}
