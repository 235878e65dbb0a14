package dev.udpfanout.loader.datapath.kernel.program;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.libbpf.BpfObject;
import dev.udpfanout.bindings.map.MapDeclaration;
import java.util.List;

/**
 * For how many listeners the program's maps have room. A slot costs about 540 bytes of kernel memory on each CPU that
 * could ever be there, whether a listener has it or not.
 */
public enum ProgramSize {
    /** As many as a configuration file may have. */
    FEW(Limits.MAX_LISTENERS_OF_FILE, Limits.LISTENER_KEYS_OF_FILE),

    /** As many as 1,000 Services need: 2.2 MB of kernel memory a CPU. */
    MANY(Limits.MAX_LISTENERS, Limits.MAX_LISTENER_KEYS);

    private static final List<MapDeclaration<?>> BY_SLOT = List.of(
            SharedMaps.LISTENER_RANGES,
            SharedMaps.LISTENER_NAMES,
            SharedMaps.ENDPOINTS,
            SharedMaps.HASH_TABLES,
            SharedMaps.CURSORS,
            SharedMaps.STATS,
            SharedMaps.DROPS,
            SharedMaps.REPLIES,
            SharedMaps.PATH_MTU,
            SharedMaps.LIMITS,
            SharedMaps.LIMIT_BUCKETS,
            SharedMaps.LIMIT_SHARES,
            SharedMaps.MIRRORS,
            SharedMaps.PAYLOAD_KEYS,
            SharedMaps.MIRROR_TURNS,
            SharedMaps.NETFLOW_STATS);
    private static final List<MapDeclaration<?>> BY_KEY = List.of(SharedMaps.LISTENERS, SharedMaps.LISTENER_SETS);

    private final int slots;
    private final int keys;

    ProgramSize(int slots, int keys) {
        this.slots = slots;
        this.keys = keys;
    }

    /** Listeners and mirrors together. */
    public int slots() {
        return slots;
    }

    /** Interfaces with addresses and ports of listeners: elements of LISTENERS. */
    public int keys() {
        return keys;
    }

    /**
     * Whether listeners may wait on groups of interfaces, as those of Services do: it costs a look-up for what is sent
     * to a listener's port and is no listener's, so nobody else has it.
     */
    boolean hasInterfaceGroups() {
        return this == MANY;
    }

    /** This one, or a larger one if that has been left by an earlier daemon: what it holds is kept. */
    ProgramSize orThatOf(int slotsThere) {
        return slotsThere > slots ? MANY : this;
    }

    /** Has the object make maps of this size. */
    void applyTo(BpfObject object) {
        BY_SLOT.forEach(map -> object.resizeMap(map.name(), slots));
        BY_KEY.forEach(map -> object.resizeMap(map.name(), keys));
    }
}
