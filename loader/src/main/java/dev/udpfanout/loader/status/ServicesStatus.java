package dev.udpfanout.loader.status;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The annotated Services.
 *
 * @param watches that follow them and their endpoints
 * @param served how many are served
 * @param refused why others are not, by {@code NAMESPACE/NAME}
 * @param interfaces those that were looked for, on which they are served
 */
public record ServicesStatus(
        WatchStatus watches, int served, Map<String, String> refused, List<ServiceInterface> interfaces) {
    public ServicesStatus {
        interfaces = List.copyOf(interfaces);
        refused = Collections.unmodifiableMap(new TreeMap<>(refused));
    }

    /** Whether the API server tells of changes of all of them. */
    public boolean connected() {
        return watches.connected();
    }
}
