package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.map.ArrayMap;
import java.util.List;
import java.util.Map;

/** A map with something of a listener at its slot, such as MIRRORS and PAYLOAD_KEYS. */
final class SlotEntries<E> {
    private final ArrayMap<E> map;
    private final E none;
    private final List<E> inForce;

    /**
     * Starts from what the map holds: an earlier daemon may have filled it.
     *
     * @param none what stands at the slot of a listener that wants nothing there
     */
    SlotEntries(ArrayMap<E> map, E none) {
        this.map = map;
        this.none = none;
        this.inForce = map.all();
    }

    /** Before the listeners change: puts in what they want, and takes away what none wants. */
    void set(Map<Integer, E> wanted) {
        for (int slot = 0; slot < inForce.size(); slot++) {
            E entry = wanted.getOrDefault(slot, none);
            if (!entry.equals(inForce.get(slot))) {
                map.put(slot, entry);
                inForce.set(slot, entry);
            }
        }
    }

    /** Reads the map anew; how many elements are not as they were left. */
    int reread() {
        List<E> found = map.all();
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
