package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.endpoint.EndpointTable;
import dev.udpfanout.bindings.abi.endpoint.HashedEndpoints;
import dev.udpfanout.loader.control.HashTable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.ToIntFunction;

/** How a listener's endpoints are written as the elements of one map. */
interface TableLayout {
    /** For ENDPOINTS: endpoints in the order of their turns; one may have several. */
    TableLayout TURNS = new TableLayout() {
        @Override
        public int firstPlace() {
            return EndpointTable.FIRST_PLACE;
        }

        @Override
        public MemorySegment write(
                SegmentAllocator allocator,
                List<InetSocketAddress> endpoints,
                ToIntFunction<InetSocketAddress> counter,
                ToIntFunction<InetSocketAddress> peerIfindex,
                int generation) {
            return EndpointTable.write(allocator, endpoints, counter, peerIfindex, generation);
        }
    };

    /** For HASH_TABLES: buckets, and the endpoints, whose order does not matter. */
    TableLayout BUCKETS = new TableLayout() {
        @Override
        public int firstPlace() {
            return HashedEndpoints.FIRST_PLACE;
        }

        @Override
        public MemorySegment write(
                SegmentAllocator allocator,
                List<InetSocketAddress> endpoints,
                ToIntFunction<InetSocketAddress> counter,
                ToIntFunction<InetSocketAddress> peerIfindex,
                int generation) {
            HashTable table = HashTable.of(endpoints, Integer.numberOfTrailingZeros(HashedEndpoints.BUCKETS));
            return HashedEndpoints.write(allocator, table.endpoints(), table::owner, counter, peerIfindex, generation);
        }
    };

    /** The place of the first endpoint; the others come behind. */
    int firstPlace();

    /**
     * The elements, {@link EndpointTable#ELEMENT_BYTES} each.
     *
     * @param counter the index into ENDPOINT_PACKETS of each endpoint
     * @param peerIfindex the key in PEERS of what each is behind; 0 for one to which datagrams go by the next hop
     * @param generation for people who look at the map
     */
    MemorySegment write(
            SegmentAllocator allocator,
            List<InetSocketAddress> endpoints,
            ToIntFunction<InetSocketAddress> counter,
            ToIntFunction<InetSocketAddress> peerIfindex,
            int generation);
}
