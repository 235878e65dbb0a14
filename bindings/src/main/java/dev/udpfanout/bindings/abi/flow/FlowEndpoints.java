package dev.udpfanout.bindings.abi.flow;

import dev.udpfanout.bindings.abi.MappedAddress;
import dev.udpfanout.bindings.abi.endpoint.EndpointCounterKey;
import dev.udpfanout.bindings.abi.endpoint.EndpointTable;
import dev.udpfanout.bindings.abi.endpoint.HashedEndpoints;
import dev.udpfanout.bindings.generated.abi.uf_endpoint;
import dev.udpfanout.bindings.generated.abi.uf_endpoint_counter_key;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The map FLOW_ENDPOINTS: what flows stay with. Its values are the elements of an endpoint table, each with its place
 * there.
 */
public final class FlowEndpoints {
    public static final long KEY_BYTES = EndpointCounterKey.BYTES;
    public static final long VALUE_BYTES = EndpointTable.ELEMENT_BYTES;

    private FlowEndpoints() {}

    /**
     * The entries for the endpoints of a table.
     *
     * @param table as {@link EndpointTable#write} or {@link HashedEndpoints#write} wrote it
     * @param firstPlace of its elements that are endpoints
     * @return by key; an endpoint that has several turns is there once
     */
    public static Map<EndpointCounterKey, MemorySegment> of(
            SegmentAllocator allocator, int slot, MemorySegment table, int firstPlace) {
        Map<EndpointCounterKey, MemorySegment> entries = new LinkedHashMap<>();
        long elements = table.byteSize() / VALUE_BYTES;
        MemorySegment key = uf_endpoint_counter_key.allocate(allocator);
        for (int place = firstPlace; place < elements; place++) {
            MemorySegment element = table.asSlice(place * VALUE_BYTES, VALUE_BYTES);
            uf_endpoint_counter_key.slot(key, slot);
            uf_endpoint_counter_key.port(key, uf_endpoint.port(element));
            uf_endpoint_counter_key.family(key, (short) (MappedAddress.isIpv4(uf_endpoint.address(element)) ? 4 : 6));
            MemorySegment.copy(
                    uf_endpoint.address(element), 0, uf_endpoint_counter_key.address(key), 0, MappedAddress.BYTES);
            EndpointCounterKey whose = EndpointCounterKey.read(key);
            if (!entries.containsKey(whose)) {
                MemorySegment value = uf_endpoint.allocate(allocator).copyFrom(element);
                uf_endpoint.position(value, place);
                entries.put(whose, value);
            }
        }
        return entries;
    }
}
