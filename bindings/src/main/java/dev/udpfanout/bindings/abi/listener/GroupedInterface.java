package dev.udpfanout.bindings.abi.listener;

import dev.udpfanout.bindings.generated.abi.uf_grouped_interface;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * A value of the map INTERFACE_GROUPS: {@code struct uf_grouped_interface}.
 *
 * @param group stands in keys of LISTENERS for the interface; with {@code Limits.INTERFACE_GROUP}
 * @param bridgeIfindex of the bridge that the interface is a port of; 0 if it is none
 */
public record GroupedInterface(int group, int bridgeIfindex) {
    /** How it is laid out. */
    public static final Codec<GroupedInterface> CODEC =
            new Codec<>(uf_grouped_interface.layout(), GroupedInterface::write, GroupedInterface::read);

    /** The value in the map's layout. */
    public MemorySegment write(SegmentAllocator allocator) {
        MemorySegment value = uf_grouped_interface.allocate(allocator);
        uf_grouped_interface.group(value, group);
        uf_grouped_interface.bridge(value, bridgeIfindex);
        return value;
    }

    /** The value that {@link #write} wrote. */
    public static GroupedInterface read(MemorySegment value) {
        return new GroupedInterface(uf_grouped_interface.group(value), uf_grouped_interface.bridge(value));
    }
}
