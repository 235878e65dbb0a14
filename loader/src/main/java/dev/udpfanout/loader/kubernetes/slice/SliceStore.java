package dev.udpfanout.loader.kubernetes.slice;

import dev.udpfanout.loader.kubernetes.watch.BoundedStore;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;

/**
 * The slices that a watch has seen, in as little memory as they take: without fields that nobody reads, and, of a
 * Service with too many endpoints, only the first slices by name. All nodes keep the same ones. Of the others it knows
 * how many endpoints they have. Any thread may use it.
 *
 * @param <T> slices of a version of the API
 */
final class SliceStore<T extends HasMetadata> extends BoundedStore<T> {
    private final int mostEndpoints;
    private final ToIntFunction<T> size;
    private final UnaryOperator<T> trim;
    private final TreeMap<String, T> kept;
    /** By key, the number of endpoints. */
    private final Map<String, Integer> leftOut;

    private int keptEndpoints;

    /**
     * @param mostEndpoints slices are kept until they have as many
     * @param size how many endpoints a slice has
     * @param trim takes what nobody reads out of a slice
     */
    SliceStore(int mostEndpoints, ToIntFunction<T> size, UnaryOperator<T> trim) {
        this(new TreeMap<>(), new HashMap<>(), mostEndpoints, size, trim);
    }

    private SliceStore(
            TreeMap<String, T> kept,
            Map<String, Integer> leftOut,
            int mostEndpoints,
            ToIntFunction<T> size,
            UnaryOperator<T> trim) {
        super(kept, leftOut.keySet());
        this.kept = kept;
        this.leftOut = leftOut;
        this.mostEndpoints = mostEndpoints;
        this.size = size;
        this.trim = trim;
    }

    /** How many endpoints are in slices that are not kept. */
    synchronized int leftOutEndpoints() {
        return leftOut.values().stream().mapToInt(Integer::intValue).sum();
    }

    @Override
    protected boolean hasRoom() {
        return keptEndpoints < mostEndpoints;
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
}
