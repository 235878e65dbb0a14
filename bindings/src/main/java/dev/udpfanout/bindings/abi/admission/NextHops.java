package dev.udpfanout.bindings.abi.admission;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.generated.abi.uf_next_hops;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A value of the map REVERSE_PATH_ROUTES: {@code struct uf_next_hops}.
 *
 * @param interfaces by which a route with several next hops leads, each by the number of its group if it has one; empty
 *     for a route with one next hop; {@link Limits#MAX_NEXT_HOPS} at most
 */
public record NextHops(Set<Integer> interfaces) {
    /** How it is laid out. */
    public static final Codec<NextHops> CODEC = new Codec<>(uf_next_hops.layout(), NextHops::write, NextHops::read);

    /** What is said of a route with one next hop. */
    public static final NextHops SINGLE = new NextHops(Set.of());

    /** What fills the places that are not used; no interface has this index. */
    private static final int NONE = 0;

    public NextHops {
        if (interfaces.size() > Limits.MAX_NEXT_HOPS) {
            throw new IllegalArgumentException(interfaces.size() + " interfaces, " + Limits.MAX_NEXT_HOPS + " at most");
        }
        interfaces = Set.copyOf(interfaces);
    }

    /** The value in the map's layout. */
    public MemorySegment write(SegmentAllocator allocator) {
        MemorySegment value = uf_next_hops.allocate(allocator);
        MemorySegment indexes = uf_next_hops.interfaces(value);
        long place = 0;
        for (int ifindex : new TreeSet<>(interfaces)) {
            indexes.setAtIndex(ValueLayout.JAVA_INT, place++, ifindex);
        }
        return value;
    }

    /** The value that {@link #write} wrote. */
    public static NextHops read(MemorySegment value) {
        int[] all = uf_next_hops.interfaces(value).toArray(ValueLayout.JAVA_INT);
        return new NextHops(
                Arrays.stream(all).filter(ifindex -> ifindex != NONE).boxed().collect(Collectors.toSet()));
    }
}
