package dev.udpfanout.bindings.abi.listener;

import dev.udpfanout.bindings.generated.abi.uf_mirror;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * A value of the map MIRRORS: who gets copies of a listener's datagrams.
 *
 * @param slot of the set that gets them
 * @param every of how many datagrams one is copied; 0 for none
 */
public record MirrorEntry(int slot, int every) {
    /** How it is laid out. */
    public static final Codec<MirrorEntry> CODEC =
            new Codec<>(uf_mirror.layout(), MirrorEntry::write, MirrorEntry::read);

    /** Nobody gets any. */
    public static final MirrorEntry NONE = new MirrorEntry(0, 0);

    /** How long a value is. */
    public static final long BYTES = uf_mirror.sizeof();

    /** The value in the map's layout. */
    public MemorySegment write(SegmentAllocator allocator) {
        MemorySegment value = uf_mirror.allocate(allocator);
        uf_mirror.slot(value, slot);
        uf_mirror.every(value, every);
        return value;
    }

    /** The value that {@link #write} wrote. */
    public static MirrorEntry read(MemorySegment value) {
        return new MirrorEntry(uf_mirror.slot(value), uf_mirror.every(value));
    }
}
