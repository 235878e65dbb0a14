package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.listener.ListenerEntry;
import dev.udpfanout.bindings.abi.listener.ListenerKey;
import dev.udpfanout.bindings.map.KeyedMap;
import dev.udpfanout.bindings.map.ReconciledMap;
import java.util.Map;

/** The map LISTENERS: who listens where. */
public final class ListenerKeys {
    private final ReconciledMap<ListenerKey, ListenerEntry> map;

    /** Starts from what the map holds: an earlier daemon may have filled it. */
    public ListenerKeys(KeyedMap<ListenerKey, ListenerEntry> map) {
        this.map = new ReconciledMap<>(map);
    }

    /** What the map holds; changes with it. */
    public Map<ListenerKey, ListenerEntry> inForce() {
        return map.inForce();
    }

    /** Reads the map anew; how many entries are not as they were left. */
    int reread() {
        return map.reread();
    }

    /** Whether the map holds what it was left with. */
    boolean isIntact() {
        return map.isIntact();
    }

    /** Makes the map hold exactly the wanted entries: as {@link ReconciledMap#set}. */
    public void set(Map<ListenerKey, ListenerEntry> wanted) {
        map.set(wanted);
    }
}
