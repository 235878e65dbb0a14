package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.endpoint.EndpointCounterKey;
import dev.udpfanout.bindings.abi.flow.FlowEndpoints;
import dev.udpfanout.bindings.libbpf.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The map FLOW_ENDPOINTS: the endpoints that flows stay with, of the listeners with replies. */
final class StickyEndpoints {
    private static final Logger LOG = LoggerFactory.getLogger(StickyEndpoints.class);

    private final BpfMap map;
    private final Set<EndpointCounterKey> inForce = new HashSet<>();
    private boolean isFullReported;

    /** Starts from what the map holds: an earlier daemon may have filled it. */
    StickyEndpoints(BpfMap map) {
        this.map = map;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(FlowEndpoints.KEY_BYTES, Integer.BYTES);
            for (boolean more = map.nextKey(MemorySegment.NULL, key); more; more = map.nextKey(key, key)) {
                inForce.add(EndpointCounterKey.read(key));
            }
        }
    }

    /**
     * Has flows of a listener stay with the endpoints of a table, and with no others from now on. To be called before
     * that table is put in place: what is not in it is then not used any more when its predecessor is not.
     */
    void set(int slot, MemorySegment table, int firstPlace) {
        try (Arena arena = Arena.ofConfined()) {
            Map<EndpointCounterKey, MemorySegment> wanted = FlowEndpoints.of(arena, slot, table, firstPlace);
            keepOnly(arena, key -> key.slot() != slot || wanted.containsKey(key));
            for (Map.Entry<EndpointCounterKey, MemorySegment> entry : wanted.entrySet()) {
                if (!inForce.contains(entry.getKey()) && inForce.size() >= Limits.MAX_FLOW_ENDPOINTS) {
                    reportFull();
                    return;
                }
                map.put(entry.getKey().write(arena), entry.getValue());
                inForce.add(entry.getKey());
            }
        }
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
        try (Arena arena = Arena.ofConfined()) {
            keepOnly(arena, key -> slots.test(key.slot()));
        }
    }

    private void keepOnly(Arena arena, Predicate<EndpointCounterKey> kept) {
        for (EndpointCounterKey key : Set.copyOf(inForce)) {
            if (!kept.test(key)) {
                map.remove(key.write(arena));
                inForce.remove(key);
            }
        }
    }
}
