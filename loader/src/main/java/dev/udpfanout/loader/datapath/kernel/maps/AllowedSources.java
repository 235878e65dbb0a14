package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.admission.AllowedSource;
import dev.udpfanout.bindings.libbpf.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * The map ALLOWED_SOURCES: where the datagrams of a listener may come from. It is changed in two steps, with the
 * listeners between them, so that a source that is allowed before and after is never refused, and one that is allowed
 * neither before nor after never let through.
 */
final class AllowedSources {
    private final BpfMap map;
    private final Set<AllowedSource> inForce;

    /** Starts from what the map holds: an earlier daemon may have filled it. */
    AllowedSources(BpfMap map) {
        this.map = map;
        this.inForce = read(map);
    }

    /** What the map holds. */
    static Set<AllowedSource> read(BpfMap map) {
        Set<AllowedSource> sources = new HashSet<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(AllowedSource.BYTES, Integer.BYTES);
            for (boolean more = map.nextKey(MemorySegment.NULL, key); more; more = map.nextKey(key, key)) {
                sources.add(AllowedSource.read(key));
            }
        }
        return sources;
    }

    /**
     * Before the listeners change: puts in what is not there, after what a slot has from an earlier listener has gone.
     *
     * @param isChecked whether the program looks for a slot's sources now
     */
    void add(Set<AllowedSource> wanted, IntPredicate isChecked) {
        remove(present -> !wanted.contains(present) && !isChecked.test(present.slot()));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
            for (AllowedSource source : wanted) {
                if (!inForce.contains(source)) {
                    map.put(source.write(arena), one);
                    inForce.add(source);
                }
            }
        }
    }

    /** After the listeners have changed: takes out all else. */
    void keepOnly(Set<AllowedSource> wanted) {
        remove(present -> !wanted.contains(present));
    }

    private void remove(Predicate<AllowedSource> gone) {
        List<AllowedSource> sources = inForce.stream().filter(gone).toList();
        try (Arena arena = Arena.ofConfined()) {
            for (AllowedSource source : sources) {
                map.remove(source.write(arena));
                inForce.remove(source);
            }
        }
    }
}
