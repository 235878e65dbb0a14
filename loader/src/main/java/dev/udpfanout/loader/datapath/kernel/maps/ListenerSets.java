package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.listener.GroupedInterface;
import dev.udpfanout.bindings.abi.listener.ListenerEntry;
import dev.udpfanout.bindings.abi.listener.ListenerKey;
import dev.udpfanout.bindings.abi.listener.ListenerSet;
import dev.udpfanout.bindings.map.KeyedMap;
import dev.udpfanout.bindings.map.ReconciledMap;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The map LISTENER_SETS: who listens at an address, whatever the port. The program asks for it when a fragment comes
 * before the one that has the port.
 */
public final class ListenerSets {
    private static final InetAddress ANY_IPV4 = InetAddress.ofLiteral("0.0.0.0");
    private static final InetAddress ANY_IPV6 = InetAddress.ofLiteral("::");

    private final ReconciledMap<ListenerKey, ListenerSet> map;
    private final KeyedMap<Integer, GroupedInterface> grouped;

    /**
     * Starts from what the map holds: an earlier daemon may have filled it.
     *
     * @param grouped INTERFACE_GROUPS
     */
    public ListenerSets(KeyedMap<ListenerKey, ListenerSet> map, KeyedMap<Integer, GroupedInterface> grouped) {
        this.map = new ReconciledMap<>(map);
        this.grouped = grouped;
    }

    /**
     * Makes the map agree with the map LISTENERS.
     *
     * @param listeners what is in LISTENERS
     * @param dummies the dummy interfaces: nobody else gets what comes by them
     */
    public void set(Map<ListenerKey, ListenerEntry> listeners, Set<Integer> dummies) {
        map.set(sets(listeners, dummies, grouped.entries()));
    }

    /**
     * As {@link #set}, for some addresses only; wildcards are not among them.
     *
     * @param listeners all that is in LISTENERS
     */
    void setAt(Set<InetAddress> addresses, Map<ListenerKey, ListenerEntry> listeners, Set<Integer> dummies) {
        Map<ListenerKey, ListenerEntry> near = new HashMap<>();
        listeners.forEach((key, entry) -> {
            if (addresses.contains(key.address()) || key.address().isAnyLocalAddress()) {
                near.put(key, entry);
            }
        });
        Map<ListenerKey, ListenerSet> wanted = new HashMap<>(map.inForce());
        wanted.keySet().removeIf(key -> addresses.contains(key.address()));
        sets(near, dummies, grouped.entries()).forEach((key, set) -> {
            if (addresses.contains(key.address())) {
                wanted.put(key, set);
            }
        });
        map.set(wanted);
    }

    /** Reads the map anew; how many entries are not as they were left. */
    int reread() {
        return map.reread();
    }

    /** Whether the map holds what it was left with. */
    boolean isIntact() {
        return map.isIntact();
    }

    static Map<ListenerKey, ListenerSet> sets(
            Map<ListenerKey, ListenerEntry> listeners, Set<Integer> dummies, Map<Integer, GroupedInterface> groupOf) {
        Map<ListenerKey, Set<ListenerEntry>> entries = new HashMap<>();
        listeners.forEach((key, entry) -> {
            if (!entry.isPass()) {
                entries.computeIfAbsent(
                                withoutPort(key), any -> new TreeSet<>(Comparator.comparingInt(ListenerEntry::slot)))
                        .add(entry);
            }
        });
        // The program asks for the group only where the interface itself has no set.
        entries.forEach((key, ofAddress) -> {
            GroupedInterface group = groupOf.get(key.ifindex());
            Set<ListenerEntry> ofGroup =
                    group == null ? null : entries.get(new ListenerKey(group.group(), key.address(), 0));
            if (ofGroup != null) {
                ofAddress.addAll(ofGroup);
            }
        });
        // A datagram for an address of its own may still be for a wildcard listener at another port.
        entries.forEach((key, ofAddress) -> {
            Set<ListenerEntry> ofWildcard = entries.get(wildcardOf(key));
            if (ofWildcard != null && ofWildcard != ofAddress) {
                ofAddress.addAll(ofWildcard);
            }
        });
        Map<ListenerKey, ListenerSet> sets = new HashMap<>();
        entries.forEach(
                (key, of) -> sets.put(key, new ListenerSet(of.stream().toList(), dummies.contains(key.ifindex()))));
        return sets;
    }

    private static ListenerKey wildcardOf(ListenerKey key) {
        return new ListenerKey(key.ifindex(), key.address() instanceof Inet4Address ? ANY_IPV4 : ANY_IPV6, 0);
    }

    private static ListenerKey withoutPort(ListenerKey key) {
        return new ListenerKey(key.ifindex(), key.address(), 0);
    }
}
