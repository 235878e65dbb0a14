package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.listener.MirrorEntry;
import dev.udpfanout.bindings.libbpf.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/** The map MIRRORS: who gets copies of each listener's datagrams. */
final class MirrorMap {
    private final BpfMap map;
    private final MirrorEntry[] inForce = new MirrorEntry[Limits.MAX_LISTENERS];

    /** Starts from what the map holds: an earlier daemon may have filled it. */
    MirrorMap(BpfMap map) {
        this.map = map;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(MirrorEntry.BYTES, Integer.BYTES);
            for (int slot = 0; slot < inForce.length; slot++) {
                map.get(arena.allocateFrom(ValueLayout.JAVA_INT, slot), value);
                inForce[slot] = MirrorEntry.read(value);
            }
        }
    }

    /** Before the listeners change: puts in what they want, and stops the copies of those that want none. */
    void set(Map<Integer, MirrorEntry> wanted) {
        try (Arena arena = Arena.ofConfined()) {
            for (int slot = 0; slot < inForce.length; slot++) {
                MirrorEntry entry = wanted.getOrDefault(slot, MirrorEntry.NONE);
                if (!entry.equals(inForce[slot])) {
                    map.put(arena.allocateFrom(ValueLayout.JAVA_INT, slot), entry.write(arena));
                    inForce[slot] = entry;
                }
            }
        }
    }
}
