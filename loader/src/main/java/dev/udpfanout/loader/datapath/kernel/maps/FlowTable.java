package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.flow.FlowEntry;
import dev.udpfanout.bindings.map.ArrayMap;
import dev.udpfanout.bindings.map.ArrayOfMaps;
import dev.udpfanout.bindings.map.InnerMap;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The map FLOWS, which holds one table, or none where no listener has replies: what it takes of memory, it takes at
 * once.
 */
public final class FlowTable {
    private static final Logger LOG = LoggerFactory.getLogger(FlowTable.class);
    private static final int ONLY = 0;

    /** What {@code bpftool map show} calls the table. */
    private static final String NAME = "uf_flows";

    /**
     * Its name under the pins: a map of maps tells the number of what is in it, and opening that by number takes
     * CAP_SYS_ADMIN.
     */
    private static final String PIN = "FLOW_TABLE";

    private static final SecureRandom RANDOM = new SecureRandom();

    private final ArrayOfMaps flows;
    private final ArrayMap<Long> changes;
    private final int entries;
    private final Optional<Path> pin;
    private final Queue<InnerMap> replaced = new ConcurrentLinkedQueue<>();
    private Optional<InnerMap> open = Optional.empty();

    /**
     * @param changes the map FLOW_CHANGES
     * @param pins where the table has a name, so that the next daemon can open it
     */
    public FlowTable(ArrayOfMaps flows, ArrayMap<Long> changes, FlowsConfig config, Optional<Pins> pins) {
        this.flows = flows;
        this.changes = changes;
        this.entries = config.max() * FlowEntry.ENTRIES_PER_FLOW;
        this.pin = pins.map(all -> all.map(PIN));
    }

    /**
     * Makes sure that there is a table, of the size that is asked for: the flows of one of another size are forgotten.
     */
    public synchronized void provide() {
        int before = table().map(table -> table.maxEntries()).orElse(0);
        if (before == entries) {
            return;
        }
        InnerMap table = InnerMap.hash(NAME, FlowEntry.KEY_CODEC, FlowEntry.VALUE_CODEC, entries);
        use(Optional.of(table));
        pin.ifPresent(path -> {
            Pins.remove(path);
            table.pin(path);
        });
        flows.put(ONLY, table);
        forgetKnown(changes);
        LOG.atInfo()
                .addKeyValue("flows", entries / FlowEntry.ENTRIES_PER_FLOW)
                .addKeyValue("flows_before", before / FlowEntry.ENTRIES_PER_FLOW)
                .log("made the table of flows");
    }

    /**
     * Gives the table's memory back, if there is one; what {@link #table} has given out goes at the next
     * {@link #closeReplaced}.
     */
    public synchronized void remove() {
        if (flows.has(ONLY)) {
            flows.remove(ONLY);
            forgetKnown(changes);
            pin.ifPresent(Pins::remove);
            use(Optional.empty());
        }
    }

    /**
     * Has the program look flows and their endpoints up anew, which it keeps for a moment (known_flow.h). To be called
     * after a change of either. The program adds one after its own changes, so a number by chance never comes again.
     */
    static void forgetKnown(ArrayMap<Long> changes) {
        changes.put(ONLY, RANDOM.nextLong());
    }

    /** The kernel's number for the table; empty if there is none. */
    Optional<Integer> id() {
        return flows.idAt(ONLY);
    }

    /**
     * The table, not to be closed by the caller; empty if there is none, or one that an earlier daemon has not left a
     * name for.
     */
    synchronized Optional<InnerMap> table() {
        Optional<Integer> id = id();
        if (!id.equals(open.map(InnerMap::id))) {
            use(id.flatMap(wanted -> pin.flatMap(path -> InnerMap.openPinned(path, wanted))));
        }
        return open;
    }

    private void use(Optional<InnerMap> table) {
        open.ifPresent(replaced::add);
        open = table;
    }

    /** Closes tables that are none any more. To be called where none of them is in use. */
    void closeReplaced() {
        for (InnerMap table = replaced.poll(); table != null; table = replaced.poll()) {
            table.close();
        }
    }

    /** Lets go of the table; the kernel keeps it as long as FLOWS does. */
    public synchronized void close() {
        use(Optional.empty());
        closeReplaced();
    }
}
