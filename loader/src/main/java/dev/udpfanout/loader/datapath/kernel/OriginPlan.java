package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.abi.endpoint.OriginEntry;
import dev.udpfanout.bindings.abi.endpoint.OriginKey;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Works out where the datagrams of each endpoint had been sent to, where there is one answer: no more than arithmetic
 * over sets.
 */
final class OriginPlan {
    /** No value: there is more than one answer, or it is not known. */
    private final Map<OriginKey, Optional<OriginEntry>> answers = new HashMap<>();

    /** Adds a set of endpoints. */
    void add(EndpointSet endpoints, Optional<OriginEntry> origin) {
        for (Endpoint endpoint : endpoints.endpoints()) {
            answers.merge(
                    new OriginKey(endpoint.address()),
                    origin,
                    (one, other) -> one.equals(other) ? one : Optional.empty());
        }
    }

    /** What the map must hold: this and nothing else. */
    Map<OriginKey, OriginEntry> entries() {
        Map<OriginKey, OriginEntry> entries = new HashMap<>();
        answers.forEach((endpoint, answer) -> answer.ifPresent(origin -> entries.put(endpoint, origin)));
        return entries;
    }
}
