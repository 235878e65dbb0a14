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
enum TableLayout {
    /** For ENDPOINTS: endpoints in the order of their turns; one may have several. */
    TURNS(EndpointTable.FIRST_PLACE, EndpointTable::write),

    /** For HASH_TABLES: buckets, and the endpoints, whose order does not matter. */
    BUCKETS(HashedEndpoints.FIRST_PLACE, TableLayout::writeBuckets);

    private final int firstPlace;
    private final Writer writer;

    TableLayout(int firstPlace, Writer writer) {
        this.firstPlace = firstPlace;
        this.writer = writer;
    }

    private interface Writer {
        MemorySegment write(
                SegmentAllocator allocator,
                List<InetSocketAddress> endpoints,
                ToIntFunction<InetSocketAddress> counter,
                ToIntFunction<InetSocketAddress> peerIfindex,
                int generation);
    }

    private static MemorySegment writeBuckets(
            SegmentAllocator allocator,
            List<InetSocketAddress> endpoints,
            ToIntFunction<InetSocketAddress> counter,
            ToIntFunction<InetSocketAddress> peerIfindex,
            int generation) {
        HashTable table = HashTable.of(endpoints, Integer.numberOfTrailingZeros(HashedEndpoints.BUCKETS));
        return HashedEndpoints.write(allocator, table.endpoints(), table::owner, counter, peerIfindex, generation);
    }

    /** The index of the first element that is an endpoint. */
    int firstPlace() {
        return firstPlace;
    }

    /**
     * The elements, {@link EndpointTable#ELEMENT_BYTES} each.
     *
     * @param counter the index into ENDPOINT_STATS of each endpoint
     * @param peerIfindex the key in PEERS of what each is behind; 0 for one to which datagrams go by the next hop
     * @param generation for people who look at the map
     */
    MemorySegment write(
            SegmentAllocator allocator,
            List<InetSocketAddress> endpoints,
            ToIntFunction<InetSocketAddress> counter,
            ToIntFunction<InetSocketAddress> peerIfindex,
            int generation) {
        return writer.write(allocator, endpoints, counter, peerIfindex, generation);
    }
}
