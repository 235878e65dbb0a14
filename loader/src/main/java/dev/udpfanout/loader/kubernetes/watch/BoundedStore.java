package dev.udpfanout.loader.kubernetes.watch;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a watch has seen, as far as there is room: which objects are kept, and in what form, is the subclass's to say.
 * Of those that are left out it knows the keys. Any thread may use it.
 *
 * @param <T> what is watched
 */
public abstract class BoundedStore<T extends HasMetadata> implements ItemStore<T> {
    private final Map<String, T> kept;
    private final Set<String> leftOut;

    /**
     * Both are the subclass's, which changes them only while it holds this object's lock.
     *
     * @param kept objects by their keys
     * @param leftOut the keys of those that there was no room for
     */
    protected BoundedStore(Map<String, T> kept, Set<String> leftOut) {
        this.kept = kept;
        this.leftOut = leftOut;
    }

    /** Whether there is room for objects that are left out: only a new list has them. */
    public final synchronized boolean isOutdated() {
        return !leftOut.isEmpty() && hasRoom();
    }

    /** Whether something could be kept beside what is; called with this object's lock. */
    protected abstract boolean hasRoom();

    @Override
    public final String getKey(T object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    /** Also of those that are left out: the library removes what a list does not have. */
    @Override
    public final synchronized Stream<String> keySet() {
        return Stream.concat(List.copyOf(kept.keySet()).stream(), List.copyOf(leftOut).stream());
    }

    @Override
    public final synchronized Stream<T> values() {
        return List.copyOf(kept.values()).stream();
    }

    @Override
    public final synchronized int size() {
        return kept.size();
    }

    @Override
    public final synchronized T get(String key) {
        return kept.get(key);
    }

    /** What is kept lacks fields that the API server has. */
    @Override
    public final boolean isFullState() {
        return false;
    }
}
