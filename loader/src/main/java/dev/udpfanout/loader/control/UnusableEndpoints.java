package dev.udpfanout.loader.control;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The endpoints that are sent nothing for now, as far as there are others. Belongs to one thread. */
public final class UnusableEndpoints {
    private Set<InetSocketAddress> down = Set.of();
    private Set<InetAddress> cutOff = Set.of();

    /** These, and no others, are down by their probes from now on. */
    public void down(Set<InetSocketAddress> nowDown) {
        down = nowDown;
    }

    /**
     * The links to these addresses, and to no others, are down from now on.
     *
     * @return those that were not cut off before
     */
    public Set<InetAddress> cutOff(Set<InetAddress> nowCutOff) {
        Set<InetAddress> fresh = new HashSet<>(nowCutOff);
        fresh.removeAll(cutOff);
        cutOff = nowCutOff;
        return fresh;
    }

    /** Those of some endpoints, and perhaps others. */
    public Set<InetSocketAddress> of(List<DiscoveredEndpoint> endpoints) {
        if (cutOff.isEmpty()) {
            return down;
        }
        Set<InetSocketAddress> unusable = new HashSet<>(down);
        endpoints.stream()
                .map(DiscoveredEndpoint::address)
                .filter(address -> cutOff.contains(address.getAddress()))
                .forEach(unusable::add);
        return unusable;
    }
}
