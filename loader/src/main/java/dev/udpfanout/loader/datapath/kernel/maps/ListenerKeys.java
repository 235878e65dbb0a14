package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.listener.ListenerEntry;
import dev.udpfanout.bindings.abi.listener.ListenerKey;
import dev.udpfanout.bindings.libbpf.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** The map LISTENERS: who listens where. */
public final class ListenerKeys {
    private final BpfMap map;
    private Map<ListenerKey, ListenerEntry> inForce;

    /** Starts from what the map holds: an earlier daemon may have filled it. */
    public ListenerKeys(BpfMap map) {
        this.map = map;
        this.inForce = read(map);
    }

    private static Map<ListenerKey, ListenerEntry> read(BpfMap map) {
        Map<ListenerKey, ListenerEntry> entries = new HashMap<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(ListenerKey.BYTES, Integer.BYTES);
            MemorySegment value = ListenerEntry.allocate(arena);
            for (boolean more = map.nextKey(MemorySegment.NULL, key); more; more = map.nextKey(key, key)) {
                if (map.get(key, value)) {
                    entries.put(ListenerKey.read(key), ListenerEntry.read(value));
                }
            }
        }
        return entries;
    }

    public Map<ListenerKey, ListenerEntry> inForce() {
        return Collections.unmodifiableMap(inForce);
    }

    /**
     * Makes the map hold exactly the wanted entries; what stays is not touched, and new ones go in before old ones go.
     */
    public void set(Map<ListenerKey, ListenerEntry> wanted) {
        if (wanted.equals(inForce)) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            wanted.forEach((key, entry) -> {
                if (!entry.equals(inForce.get(key))) {
                    map.put(key.write(arena), entry.write(arena));
                }
            });
            for (ListenerKey key : inForce.keySet()) {
                if (!wanted.containsKey(key)) {
                    map.remove(key.write(arena));
                }
            }
        }
        inForce = new HashMap<>(wanted);
    }
}
