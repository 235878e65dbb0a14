package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.listener.AddressRange;
import dev.udpfanout.bindings.map.ArrayMap;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Prefix;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The map LISTENER_RANGES: which addresses each listener takes beside its own. */
final class ListenerRanges {
    private final ArrayMap<Optional<AddressRange>> map;
    private final int length;
    /** By slot. What an earlier daemon has left is not read: it is written anew, the same in most cases. */
    private final Map<Integer, Optional<Prefix>> inForce = new HashMap<>();

    ListenerRanges(ArrayMap<Optional<AddressRange>> map) {
        this.map = map;
        this.length = map.length();
    }

    /** Makes the map hold the ranges of these listeners, and no others. */
    void set(Map<Integer, ListenerConfig> listeners) {
        for (int slot = 0; slot < length; slot++) {
            Optional<Prefix> range = Optional.ofNullable(listeners.get(slot)).flatMap(ListenerConfig::range);
            if (!range.equals(inForce.get(slot))) {
                map.put(slot, range.map(ListenerRanges::element));
                inForce.put(slot, range);
            }
        }
    }

    /** Writes all ranges again, in case somebody else has written to the map: it cannot be read as ranges. */
    void rewrite() {
        inForce.forEach((slot, range) -> range.ifPresent(each -> map.put(slot, Optional.of(element(each)))));
    }

    private static AddressRange element(Prefix range) {
        return new AddressRange(range.network(), range.bits());
    }
}
