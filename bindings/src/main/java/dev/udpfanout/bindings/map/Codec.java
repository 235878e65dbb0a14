package dev.udpfanout.bindings.map;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * How a Java type is laid out as a key or a value.
 *
 * @param layout of the C type
 * @param writer makes a segment of that layout
 * @param reader reads what the writer wrote; keeps nothing of the segment
 */
public record Codec<T>(
        MemoryLayout layout, BiFunction<T, SegmentAllocator, MemorySegment> writer, Function<MemorySegment, T> reader) {
    /** A {@code __u32} in the host's byte order. */
    public static final Codec<Integer> U32 = new Codec<>(
            ValueLayout.JAVA_INT,
            (value, allocator) -> allocator.allocateFrom(ValueLayout.JAVA_INT, value),
            from -> from.get(ValueLayout.JAVA_INT, 0));

    /** A {@code __u64} in the host's byte order. */
    public static final Codec<Long> U64 = new Codec<>(
            ValueLayout.JAVA_LONG,
            (value, allocator) -> allocator.allocateFrom(ValueLayout.JAVA_LONG, value),
            from -> from.get(ValueLayout.JAVA_LONG, 0));

    /** What is in a set of keys: the {@code __u32} 1. */
    public static final Codec<Present> PRESENT = new Codec<>(
            ValueLayout.JAVA_INT,
            (value, allocator) -> allocator.allocateFrom(ValueLayout.JAVA_INT, 1),
            from -> Present.YES);

    /** The value of a map that is a set. */
    public enum Present {
        YES
    }

    /**
     * What is not read in Java.
     *
     * @param writer makes a segment of the layout
     */
    public static <T> Codec<T> writeOnly(MemoryLayout layout, BiFunction<T, SegmentAllocator, MemorySegment> writer) {
        return new Codec<>(layout, writer, from -> {
            throw new UnsupportedOperationException("this type is written into maps, not read from them");
        });
    }

    /** The bytes as they are, for entries that are too many to be an object each. */
    public static Codec<MemorySegment> raw(MemoryLayout layout) {
        return new Codec<>(
                layout, (value, allocator) -> allocator.allocate(layout).copyFrom(value), from -> copy(from, layout));
    }

    private static MemorySegment copy(MemorySegment from, MemoryLayout layout) {
        long[] words = new long[Math.toIntExact(Math.ceilDiv(layout.byteSize(), Long.BYTES))];
        return MemorySegment.ofArray(words).asSlice(0, layout.byteSize()).copyFrom(from);
    }

    /** How long it is. */
    public int bytes() {
        return Math.toIntExact(layout.byteSize());
    }

    MemorySegment write(T value, SegmentAllocator allocator) {
        return writer.apply(value, allocator);
    }

    T read(MemorySegment from) {
        return reader.apply(from);
    }

    /** A segment for several, one after the other. */
    MemorySegment allocate(SegmentAllocator allocator, int count) {
        return allocator.allocate((long) bytes() * count, Long.BYTES);
    }

    /** One of several. */
    MemorySegment slice(MemorySegment all, int index) {
        return all.asSlice((long) bytes() * index, bytes());
    }

    /** Writes one of several, whose memory is all zero. */
    void writeAt(MemorySegment all, int index, T value) {
        MemorySegment place = slice(all, index);
        MemorySegment written = write(value, SegmentAllocator.prefixAllocator(place));
        if (written.address() != place.address()) {
            place.copyFrom(written);
        }
    }
}
