package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.config.HealthConfig;
import dev.udpfanout.loader.datapath.Datapath;
import dev.udpfanout.loader.datapath.Unreachable;
import dev.udpfanout.loader.health.HealthMonitor;
import dev.udpfanout.loader.health.PortWatch;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The health monitor of the configuration in force, if it has one, and the watch for closed ports. Belongs to the
 * control loop's thread.
 */
final class Probing implements AutoCloseable {
    private final Runnable onChange;
    private Optional<HealthMonitor> monitor = Optional.empty();
    /** Works without probes, too. */
    private Optional<PortWatch> ports = Optional.empty();

    /** @param onChange called by another thread when an endpoint went up or down */
    Probing(Runnable onChange) {
        this.onChange = onChange;
    }

    /**
     * Probes as configured from now on. Endpoints that are down stay out until they have risen.
     *
     * @throws RuntimeException if the new monitor cannot start: the old one then goes on
     */
    void configure(HealthConfig wanted) {
        if (ports.isEmpty()) {
            ports = Optional.of(PortWatch.start(onChange));
        }
        Optional<HealthMonitor> next = wanted.enabled()
                ? Optional.of(HealthMonitor.start(wanted, probedDown(), (changes, all) -> onChange.run()))
                : Optional.empty();
        monitor.ifPresent(HealthMonitor::close);
        monitor = next;
    }

    /** Endpoints that the probes found down, and those whose port is closed. */
    Set<InetSocketAddress> down() {
        Set<InetSocketAddress> closed =
                ports.map(each -> each.closed().keySet()).orElse(Set.of());
        Set<InetSocketAddress> down = probedDown();
        if (closed.isEmpty()) {
            return down;
        }
        Set<InetSocketAddress> all = new HashSet<>(down);
        all.addAll(closed);
        return all;
    }

    private Set<InetSocketAddress> probedDown() {
        return monitor.map(HealthMonitor::down).orElse(Set.of());
    }

    /**
     * Has a look at the datapath, and takes note of ICMP port unreachable.
     *
     * @return whether the datapath is as it was left
     */
    boolean look(Datapath datapath) {
        Unreachable noted = datapath.takeUnreachable();
        ports.ifPresent(each -> each.unreachable(noted.reported(), noted.refused()));
        return datapath.looksIntact();
    }

    void markLinkDown(Set<InetAddress> addresses) {
        monitor.ifPresent(each -> each.markLinkDown(addresses));
    }

    void targets(Set<InetSocketAddress> targets) {
        monitor.ifPresent(each -> each.targets(targets));
        ports.ifPresent(each -> each.targets(targets));
    }

    Optional<HealthMonitor> monitor() {
        return monitor;
    }

    Optional<PortWatch> ports() {
        return ports;
    }

    @Override
    public void close() {
        monitor.ifPresent(HealthMonitor::close);
        ports.ifPresent(PortWatch::close);
    }
}
