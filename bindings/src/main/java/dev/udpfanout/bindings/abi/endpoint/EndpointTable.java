package dev.udpfanout.bindings.abi.endpoint;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.MappedAddress;
import dev.udpfanout.bindings.abi.NetworkOrder;
import dev.udpfanout.bindings.generated.abi.uf_endpoint;
import dev.udpfanout.bindings.generated.abi.uf_endpoint_table_header;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.ToIntFunction;

/** A table of endpoints as one map's elements: the header, then the endpoints. */
public final class EndpointTable {
    /** An element, header or endpoint. */
    public static final Codec<MemorySegment> ELEMENT_CODEC = Codec.raw(uf_endpoint.layout());

    /** Bytes of an element, header or endpoint. */
    public static final int ELEMENT_BYTES = (int) uf_endpoint.sizeof();

    /** The place of the first endpoint. */
    public static final int FIRST_PLACE = 1;

    private EndpointTable() {}

    /** How many endpoints a table has, by its element 0. */
    public static int count(MemorySegment header) {
        return uf_endpoint_table_header.count(header);
    }

    /** The endpoint that an element of a table is. */
    public static InetSocketAddress read(MemorySegment element) {
        MemorySegment address = uf_endpoint.address(element);
        return new InetSocketAddress(
                MappedAddress.read(address, MappedAddress.isIpv4(address) ? 4 : 6),
                Short.toUnsignedInt(NetworkOrder.swapped(uf_endpoint.port(element))));
    }

    /** The elements of a table as below, to all of whose endpoints datagrams go by the next hop. */
    public static MemorySegment write(
            SegmentAllocator allocator,
            List<InetSocketAddress> endpoints,
            ToIntFunction<InetSocketAddress> counter,
            int generation) {
        return write(allocator, endpoints, counter, endpoint -> 0, generation);
    }

    /**
     * The elements of a table, one after the other.
     *
     * @param endpoints at most {@link Limits#MAX_ENDPOINTS_PER_LISTENER}, resolved; one that stands there several times
     *     has as many turns of each round
     * @param counter the index into ENDPOINT_STATS of each; 0 for one that is not counted
     * @param peerIfindex the key in PEERS of what each is behind; 0 for one to which datagrams go by the next hop
     * @param generation for people who look at the map
     * @return {@code endpoints.size() + 1} elements
     */
    public static MemorySegment write(
            SegmentAllocator allocator,
            List<InetSocketAddress> endpoints,
            ToIntFunction<InetSocketAddress> counter,
            ToIntFunction<InetSocketAddress> peerIfindex,
            int generation) {
        if (endpoints.size() > Limits.MAX_ENDPOINTS_PER_LISTENER) {
            throw new IllegalArgumentException(
                    endpoints.size() + " endpoints; a table holds at most " + Limits.MAX_ENDPOINTS_PER_LISTENER);
        }
        MemorySegment table = uf_endpoint.allocateArray(endpoints.size() + 1L, allocator);
        uf_endpoint_table_header.count(table, endpoints.size());
        uf_endpoint_table_header.generation(table, generation);
        long index = 1;
        for (InetSocketAddress endpoint : endpoints) {
            MemorySegment element = uf_endpoint.asSlice(table, index++);
            MappedAddress.write(endpoint.getAddress(), uf_endpoint.address(element));
            uf_endpoint.port(element, NetworkOrder.swapped(endpoint.getPort()));
            uf_endpoint.table_count(element, endpoints.size());
            uf_endpoint.counter(element, counter.applyAsInt(endpoint));
            uf_endpoint.peer_ifindex(element, peerIfindex.applyAsInt(endpoint));
        }
        writeOthers(table, endpoints);
        return table;
    }

    /**
     * Notes for each endpoint which one gets what it sends itself: the next in the table's order at another address.
     */
    private static void writeOthers(MemorySegment table, List<InetSocketAddress> endpoints) {
        int count = endpoints.size();
        InetAddress[] addresses =
                endpoints.stream().map(InetSocketAddress::getAddress).toArray(InetAddress[]::new);
        int other = -1;
        // Backwards and twice, since the last one's next is the first.
        for (int turn = 2 * count - 1; turn >= 0; turn--) {
            int number = turn % count;
            int next = (number + 1) % count;
            if (!addresses[next].equals(addresses[number])) {
                other = next;
            }
            uf_endpoint.other(uf_endpoint.asSlice(table, 1L + number), (short) (other < 0 ? number : other));
        }
    }
}
