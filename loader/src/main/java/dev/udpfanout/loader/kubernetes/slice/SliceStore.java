package dev.udpfanout.loader.kubernetes.slice;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The slices that a watch has seen, in as little memory as they take: without fields that nobody reads, and, of a
 * Service with too many endpoints, only the first slices by name. All nodes keep the same ones. Of the others it knows
 * how many endpoints they have. Any thread may use it.
 *
 * @param <T> slices of a version of the API
 */
final class SliceStore<T extends HasMetadata> implements ItemStore<T> {
    private final int mostEndpoints;
    private final ToIntFunction<T> size;
    private final UnaryOperator<T> trim;
    private final TreeMap<String, T> kept = new TreeMap<>();
    /** By key, the number of endpoints. */
    private final Map<String, Integer> leftOut = new HashMap<>();

    private int keptEndpoints;

    /**
     * @param mostEndpoints slices are kept until they have as many
     * @param size how many endpoints a slice has
     * @param trim takes what nobody reads out of a slice
     */
    SliceStore(int mostEndpoints, ToIntFunction<T> size, UnaryOperator<T> trim) {
        this.mostEndpoints = mostEndpoints;
        this.size = size;
        this.trim = trim;
    }

    /** How many endpoints are in slices that are not kept. */
    synchronized int leftOutEndpoints() {
        return leftOut.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Whether there is room for slices that were not kept: only a new list has them. */
    synchronized boolean isOutdated() {
        return keptEndpoints < mostEndpoints && !leftOut.isEmpty();
    }

    @Override
    public String getKey(T slice) {
        return Cache.metaNamespaceKeyFunc(slice);
    }

    @Override
    public synchronized T put(String key, T slice) {
        T before = kept.get(key);
        if (isBeyond(key)) {
            leftOut.put(key, size.applyAsInt(slice));
            return before;
        }
        leftOut.remove(key);
        kept.put(key, trim.apply(slice));
        keptEndpoints += size.applyAsInt(slice) - (before == null ? 0 : size.applyAsInt(before));
        while (keptEndpoints - size.applyAsInt(kept.lastEntry().getValue()) >= mostEndpoints) {
            Map.Entry<String, T> last = kept.pollLastEntry();
            int endpoints = size.applyAsInt(last.getValue());
            keptEndpoints -= endpoints;
            leftOut.put(last.getKey(), endpoints);
        }
        return before;
    }

    private boolean isBeyond(String key) {
        return keptEndpoints >= mostEndpoints && !kept.containsKey(key) && key.compareTo(kept.lastKey()) > 0;
    }

    @Override
    public synchronized T remove(String key) {
        leftOut.remove(key);
        T before = kept.remove(key);
        keptEndpoints -= before == null ? 0 : size.applyAsInt(before);
        return before;
    }

    /** Also of those that are not kept: the library removes what a list does not have. */
    @Override
    public synchronized Stream<String> keySet() {
        return Stream.concat(List.copyOf(kept.keySet()).stream(), List.copyOf(leftOut.keySet()).stream());
    }

    @Override
    public synchronized Stream<T> values() {
        return List.copyOf(kept.values()).stream();
    }

    @Override
    public synchronized int size() {
        return kept.size();
    }

    @Override
    public synchronized T get(String key) {
        return kept.get(key);
    }

    @Override
    public boolean isFullState() {
        return false;
    }
}
