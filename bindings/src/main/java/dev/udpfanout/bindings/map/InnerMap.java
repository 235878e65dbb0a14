package dev.udpfanout.bindings.map;

import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.MapType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A map that is made at run time, to stand in an {@link ArrayOfMaps}. Closing it lets go of it; the kernel keeps it
 * while it stands there.
 */
public final class InnerMap implements AutoCloseable {
    private final BpfMap map;

    private InnerMap(BpfMap map) {
        this.map = map;
    }

    /**
     * Makes an array, of whatever length the template of the array of maps has.
     *
     * @param name at most 15 bytes
     * @param elementBytes of each element
     * @param elements at least 1
     */
    public static InnerMap array(String name, int elementBytes, int elements) {
        return new InnerMap(BpfMap.createInnerArray(name, elementBytes, elements));
    }

    /**
     * Makes a hash that refuses a further entry when it is full. Its memory is taken at once.
     *
     * @param name at most 15 bytes
     * @param entries how many it holds
     */
    public static InnerMap hash(String name, Codec<?> keys, Codec<?> values, int entries) {
        return new InnerMap(BpfMap.create(MapType.HASH, name, keys.bytes(), values.bytes(), entries));
    }

    /**
     * As {@link #hash}, but it takes memory only for the entries that it has (BPF_F_NO_PREALLOC).
     *
     * @param name at most 15 bytes
     */
    public static InnerMap growingHash(String name, Codec<?> keys, Codec<?> values, int entries) {
        return new InnerMap(BpfMap.createGrowingHash(name, keys.bytes(), values.bytes(), entries));
    }

    /** One that was pinned; empty if nothing is pinned there. */
    public static Optional<InnerMap> openPinned(Path path) {
        return BpfMap.openPinned(path).map(InnerMap::new);
    }

    /** The one with this number, if it is what was pinned there; empty if nothing is, or another map. */
    public static Optional<InnerMap> openPinned(Path path, int id) {
        Optional<InnerMap> pinned = openPinned(path);
        if (pinned.isPresent() && pinned.get().id() != id) {
            pinned.get().close();
            return Optional.empty();
        }
        return pinned;
    }

    /** Keeps it in the kernel under this name until the file is removed: bpffs. */
    public void pin(Path path) {
        map.pin(path);
    }

    int fd() {
        return map.fd();
    }

    /** The kernel's number for it: what {@link ArrayOfMaps#idAt} gives. */
    public int id() {
        return map.id();
    }

    /** The most elements or entries that it holds. */
    public int maxEntries() {
        return map.shape().maxEntries();
    }

    /** Its elements, if it is an array. */
    public <V> ArrayMap<V> elements(Codec<V> values) {
        return new ArrayMap<>(map, values);
    }

    /** Its entries, if it is a hash. */
    public <K, V> KeyedMap<K, V> keyed(Codec<K> keys, Codec<V> values) {
        return new KeyedMap<>(map, keys, values);
    }

    /**
     * Sets elements 0..count-1, if it is an array, in one system call where the kernel has that.
     *
     * @param elements count elements, one after the other
     */
    public void fill(MemorySegment elements, int count) {
        ArrayBatch.put(map, elements, count);
    }

    /**
     * A checksum of all that it holds, if it is an array, to compare with {@link #checksum(MemorySegment)}.
     *
     * @param elementBytes of each element
     */
    public long checksum(int elementBytes) {
        return ArrayBatch.checksum(map, elementBytes);
    }

    /** The checksum of an array that holds just these elements. */
    public static long checksum(MemorySegment elements) {
        return ArrayBatch.checksum(elements);
    }

    @Override
    public void close() {
        map.close();
    }
}
