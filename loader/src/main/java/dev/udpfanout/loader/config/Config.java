package dev.udpfanout.loader.config;

import java.util.List;

/**
 * What the configuration file says: valid as a whole, and immutable.
 *
 * @param listeners at least one; a listener's position is its id
 */
public record Config(
        List<ListenerConfig> listeners,
        FlowsConfig flows,
        HealthConfig health,
        MetricsConfig metrics,
        ShutdownConfig shutdown) {
    public Config {
        listeners = List.copyOf(listeners);
    }
}
