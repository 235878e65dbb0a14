package dev.udpfanout.loader.datapath.kernel.netflow;

import dev.udpfanout.bindings.abi.netflow.KeptTemplates;
import dev.udpfanout.bindings.map.ArrayOfMaps;
import dev.udpfanout.bindings.map.InnerMap;
import dev.udpfanout.bindings.map.KeyedMap;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The map TEMPLATES, which holds one table, or none where no listener has {@code payload: netflow}: what the program
 * hands over. It outlives the daemon, and so what comes while there is none is not lost. One thread at a time.
 */
final class TemplateTable {
    /**
     * Its name under the pins: a map of maps tells the number of what is in it, and opening that by number takes
     * CAP_SYS_ADMIN.
     */
    static final String PIN = "TEMPLATE_TABLE";

    /** What {@code bpftool map show} calls the table. */
    private static final String NAME = "uf_templates";

    private static final int ONLY = 0;

    private final ArrayOfMaps tables;
    private final Optional<Path> pin;
    private Optional<InnerMap> open = Optional.empty();

    /** @param pins where the table has a name, so that the next daemon can open it */
    TemplateTable(ArrayOfMaps tables, Optional<Pins> pins) {
        this.tables = tables;
        this.pin = pins.map(all -> all.map(PIN));
    }

    /** Makes sure that there is a table with room for so many messages; one of another size goes, with what it has. */
    void provide(int entries) {
        if (table().filter(table -> table.maxEntries() == entries).isPresent()) {
            return;
        }
        InnerMap table = InnerMap.growingHash(NAME, KeptTemplates.KEY_CODEC, KeptTemplates.VALUE_CODEC, entries);
        use(Optional.of(table));
        pin.ifPresent(path -> {
            Pins.remove(path);
            table.pin(path);
        });
        tables.put(ONLY, table);
    }

    /** Gives the table's memory back, if there is one. */
    void remove() {
        if (tables.has(ONLY)) {
            tables.remove(ONLY);
            pin.ifPresent(Pins::remove);
        }
        use(Optional.empty());
    }

    /** Its entries; empty if there is none, or one that an earlier daemon has not left a name for. */
    Optional<KeyedMap<MemorySegment, MemorySegment>> entries() {
        return table().map(table -> table.keyed(KeptTemplates.KEY_CODEC, KeptTemplates.VALUE_CODEC));
    }

    private Optional<InnerMap> table() {
        Optional<Integer> id = tables.idAt(ONLY);
        if (!id.equals(open.map(InnerMap::id))) {
            use(id.flatMap(wanted -> pin.flatMap(path -> InnerMap.openPinned(path, wanted))));
        }
        return open;
    }

    private void use(Optional<InnerMap> table) {
        open.ifPresent(InnerMap::close);
        open = table;
    }

    /** Lets go of the table; the kernel keeps it as long as TEMPLATES does. */
    void close() {
        use(Optional.empty());
    }
}
