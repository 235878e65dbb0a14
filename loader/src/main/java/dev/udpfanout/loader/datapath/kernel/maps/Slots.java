package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.listener.ListenerName;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.map.ArrayMap;
import dev.udpfanout.bindings.map.ArrayOfMaps;
import dev.udpfanout.bindings.map.Clearable;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which listener has which slot of the maps; remembered in the map LISTENER_NAMES, so that a listener keeps its
 * counters over a restart and over changes of the configuration.
 */
public final class Slots {
    private final ArrayMap<ListenerName> names;
    private final int length;
    private final List<ArrayOfMaps> tables;
    /** What is a listener's own, and nothing of another's. */
    private final List<Clearable> owned;

    private final EndpointCounters endpointCounters;
    private final Map<String, Integer> slots = new ConcurrentHashMap<>();
    private final BitSet taken = new BitSet();

    public Slots(KernelProgram program, EndpointCounters endpointCounters) {
        this.names = program.map(SharedMaps.LISTENER_NAMES);
        this.tables = List.of(program.map(SharedMaps.ENDPOINTS), program.map(SharedMaps.HASH_TABLES));
        this.owned = List.of(
                program.map(SharedMaps.CURSORS),
                program.map(SharedMaps.LIMIT_BUCKETS),
                program.map(SharedMaps.LIMIT_SHARES),
                program.map(SharedMaps.STATS),
                program.map(SharedMaps.REPLIES),
                program.map(SharedMaps.NETFLOW_STATS),
                program.map(SharedMaps.DROPS));
        this.endpointCounters = endpointCounters;
        List<ListenerName> all = names.all();
        this.length = all.size();
        for (int slot = 0; slot < all.size(); slot++) {
            if (!all.get(slot).equals(ListenerName.NONE)) {
                slots.put(all.get(slot).name(), slot);
                taken.set(slot);
            }
        }
    }

    /** All listeners that have one; at first those that an earlier daemon had. */
    public Set<String> names() {
        return Set.copyOf(slots.keySet());
    }

    /** Any thread. */
    public Optional<Integer> of(String listener) {
        return Optional.ofNullable(slots.get(listener));
    }

    /** Of a listener that has one. Any thread. */
    public int required(String listener) {
        return of(listener).orElseThrow();
    }

    /**
     * Gives every listener a slot that has none, with counters at zero.
     *
     * @return those that had none
     */
    public Set<String> assign(Set<String> listeners) {
        Set<String> fresh = new HashSet<>();
        for (String listener : listeners) {
            if (!slots.containsKey(listener)) {
                int slot = freeSlot();
                taken.set(slot);
                clear(slot);
                names.put(slot, new ListenerName(listener));
                slots.put(listener, slot);
                fresh.add(listener);
            }
        }
        return fresh;
    }

    /** Takes the slots of all other listeners away; nothing may point to them any more. */
    public void retain(Set<String> listeners) {
        for (String listener : new HashSet<>(slots.keySet())) {
            if (!listeners.contains(listener)) {
                int slot = slots.remove(listener);
                taken.clear(slot);
                names.put(slot, ListenerName.NONE);
                clear(slot);
            }
        }
    }

    /** Writes the names again that are not as they were left; returns how many. */
    int mend() {
        Map<Integer, String> bySlot = new HashMap<>();
        slots.forEach((name, slot) -> bySlot.put(slot, name));
        List<ListenerName> found = names.all();
        int different = 0;
        for (int slot = 0; slot < found.size(); slot++) {
            ListenerName left = bySlot.containsKey(slot) ? new ListenerName(bySlot.get(slot)) : ListenerName.NONE;
            if (!found.get(slot).equals(left)) {
                names.put(slot, left);
                different++;
            }
        }
        return different;
    }

    private int freeSlot() {
        int free = taken.nextClearBit(0);
        if (free >= length) {
            throw new IllegalStateException("all " + length + " listeners are taken");
        }
        return free;
    }

    private void clear(int slot) {
        endpointCounters.drop(slot);
        tables.forEach(each -> each.remove(slot));
        owned.forEach(each -> each.clear(slot));
    }
}
