package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.listener.MirrorEntry;
import dev.udpfanout.bindings.map.ArrayMap;
import java.util.List;
import java.util.Map;

/** The map MIRRORS: who gets copies of each listener's datagrams. */
final class MirrorMap {
    private final ArrayMap<MirrorEntry> map;
    private final List<MirrorEntry> inForce;

    /** Starts from what the map holds: an earlier daemon may have filled it. */
    MirrorMap(ArrayMap<MirrorEntry> map) {
        this.map = map;
        this.inForce = map.all();
    }

    /** Before the listeners change: puts in what they want, and stops the copies of those that want none. */
    void set(Map<Integer, MirrorEntry> wanted) {
        for (int slot = 0; slot < inForce.size(); slot++) {
            MirrorEntry entry = wanted.getOrDefault(slot, MirrorEntry.NONE);
            if (!entry.equals(inForce.get(slot))) {
                map.put(slot, entry);
                inForce.set(slot, entry);
            }
        }
    }

    /** Reads the map anew; how many elements are not as they were left. */
    int reread() {
        List<MirrorEntry> found = map.all();
        int different = 0;
        for (int slot = 0; slot < inForce.size(); slot++) {
            if (!found.get(slot).equals(inForce.get(slot))) {
                inForce.set(slot, found.get(slot));
                different++;
            }
        }
        return different;
    }
}
