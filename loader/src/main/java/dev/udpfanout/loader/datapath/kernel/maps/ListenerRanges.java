package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.listener.AddressRange;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Prefix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The map LISTENER_RANGES: which addresses each listener takes beside its own. */
final class ListenerRanges {
    private final BpfMap map;
    /** By slot. What an earlier daemon has left is not read: it is written anew, the same in most cases. */
    private final Map<Integer, Optional<Prefix>> inForce = new HashMap<>();

    ListenerRanges(BpfMap map) {
        this.map = map;
    }

    /** Makes the map hold the ranges of these listeners, and no others. */
    void set(Map<Integer, ListenerConfig> listeners) {
        try (Arena arena = Arena.ofConfined()) {
            for (int slot = 0; slot < Limits.MAX_LISTENERS; slot++) {
                Optional<Prefix> range =
                        Optional.ofNullable(listeners.get(slot)).flatMap(ListenerConfig::range);
                if (range.equals(inForce.get(slot))) {
                    continue;
                }
                MemorySegment value = range.map(each -> new AddressRange(each.network(), each.bits()).write(arena))
                        .orElseGet(() -> AddressRange.none(arena));
                map.put(arena.allocateFrom(ValueLayout.JAVA_INT, slot), value);
                inForce.put(slot, range);
            }
        }
    }
}
