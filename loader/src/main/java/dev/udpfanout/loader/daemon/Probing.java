package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.config.HealthConfig;
import dev.udpfanout.loader.health.HealthMonitor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;

/** The health monitor of the configuration in force, if it has one. Belongs to the control loop's thread. */
final class Probing implements AutoCloseable {
    private final Runnable onChange;
    private Optional<HealthMonitor> monitor = Optional.empty();

    /** @param onChange called by the monitor's thread when an endpoint went up or down */
    Probing(Runnable onChange) {
        this.onChange = onChange;
    }

    /**
     * Probes as configured from now on. Endpoints that are down stay out until they have risen.
     *
     * @throws RuntimeException if the new monitor cannot start: the old one then goes on
     */
    void configure(HealthConfig wanted) {
        Optional<HealthMonitor> next = wanted.enabled()
                ? Optional.of(HealthMonitor.start(wanted, down(), (changes, all) -> onChange.run()))
                : Optional.empty();
        close();
        monitor = next;
    }

    /** Endpoints that the probes found down; none without probes. */
    Set<InetSocketAddress> down() {
        return monitor.map(HealthMonitor::down).orElse(Set.of());
    }

    void markLinkDown(Set<InetAddress> addresses) {
        monitor.ifPresent(each -> each.markLinkDown(addresses));
    }

    void targets(Set<InetSocketAddress> targets) {
        monitor.ifPresent(each -> each.targets(targets));
    }

    Optional<HealthMonitor> monitor() {
        return monitor;
    }

    @Override
    public void close() {
        monitor.ifPresent(HealthMonitor::close);
    }
}
