package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.abi.ListenerEntry;
import dev.udpfanout.bindings.abi.ListenerKey;
import dev.udpfanout.bindings.libbpf.BpfMap;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;

/** The map LISTENERS: who listens where. */
final class ListenerKeys {
    private final BpfMap map;
    private Map<ListenerKey, ListenerEntry> inForce = Map.of();

    ListenerKeys(BpfMap map) {
        this.map = map;
    }

    /** Makes the map hold exactly the wanted entries; what stays is not touched, and new ones go in before old ones go. */
    void set(Map<ListenerKey, ListenerEntry> wanted) {
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
