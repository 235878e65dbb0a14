package dev.udpfanout.bindings.map;

import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.MapShape;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A map of the kernel program, as Java knows it.
 *
 * @param name in C
 * @param entry what an entry is; empty if Java does not look into the map
 * @param isCarriedOver whether a program with another layout is likely to have the very same map
 * @param typed the map with Java's types, and with what an earlier, shorter one has counted
 */
public record MapDeclaration<M>(
        String name, Optional<Entry> entry, boolean isCarriedOver, BiFunction<BpfMap, Optional<BpfMap>, M> typed) {
    /**
     * What an entry is.
     *
     * @param keyBytes the size of a key
     * @param valueBytes the size of a value, on each CPU where there is one for each
     */
    public record Entry(int keyBytes, int valueBytes) {}

    /** A hash, or another map with keys. */
    public static <K, V> MapDeclaration<KeyedMap<K, V>> keyed(String name, Codec<K> keys, Codec<V> values) {
        return of(name, new Entry(keys.bytes(), values.bytes()), map -> new KeyedMap<>(map, keys, values));
    }

    /** An array. */
    public static <V> MapDeclaration<ArrayMap<V>> array(String name, Codec<V> values) {
        return of(name, element(values.layout()), map -> new ArrayMap<>(map, values));
    }

    /** An array with an element for each CPU. */
    public static <V> MapDeclaration<PerCpuArrayMap<V>> perCpuArray(
            String name, MemoryLayout value, PerCpuArrayMap.SumOverCpus<V> sum) {
        Optional<Entry> entry = Optional.of(element(value));
        return new MapDeclaration<>(name, entry, false, (map, before) -> new PerCpuArrayMap<>(map, before, value, sum));
    }

    /** An array of maps. */
    public static MapDeclaration<ArrayOfMaps> arrayOfMaps(String name) {
        return of(name, element(ValueLayout.JAVA_INT), ArrayOfMaps::new);
    }

    /** A map that is the program's own affair, though it outlives the process as the others do. */
    public static MapDeclaration<BpfMap> ofProgram(String name) {
        return new MapDeclaration<>(name, Optional.empty(), false, (map, before) -> map);
    }

    private static <M> MapDeclaration<M> of(String name, Entry entry, Function<BpfMap, M> typed) {
        return new MapDeclaration<>(name, Optional.of(entry), false, (map, before) -> typed.apply(map));
    }

    private static Entry element(MemoryLayout value) {
        return new Entry(Integer.BYTES, Math.toIntExact(value.byteSize()));
    }

    /** The same map, as one that goes over to a program with another layout. */
    public MapDeclaration<M> carriedOver() {
        return new MapDeclaration<>(name, entry, true, typed);
    }

    /**
     * The map with its types.
     *
     * @throws IllegalArgumentException if its entries have other sizes: the kernel would write past what Java has
     *     allocated
     */
    public M open(BpfMap map) {
        return open(map, Optional.empty());
    }

    /**
     * As above, where a shorter map of the same entries has counted before: what it holds is added. Of no account to
     * maps that count nothing.
     */
    public M open(BpfMap map, Optional<BpfMap> before) {
        before.ifPresent(this::checkEntries);
        checkEntries(map);
        return typed.apply(map, before);
    }

    private void checkEntries(BpfMap map) {
        MapShape shape = map.shape();
        Entry found = new Entry(shape.keyBytes(), shape.valueBytes());
        entry.filter(expected -> !expected.equals(found)).ifPresent(expected -> {
            throw new IllegalArgumentException("map " + name + " has " + found + ", not " + expected);
        });
    }
}
