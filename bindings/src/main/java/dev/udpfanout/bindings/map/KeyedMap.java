package dev.udpfanout.bindings.map;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.MapBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A map of keys to values: a hash, a trie of prefixes, a map of devices. Errors name the map and the key. Many entries
 * go in one system call where the kernel has that for the kind of map, else one by one. Any thread.
 */
public final class KeyedMap<K, V> {
    /** Entries in one system call; no bucket of a hash comes near. */
    private static final int AT_ONCE = 4096;

    private final BpfMap map;
    private final Codec<K> keys;
    private final Codec<V> values;

    /** @param map its keys and values are as long as the codecs' */
    public KeyedMap(BpfMap map, Codec<K> keys, Codec<V> values) {
        this.map = map;
        this.keys = keys;
        this.values = values;
    }

    /** What it is called in errors. */
    public String name() {
        return map.name();
    }

    /** The most entries that it holds. */
    public int capacity() {
        return map.shape().maxEntries();
    }

    /** A key's value; empty if the key is not there. */
    public Optional<V> get(K key) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = values.allocate(arena, 1);
            return map.get(keys.write(key, arena), value, key) ? Optional.of(values.read(value)) : Optional.empty();
        }
    }

    /** Sets a key's value, whether or not the key was there. */
    public void put(K key, V value) {
        try (Arena arena = Arena.ofConfined()) {
            map.put(keys.write(key, arena), values.write(value, arena), key);
        }
    }

    /**
     * Removes a key.
     *
     * @return false if it was not there
     */
    public boolean remove(K key) {
        try (Arena arena = Arena.ofConfined()) {
            return map.remove(keys.write(key, arena), key);
        }
    }

    /** All keys, as they were while this read them: what is done with the map afterwards does not disturb. */
    public Set<K> keys() {
        Set<K> all = new LinkedHashSet<>();
        scan((key, value) -> all.add(keys.read(key)));
        return all;
    }

    /** All entries, as {@link #keys}. */
    public Map<K, V> entries() {
        Map<K, V> all = new HashMap<>();
        scan((key, value) -> all.put(keys.read(key), values.read(value)));
        return all;
    }

    /** Is given an entry of a map. */
    @FunctionalInterface
    public interface EntryReader {
        /**
         * Reads it; may remove it, or any other, from the map.
         *
         * @param key not to be kept
         * @param value not to be kept
         */
        void read(MemorySegment key, MemorySegment value);
    }

    /**
     * Reads all entries, without counting that as their use. What changes meanwhile may be seen or not.
     *
     * @throws IllegalStateException if keys go faster than they can be read one by one
     */
    public void scan(EntryReader reader) {
        scanSome((someKeys, someValues) -> {
            int count = Math.toIntExact(someKeys.byteSize() / keys.bytes());
            for (int i = 0; i < count; i++) {
                reader.read(keys.slice(someKeys, i), values.slice(someValues, i));
            }
        });
    }

    /** What the map holds, as {@link #entries} but not decoded. */
    MapImage image() {
        MapImage image = new MapImage();
        scanSome(image::append);
        return image;
    }

    /** Whether the map holds what it did when the image was made. False also if it tells the same in another order. */
    boolean is(MapImage image) {
        MapImage.Comparison comparison = image.new Comparison();
        scanSome(comparison::next);
        return comparison.isSame();
    }

    /** The entries of an image. */
    Map<K, V> entries(MapImage image) {
        Map<K, V> all = new HashMap<>();
        image.forEach(keys.bytes(), values.bytes(), (key, value) -> all.put(keys.read(key), values.read(value)));
        return all;
    }

    /** Reads all entries, several at a time: keys one after the other, and their values. */
    private void scanSome(BiConsumer<MemorySegment, MemorySegment> reader) {
        int most = Math.min(AT_ONCE, capacity());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment position = arena.allocate(Math.max(Long.BYTES, keys.bytes()), Long.BYTES);
            MemorySegment someKeys = keys.allocate(arena, most);
            MemorySegment someValues = values.allocate(arena, most);
            MemorySegment from = MemorySegment.NULL;
            boolean more = true;
            while (more) {
                MapBatch.Outcome outcome = MapBatch.lookup(map, from, position, someKeys, someValues, most);
                if (outcome.isUnsupported()) {
                    scanOneByOne(reader::accept, arena);
                    return;
                }
                more = outcome.isComplete();
                if (!more && !outcome.errno().equals(Errno.ENOENT)) {
                    throw outcome.failure(map.name(), "from the start on");
                }
                reader.accept(
                        someKeys.asSlice(0, (long) keys.bytes() * outcome.done()),
                        someValues.asSlice(0, (long) values.bytes() * outcome.done()));
                from = position;
            }
        }
    }

    /**
     * The keys first, then their values: the kernel would begin anew after a key that is gone (bpf(2),
     * BPF_MAP_GET_NEXT_KEY).
     */
    private void scanOneByOne(EntryReader reader, Arena arena) {
        MemorySegment value = values.allocate(arena, 1);
        for (K key : snapshotOfKeys(arena)) {
            MemorySegment written = keys.write(key, arena);
            if (map.get(written, value, key)) {
                reader.read(written, value);
            }
        }
    }

    private Set<K> snapshotOfKeys(Arena arena) {
        Set<K> seen = new LinkedHashSet<>();
        MemorySegment key = keys.allocate(arena, 1);
        long steps = 0;
        long bound = 2L * capacity();
        for (boolean more = map.nextKey(MemorySegment.NULL, key); more; more = map.nextKey(key, key)) {
            if (++steps > bound) {
                throw new IllegalStateException("keys of " + name() + " go faster than they can be read");
            }
            seen.add(keys.read(key));
        }
        return seen;
    }

    /**
     * Sets keys to values.
     *
     * @throws dev.udpfanout.bindings.errno.SystemCallException for the first that the kernel refuses; those before it
     *     are set
     */
    public void putAll(Map<K, V> entries) {
        putAll(List.copyOf(entries.entrySet()), (key, value) -> {});
    }

    /** As above, and tells of each entry that is set. */
    void putAll(List<Map.Entry<K, V>> entries, BiConsumer<K, V> done) {
        if (entries.isEmpty()) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment allKeys = keys.allocate(arena, entries.size());
            MemorySegment allValues = values.allocate(arena, entries.size());
            for (int i = 0; i < entries.size(); i++) {
                keys.writeAt(allKeys, i, entries.get(i).getKey());
                values.writeAt(allValues, i, entries.get(i).getValue());
            }
            MapBatch.Outcome outcome = MapBatch.update(map, allKeys, allValues, entries.size());
            if (outcome.isUnsupported()) {
                for (Map.Entry<K, V> entry : entries) {
                    put(entry.getKey(), entry.getValue());
                    done.accept(entry.getKey(), entry.getValue());
                }
                return;
            }
            entries.subList(0, outcome.done()).forEach(entry -> done.accept(entry.getKey(), entry.getValue()));
            if (!outcome.isComplete()) {
                throw outcome.failure(name(), entries.get(outcome.done()).getKey());
            }
        }
    }

    /**
     * Removes keys, whether or not they are there.
     *
     * @throws dev.udpfanout.bindings.errno.SystemCallException for the first that the kernel refuses; those before it
     *     are gone
     */
    public void removeAll(Collection<K> gone) {
        removeAll(List.copyOf(gone), key -> {});
    }

    /** As above, and tells of each key that is gone. */
    void removeAll(List<K> gone, Consumer<K> done) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = keys.allocate(arena, gone.size());
            for (int i = 0; i < gone.size(); i++) {
                keys.writeAt(all, i, gone.get(i));
            }
            int next = 0;
            while (next < gone.size()) {
                long offset = (long) keys.bytes() * next;
                MapBatch.Outcome outcome = MapBatch.delete(map, all.asSlice(offset), gone.size() - next);
                if (outcome.isUnsupported()) {
                    gone.forEach(key -> {
                        remove(key);
                        done.accept(key);
                    });
                    return;
                }
                gone.subList(next, next + outcome.done()).forEach(done);
                next += outcome.done();
                if (!outcome.isComplete()) {
                    if (!outcome.errno().equals(Errno.ENOENT)) {
                        throw outcome.failure(name(), gone.get(next));
                    }
                    done.accept(gone.get(next++));
                }
            }
        }
    }
}
