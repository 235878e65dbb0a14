package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.abi.ListenerEntry;
import dev.udpfanout.bindings.abi.ListenerKey;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Works out which entries LISTENERS must have: no more than arithmetic over sets. */
final class ListenerKeyPlan {
    private final Map<ListenerKey, ListenerEntry> inForce;
    private final Set<InetAddress> localAddresses;
    private final Map<ListenerKey, ListenerEntry> entries = new HashMap<>();

    /**
     * @param inForce what the map holds now: stands in for what is not known yet
     * @param localAddresses the node's own
     */
    ListenerKeyPlan(Map<ListenerKey, ListenerEntry> inForce, Set<InetAddress> localAddresses) {
        this.inForce = inForce;
        this.localAddresses = localAddresses;
    }

    /**
     * Adds what one listener needs on one interface.
     *
     * @param vips of a VIP-direct listener, if they are known yet
     * @param endpoints the listener's, if they are known yet
     */
    void add(
            ListenerConfig listener,
            int slot,
            int ifindex,
            Optional<Set<InetAddress>> vips,
            Optional<EndpointSet> endpoints) {
        int port = listener.bind().getPort();
        if (!listener.vipDirect()) {
            entries.put(new ListenerKey(ifindex, listener.bind().getAddress(), port), new ListenerEntry(slot, false));
        } else if (vips.isPresent()) {
            vips.get().forEach(vip -> entries.put(new ListenerKey(ifindex, vip, port), new ListenerEntry(slot, false)));
        } else {
            keep(new ListenerEntry(slot, false), ifindex, port);
        }
        if (listener.isWildcard()) {
            endpoints.ifPresentOrElse(
                    known -> addPasses(known, slot, ifindex, port),
                    () -> keep(new ListenerEntry(slot, true), ifindex, port));
        }
    }

    /**
     * Where an endpoint of a wildcard listener is this very node at the listener's port, another node's instance sends
     * datagrams here that it has balanced: they are for the receiver on this node, and go to it. A listener of that very
     * address goes before.
     */
    private void addPasses(EndpointSet endpoints, int slot, int ifindex, int port) {
        for (Endpoint endpoint : endpoints.endpoints()) {
            InetSocketAddress address = endpoint.address();
            if (address.getPort() == port && localAddresses.contains(address.getAddress())) {
                entries.putIfAbsent(
                        new ListenerKey(ifindex, address.getAddress(), port), new ListenerEntry(slot, true));
            }
        }
    }

    private void keep(ListenerEntry entry, int ifindex, int port) {
        inForce.forEach((key, present) -> {
            if (present.equals(entry) && key.ifindex() == ifindex && key.port() == port) {
                entries.putIfAbsent(key, present);
            }
        });
    }

    /** What the map must hold: this and nothing else. */
    Map<ListenerKey, ListenerEntry> entries() {
        return entries;
    }
}
