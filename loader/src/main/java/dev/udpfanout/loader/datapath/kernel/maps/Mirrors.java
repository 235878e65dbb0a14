package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.listener.MirrorEntry;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which listeners' datagrams are copied, and for whom: a mirror's set has a slot of its own, by the set's name. */
public final class Mirrors {
    private final Slots slots;
    private final ListenerTables tables;

    public Mirrors(Slots slots, ListenerTables tables) {
        this.slots = slots;
        this.tables = tables;
    }

    /** Where the mirror's receivers are, once they are known, of whatever daemon: until then no copies are made. */
    public Optional<Integer> slot(ListenerConfig listener) {
        return listener.mirror()
                .flatMap(mirror -> slots.of(mirror.receivers().name()))
                .filter(tables::has);
    }

    /** What the map MIRRORS must hold, by the listener's slot. */
    public Map<Integer, MirrorEntry> entries(Collection<ListenerConfig> listeners) {
        Map<Integer, MirrorEntry> entries = new HashMap<>();
        for (ListenerConfig listener : listeners) {
            slot(listener)
                    .ifPresent(set -> entries.put(
                            slots.of(listener.name()).orElseThrow(),
                            new MirrorEntry(set, listener.mirror().orElseThrow().sample())));
        }
        return entries;
    }

    /**
     * Who can be sent a listener's datagrams, copies among them; empty as long as that is not known.
     *
     * @param inForce the sets that are known, by name
     */
    public static Optional<EndpointSet> sentTo(ListenerConfig listener, Map<String, EndpointSet> inForce) {
        EndpointSet own = inForce.get(listener.name());
        Optional<EndpointSet> copies =
                listener.mirror().map(mirror -> inForce.get(mirror.receivers().name()));
        if (own == null || copies.isEmpty()) {
            return Optional.ofNullable(own);
        }
        List<Endpoint> all = new ArrayList<>(own.endpoints());
        all.addAll(copies.get().endpoints());
        return Optional.of(new EndpointSet(own.listener(), all));
    }
}
