package dev.udpfanout.bindings.abi.listener;

import dev.udpfanout.bindings.generated.abi.uf_listener_name;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * A value of the map LISTENER_NAMES: whose a slot is.
 *
 * @param name at most {@link #MAX_BYTES} bytes of UTF-8; empty if the slot is free
 */
public record ListenerName(String name) {
    /** How it is laid out. */
    public static final Codec<ListenerName> CODEC =
            new Codec<>(uf_listener_name.layout(), ListenerName::write, ListenerName::read);

    public static final long BYTES = uf_listener_name.sizeof();
    /** One less than the field: a zero ends it. */
    public static final int MAX_BYTES = (int) BYTES - 1;

    public static final ListenerName NONE = new ListenerName("");

    /** @throws IllegalArgumentException if the name is too long */
    public ListenerName {
        if (name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw new IllegalArgumentException("a listener's name has at most " + MAX_BYTES + " bytes: " + name);
        }
    }

    /** The value in the map's layout. */
    public MemorySegment write(SegmentAllocator allocator) {
        MemorySegment value = uf_listener_name.allocate(allocator);
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        MemorySegment.copy(bytes, 0, value, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return value;
    }

    /** The value that {@link #write} wrote. */
    public static ListenerName read(MemorySegment value) {
        return new ListenerName(value.getString(0));
    }
}
