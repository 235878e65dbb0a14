package dev.udpfanout.loader.status;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The annotated Services.
 *
 * @param connected whether the API server tells of changes of all of them
 * @param served how many are served
 * @param refused why others are not, by {@code NAMESPACE/NAME}
 * @param interfaces those that were looked for, on which they are served
 */
public record ServicesStatus(
        boolean connected, int served, Map<String, String> refused, List<ServiceInterface> interfaces) {
    public ServicesStatus {
        interfaces = List.copyOf(interfaces);
        refused = Collections.unmodifiableMap(new TreeMap<>(refused));
    }
}
