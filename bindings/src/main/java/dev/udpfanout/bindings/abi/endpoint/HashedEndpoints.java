package dev.udpfanout.bindings.abi.endpoint;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.generated.abi.Abi;
import dev.udpfanout.bindings.generated.abi.uf_endpoint;
import dev.udpfanout.bindings.generated.abi.uf_hash_row;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.ToIntFunction;

/** A table of HASH_TABLES as one map's elements: the header, whose each bucket is, then the endpoints. */
public final class HashedEndpoints {
    /** Buckets of a table; a power of two. */
    public static final int BUCKETS = 1 << Abi.UF_HASH_BITS();

    /** The place of the first endpoint. */
    public static final int FIRST_PLACE = 1 + Abi.UF_HASH_ROWS();

    private HashedEndpoints() {}

    /**
     * The elements of a table, one after the other; of one without endpoints, the header alone.
     *
     * @param endpoints at most {@link Limits#MAX_HASHED_ENDPOINTS}, resolved, none twice
     * @param ownerOf whose a bucket is, from 0, in the endpoints' order
     * @param counter the index into ENDPOINT_STATS of each; 0 for one that is not counted
     * @param peerIfindex the key in PEERS of what each is behind; 0 for one to which datagrams go by the next hop
     * @param generation for people who look at the map
     */
    public static MemorySegment write(
            SegmentAllocator allocator,
            List<InetSocketAddress> endpoints,
            IntUnaryOperator ownerOf,
            ToIntFunction<InetSocketAddress> counter,
            ToIntFunction<InetSocketAddress> peerIfindex,
            int generation) {
        if (endpoints.size() > Limits.MAX_HASHED_ENDPOINTS) {
            throw new IllegalArgumentException(
                    endpoints.size() + " endpoints; a hash table holds at most " + Limits.MAX_HASHED_ENDPOINTS);
        }
        // With its header, a table of the other kind is the end of this one.
        MemorySegment plain = EndpointTable.write(allocator, endpoints, counter, peerIfindex, generation);
        if (endpoints.isEmpty()) {
            return plain;
        }
        long rows = Abi.UF_HASH_ROWS();
        MemorySegment table = uf_endpoint.allocateArray(1 + rows + endpoints.size(), allocator);
        long headerBytes = EndpointTable.ELEMENT_BYTES;
        MemorySegment.copy(plain, 0, table, 0, headerBytes);
        MemorySegment.copy(plain, headerBytes, table, headerBytes + rows * headerBytes, plain.byteSize() - headerBytes);
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            long row = EndpointTable.ELEMENT_BYTES * (1L + bucket / Abi.UF_HASH_ROW_BUCKETS());
            long at = row + uf_hash_row.endpoints$offset() + (long) Short.BYTES * (bucket % Abi.UF_HASH_ROW_BUCKETS());
            table.set(ValueLayout.JAVA_SHORT, at, (short) (1 + ownerOf.applyAsInt(bucket)));
        }
        return table;
    }
}
