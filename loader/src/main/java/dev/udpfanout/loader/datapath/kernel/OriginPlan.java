package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.abi.endpoint.OriginEntry;
import dev.udpfanout.bindings.abi.endpoint.OriginKey;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Works out where the datagrams of each endpoint had been sent to, if there is one answer: no more than arithmetic over
 * sets.
 */
final class OriginPlan {
    private final Map<OriginKey, OriginEntry> answers = new HashMap<>();

    /** Adds a set of endpoints. */
    void add(EndpointSet endpoints, Optional<OriginEntry> origin) {
        for (Endpoint endpoint : endpoints.endpoints()) {
            answers.merge(
                    new OriginKey(endpoint.address()),
                    origin.orElse(OriginEntry.NONE),
                    (one, other) -> one.equals(other) ? one : OriginEntry.NONE);
        }
    }

    /** What the map must hold: this and nothing else. */
    Map<OriginKey, OriginEntry> entries() {
        return Map.copyOf(answers);
    }
}
