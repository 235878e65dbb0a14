package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.admission.AllowedSource;
import dev.udpfanout.bindings.map.Codec.Present;
import dev.udpfanout.bindings.map.KeyedMap;
import dev.udpfanout.bindings.map.ReconciledMap;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/**
 * The map ALLOWED_SOURCES: where the datagrams of a listener may come from. It is changed in two steps, with the
 * listeners between them, so that a source that is allowed before and after is never refused, and one that is allowed
 * neither before nor after never let through.
 */
final class AllowedSources {
    private final ReconciledMap<AllowedSource, Present> map;

    /** Starts from what the map holds: an earlier daemon may have filled it. */
    AllowedSources(KeyedMap<AllowedSource, Present> map) {
        this.map = new ReconciledMap<>(map);
    }

    /**
     * Before the listeners change: puts in what is not there, after what a slot has from an earlier listener has gone.
     *
     * @param isChecked whether the program looks for a slot's sources now
     */
    void add(Set<AllowedSource> wanted, IntPredicate isChecked) {
        map.removeIf(present -> !wanted.contains(present) && !isChecked.test(present.slot()));
        map.putAll(wanted.stream().collect(Collectors.toMap(source -> source, source -> Present.YES)));
    }

    /** Reads the map anew; how many entries are not as they were left. */
    int reread() {
        return map.reread();
    }

    /** After the listeners have changed: takes out all else. */
    void keepOnly(Set<AllowedSource> wanted) {
        map.removeIf(present -> !wanted.contains(present));
    }
}
