package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.listener.ListenerEntry;
import dev.udpfanout.bindings.abi.listener.ListenerKey;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Works out which entries LISTENERS must have: no more than arithmetic over sets. */
public final class ListenerKeyPlan {
    private final Map<ListenerKey, ListenerEntry> inForce;
    /** Of {@link #inForce}; made when it is first asked for. */
    private Map<Integer, List<Map.Entry<ListenerKey, ListenerEntry>>> bySlot;

    private final Set<InetAddress> localAddresses;
    private final Map<ListenerKey, ListenerEntry> entries = new HashMap<>();
    /** How many each listener has, by its name. */
    private final Map<String, Integer> counts = new HashMap<>();

    /**
     * @param inForce what the map holds now: stands in for what is not known yet
     * @param localAddresses the node's own
     */
    public ListenerKeyPlan(Map<ListenerKey, ListenerEntry> inForce, Set<InetAddress> localAddresses) {
        this.inForce = inForce;
        this.localAddresses = localAddresses;
    }

    /**
     * Adds what one listener needs on one interface.
     *
     * @param entry the listener's
     * @param vips of a VIP-direct listener, if they are known yet; those of the other family are another listener's
     * @param endpoints the listener's, if they are known yet
     */
    public void add(
            ListenerConfig listener,
            ListenerEntry entry,
            int ifindex,
            Optional<Set<InetAddress>> vips,
            Optional<EndpointSet> endpoints) {
        int before = entries.size();
        addKeys(listener, entry, ifindex, vips, endpoints);
        counts.merge(listener.name(), entries.size() - before, Integer::sum);
    }

    private void addKeys(
            ListenerConfig listener,
            ListenerEntry entry,
            int ifindex,
            Optional<Set<InetAddress>> vips,
            Optional<EndpointSet> endpoints) {
        int port = listener.bind().getPort();
        if (!listener.vipDirect()) {
            entries.put(new ListenerKey(ifindex, listener.bind().getAddress(), port), entry);
            // On a dummy interface the wildcard stands for no address of the node's own, but for the range.
            listener.range()
                    .ifPresent(range -> entries.put(new ListenerKey(ifindex, wildcard(range.network()), port), entry));
        } else if (vips.isPresent()) {
            Class<?> family = listener.bind().getAddress().getClass();
            vips.get().stream()
                    .filter(family::isInstance)
                    .forEach(vip -> entries.put(new ListenerKey(ifindex, vip, port), entry));
        } else {
            keep(entry, ifindex, port);
        }
        if (listener.isWildcard()) {
            ListenerEntry pass = ListenerEntry.pass(entry.slot());
            endpoints.ifPresentOrElse(known -> addPasses(known, pass, ifindex, port), () -> keep(pass, ifindex, port));
        }
    }

    private static InetAddress wildcard(InetAddress ofSameFamily) {
        try {
            return InetAddress.getByAddress(new byte[ofSameFamily.getAddress().length]);
        } catch (UnknownHostException e) {
            throw new AssertionError("as long as an address", e);
        }
    }

    /**
     * Where an endpoint of a wildcard listener is this very node at the listener's port, another node's instance sends
     * datagrams here that it has balanced: they are for the receiver on this node, and go to it. A listener of that
     * very address goes before.
     */
    private void addPasses(EndpointSet endpoints, ListenerEntry pass, int ifindex, int port) {
        for (Endpoint endpoint : endpoints.endpoints()) {
            InetSocketAddress address = endpoint.address();
            if (address.getPort() == port && localAddresses.contains(address.getAddress())) {
                entries.putIfAbsent(new ListenerKey(ifindex, address.getAddress(), port), pass);
            }
        }
    }

    /** Keeps the keys that the listener has, though not the flags, which may have changed. */
    private void keep(ListenerEntry entry, int ifindex, int port) {
        if (bySlot == null) {
            bySlot = inForce.entrySet().stream()
                    .collect(Collectors.groupingBy(each -> each.getValue().slot()));
        }
        bySlot.getOrDefault(entry.slot(), List.of()).forEach(each -> {
            ListenerKey key = each.getKey();
            if (each.getValue().isPass() == entry.isPass() && key.ifindex() == ifindex && key.port() == port) {
                entries.putIfAbsent(key, entry);
            }
        });
    }

    /**
     * The listeners of Services for whose entries there is no room, by name.
     *
     * @param most entries
     * @param listeners all, those that go first before the others
     */
    public Set<String> beyond(int most, Collection<ListenerConfig> listeners) {
        if (entries.size() <= most) {
            return Set.of();
        }
        Set<String> beyond = new HashSet<>();
        int taken = 0;
        for (ListenerConfig listener : listeners) {
            int count = counts.getOrDefault(listener.name(), 0);
            if (listener.isOfService() && taken + count > most) {
                beyond.add(listener.name());
            } else {
                taken += count;
            }
        }
        return beyond;
    }

    /** What the map must hold: this and nothing else. */
    public Map<ListenerKey, ListenerEntry> entries() {
        return entries;
    }
}
