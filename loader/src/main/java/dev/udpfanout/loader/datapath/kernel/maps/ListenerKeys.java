package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.listener.ListenerEntry;
import dev.udpfanout.bindings.abi.listener.ListenerKey;
import dev.udpfanout.bindings.abi.listener.ListenerPorts;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.map.ArrayMap;
import dev.udpfanout.bindings.map.KeyedMap;
import dev.udpfanout.bindings.map.ReconciledMap;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The maps LISTENERS and LISTENER_PORTS: who listens where. A port is among the ports before it has a listener, and
 * until after it has none. The program keeps what LISTENERS says for a moment (known_listener.h): it is told of each
 * change by another generation.
 */
public final class ListenerKeys {
    /** The element of LISTENER_PORTS. */
    private static final int ONLY = 0;

    /** Odd, so that no number comes again before all others; its bytes all change. */
    private static final long NEXT_GENERATION = 0x9e3779b97f4a7c15L;

    private final ReconciledMap<ListenerKey, ListenerEntry> map;
    private final int room;
    private final ArrayMap<ListenerPorts> ports;
    /** By chance: what an earlier daemon's was is not known. */
    private long generation = new SecureRandom().nextLong();

    /** Starts from what LISTENERS holds: an earlier daemon may have filled it. */
    public ListenerKeys(KernelProgram program) {
        KeyedMap<ListenerKey, ListenerEntry> listeners = program.map(SharedMaps.LISTENERS);
        this.room = listeners.capacity();
        this.map = new ReconciledMap<>(listeners);
        this.ports = program.map(SharedMaps.LISTENER_PORTS);
    }

    /** What LISTENERS holds; changes with it. */
    public Map<ListenerKey, ListenerEntry> inForce() {
        return map.inForce();
    }

    /** How many entries it holds at most. */
    int room() {
        return room;
    }

    /** Reads LISTENERS anew; how many entries are not as they were left. */
    int reread() {
        return map.reread();
    }

    /** Whether LISTENERS holds what it was left with. */
    boolean isIntact() {
        return map.isIntact();
    }

    /** Makes LISTENERS hold exactly the wanted entries: as {@link ReconciledMap#set}. */
    public void set(Map<ListenerKey, ListenerEntry> wanted) {
        Set<Integer> before = ports(map.inForce().keySet());
        Set<Integer> either = ports(wanted.keySet());
        either.addAll(before);
        // Ports that are there already need not be written before their listeners.
        if (!either.equals(before)) {
            ports.put(ONLY, new ListenerPorts(generation, either));
        }
        map.set(wanted);
        forgetKnown();
    }

    /**
     * Makes LISTENERS hold the wanted entries for some slots, and no others for them; what it holds for other slots is
     * not touched.
     *
     * @param wanted entries of these slots, for which there is room
     * @return the addresses of which it says something else now
     */
    Set<InetAddress> setOf(Set<Integer> slots, Map<ListenerKey, ListenerEntry> wanted) {
        List<ListenerKey> gone = new ArrayList<>();
        map.inForce().forEach((key, entry) -> {
            if (slots.contains(entry.slot()) && !wanted.containsKey(key)) {
                gone.add(key);
            }
        });
        Set<InetAddress> changed = new HashSet<>();
        gone.forEach(key -> changed.add(key.address()));
        wanted.forEach((key, entry) -> {
            if (!entry.equals(map.inForce().get(key))) {
                changed.add(key.address());
            }
        });
        if (!changed.isEmpty()) {
            Map<ListenerKey, ListenerEntry> all = new HashMap<>(map.inForce());
            all.keySet().removeAll(new HashSet<>(gone));
            all.putAll(wanted);
            set(all);
        }
        return changed;
    }

    /** To be called after a change of anything else from which it follows whose a datagram is. */
    void forgetKnown() {
        generation += NEXT_GENERATION;
        if (generation == 0) {
            generation = NEXT_GENERATION;
        }
        ports.put(ONLY, new ListenerPorts(generation, ports(map.inForce().keySet())));
    }

    private static Set<Integer> ports(Collection<ListenerKey> keys) {
        Set<Integer> ports = new HashSet<>();
        keys.forEach(key -> ports.add(key.port()));
        return ports;
    }
}
