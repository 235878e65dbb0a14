package dev.udpfanout.loader.health;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;

/** Told when endpoints go up or down. */
@FunctionalInterface
public interface HealthListener {
    /**
     * Called on the monitor's thread; must be quick and must not throw.
     *
     * @param changes what has changed since the last call, in order; at least one
     * @param down all endpoints that are down now; immutable
     */
    void onHealthChanged(List<HealthChange> changes, Set<InetSocketAddress> down);
}
