package dev.udpfanout.loader.config;

import java.util.List;
import java.util.Optional;

/**
 * What the configuration file says: valid as a whole, and immutable.
 *
 * @param listeners at least one, unless there are {@code services}; a listener's position is its id
 * @param services which annotated Services are served as well, if any are
 */
public record Config(
        List<ListenerConfig> listeners,
        Optional<ServicesConfig> services,
        FlowsConfig flows,
        NetflowConfig netflow,
        HealthConfig health,
        MetricsConfig metrics,
        ShutdownConfig shutdown) {
    public Config {
        listeners = List.copyOf(listeners);
    }

    /** The same with other listeners. */
    public Config withListeners(List<ListenerConfig> others) {
        return new Config(others, services, flows, netflow, health, metrics, shutdown);
    }
}
