package dev.udpfanout.bindings.map;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * A map that nobody else writes, with what is in force in it: only what differs is written. It begins with what is
 * there, which an earlier process may have left. For one thread; {@link #inForce} is for any.
 */
public final class ReconciledMap<K, V> {
    private final KeyedMap<K, V> map;
    private final int capacity;
    private final Map<K, V> inForce;
    /** What the map held when it was last found to hold what is in force; empty after each change. */
    private Optional<MapImage> intact = Optional.empty();

    /** Reads what the map holds. */
    public ReconciledMap(KeyedMap<K, V> map) {
        this.map = map;
        this.capacity = map.capacity();
        this.inForce = new ConcurrentHashMap<>(map.entries());
    }

    /** What the map holds; unmodifiable, and changes with it. */
    public Map<K, V> inForce() {
        return Collections.unmodifiableMap(inForce);
    }

    /**
     * Reads the map anew, in case somebody else has written to it after all: {@link #inForce} is then what was found,
     * so that the next {@link #set} mends it.
     *
     * @return how many entries are not as they were left
     */
    public int reread() {
        if (isAsLastSeen()) {
            return 0;
        }
        MapImage image = map.image();
        Map<K, V> found = map.entries(image);
        int different = 0;
        for (Map.Entry<K, V> left : inForce.entrySet()) {
            different += left.getValue().equals(found.get(left.getKey())) ? 0 : 1;
        }
        for (K key : found.keySet()) {
            different += inForce.containsKey(key) ? 0 : 1;
        }
        if (different > 0) {
            inForce.keySet().retainAll(found.keySet());
            inForce.putAll(found);
        }
        intact = Optional.of(image);
        return different;
    }

    /** Whether the map holds what it was left with; changes nothing. */
    public boolean isIntact() {
        if (isAsLastSeen()) {
            return true;
        }
        MapImage image = map.image();
        boolean isIntact = map.entries(image).equals(inForce);
        intact = isIntact ? Optional.of(image) : Optional.empty();
        return isIntact;
    }

    /** The bytes are compared: to decode thousands of entries twice a second is most of what a daemon at rest does. */
    private boolean isAsLastSeen() {
        return intact.isPresent() && map.is(intact.get());
    }

    /** Sets a key's value. */
    public void put(K key, V value) {
        putAll(Map.of(key, value));
    }

    /** Sets keys to values, those that are not so yet. */
    public void putAll(Map<K, V> entries) {
        putAll(entries.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(inForce.get(entry.getKey())))
                .toList());
    }

    private void putAll(List<Map.Entry<K, V>> entries) {
        if (!entries.isEmpty()) {
            intact = Optional.empty();
            map.putAll(entries, inForce::put);
        }
    }

    /** Removes keys. */
    public void removeIf(Predicate<K> gone) {
        removeAll(inForce.keySet().stream().filter(gone).toList());
    }

    /** Removes keys. */
    public void removeAll(List<K> gone) {
        if (!gone.isEmpty()) {
            intact = Optional.empty();
            map.removeAll(gone, inForce::remove);
        }
    }

    /**
     * Makes the map hold exactly the wanted entries. What stays is not touched. New ones go in before old ones go, as
     * far as there is room for both; where there is not, just as many old ones go first as new ones need room.
     *
     * @throws IllegalArgumentException if there are more than the map holds; nothing is changed then
     */
    public void set(Map<K, V> wanted) {
        if (wanted.size() > capacity) {
            throw new IllegalArgumentException("map " + map.name() + " holds at most " + capacity + " entries, not "
                    + wanted.size() + ": it stays as it is");
        }
        List<Map.Entry<K, V>> fresh = new ArrayList<>();
        List<Map.Entry<K, V>> changed = new ArrayList<>();
        wanted.entrySet().forEach(entry -> {
            V present = inForce.get(entry.getKey());
            if (present == null) {
                fresh.add(entry);
            } else if (!present.equals(entry.getValue())) {
                changed.add(entry);
            }
        });
        List<K> gone = inForce.keySet().stream()
                .filter(key -> !wanted.containsKey(key))
                .toList();
        putAll(changed);
        replace(gone, fresh);
    }

    private void replace(List<K> gone, List<Map.Entry<K, V>> fresh) {
        int added = Math.min(fresh.size(), capacity - inForce.size());
        putAll(fresh.subList(0, added));
        int first = Math.min(gone.size(), fresh.size() - added);
        removeAll(gone.subList(0, first));
        putAll(fresh.subList(added, fresh.size()));
        removeAll(gone.subList(first, gone.size()));
    }
}
