package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.endpoint.EndpointCounterKey;
import dev.udpfanout.bindings.abi.flow.FlowEndpoints;
import dev.udpfanout.bindings.map.ArrayMap;
import dev.udpfanout.bindings.map.KeyedMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The map FLOW_ENDPOINTS: the endpoints that flows stay with, of the listeners with replies. */
final class StickyEndpoints {
    private static final Logger LOG = LoggerFactory.getLogger(StickyEndpoints.class);

    private final KeyedMap<EndpointCounterKey, MemorySegment> map;
    private final ArrayMap<Long> changes;
    private final Set<EndpointCounterKey> inForce;
    private boolean isFullReported;

    /**
     * Starts from what the map holds: an earlier daemon may have filled it.
     *
     * @param changes the map FLOW_CHANGES
     */
    StickyEndpoints(KeyedMap<EndpointCounterKey, MemorySegment> map, ArrayMap<Long> changes) {
        this.map = map;
        this.changes = changes;
        this.inForce = map.keys();
    }

    /**
     * Has flows of a listener stay with the endpoints of a table, and with no others from now on. To be called before
     * that table is put in place: what is not in it is then not used any more when its predecessor is not.
     */
    void set(int slot, MemorySegment table, int firstPlace) {
        try (Arena arena = Arena.ofConfined()) {
            put(slot, FlowEndpoints.of(arena, slot, table, firstPlace));
        } finally {
            FlowTable.forgetKnown(changes);
        }
    }

    private void put(int slot, Map<EndpointCounterKey, MemorySegment> wanted) {
        keepOnly(key -> key.slot() != slot || wanted.containsKey(key));
        for (Map.Entry<EndpointCounterKey, MemorySegment> entry : wanted.entrySet()) {
            if (!inForce.contains(entry.getKey()) && inForce.size() >= Limits.MAX_FLOW_ENDPOINTS) {
                reportFull();
                return;
            }
            map.put(entry.getKey(), entry.getValue());
            inForce.add(entry.getKey());
        }
    }

    /** Reads the map anew; whether it has the keys that it was left with. */
    boolean isIntact() {
        Set<EndpointCounterKey> found = map.keys();
        if (found.equals(inForce)) {
            return true;
        }
        inForce.clear();
        inForce.addAll(found);
        return false;
    }

    private void reportFull() {
        if (!isFullReported) {
            LOG.atWarn()
                    .addKeyValue("most", Limits.MAX_FLOW_ENDPOINTS)
                    .log("more endpoints of listeners with replies than flows can stay with;"
                            + " to those beyond, each datagram of a flow goes by the policy alone");
        }
        isFullReported = true;
    }

    /** Forgets those of all other listeners. */
    void retain(IntPredicate slots) {
        keepOnly(key -> slots.test(key.slot()));
    }

    private void keepOnly(Predicate<EndpointCounterKey> kept) {
        List<EndpointCounterKey> gone = inForce.stream().filter(kept.negate()).toList();
        if (gone.isEmpty()) {
            return;
        }
        map.removeAll(gone);
        gone.forEach(inForce::remove);
        FlowTable.forgetKnown(changes);
    }
}
