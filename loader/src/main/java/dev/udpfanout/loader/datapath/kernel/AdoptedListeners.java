package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.loader.datapath.kernel.maps.ListenerTables;
import dev.udpfanout.loader.datapath.kernel.maps.Slots;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The listeners that an earlier daemon has left at work. */
final class AdoptedListeners {
    private final Slots slots;
    private final ListenerTables tables;
    private final Set<String> withTables;
    /**
     * Served by the program of another version, whose endpoint tables cannot be read here, until this one has
     * endpoints.
     */
    private final Set<String> servedByOther = new HashSet<>();

    AdoptedListeners(Slots slots, ListenerTables tables, Optional<Pins> pins) {
        this.slots = slots;
        this.tables = tables;
        withTables = slots.names().stream()
                .filter(name -> slots.of(name).filter(tables::has).isPresent())
                .collect(Collectors.toCollection(HashSet::new));
        if (pins.map(Pins::otherLayouts).filter(layouts -> !layouts.isEmpty()).isPresent()) {
            servedByOther.addAll(slots.names());
            servedByOther.removeAll(withTables);
        }
    }

    /** Whether the listener has endpoints of an earlier daemon's. */
    boolean has(String listener) {
        return withTables.contains(listener) || servedByOther.contains(listener);
    }

    /** Those that can be read here; empty if there are none. */
    Optional<List<InetSocketAddress>> endpoints(String listener) {
        return withTables.contains(listener) ? slots.of(listener).flatMap(tables::read) : Optional.empty();
    }

    /** Those that the program of another version serves for now; unmodifiable, and changes. */
    Set<String> servedByOther() {
        return Collections.unmodifiableSet(servedByOther);
    }

    /**
     * The listener has endpoints of this daemon's now.
     *
     * @return whether the program of another version has served it so far
     */
    boolean takeFromOther(String listener) {
        return servedByOther.remove(listener) && withTables.add(listener);
    }

    /** Leaves out all listeners but these. */
    void retainServedByOther(Set<String> listeners) {
        servedByOther.retainAll(listeners);
    }
}
