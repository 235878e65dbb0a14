package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.flow.FlowEntry;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
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

    private final BpfMap flows;
    private final int entries;
    private final Optional<Path> pin;
    private final Queue<BpfMap> replaced = new ConcurrentLinkedQueue<>();
    private Optional<BpfMap> open = Optional.empty();

    /** @param pins where the table has a name, so that the next daemon can open it */
    public FlowTable(BpfMap flows, FlowsConfig config, Optional<Pins> pins) {
        this.flows = flows;
        this.entries = config.max() * FlowEntry.ENTRIES_PER_FLOW;
        this.pin = pins.map(all -> all.map(PIN));
    }

    /**
     * Makes sure that there is a table, of the size that is asked for: the flows of one of another size are forgotten.
     */
    public synchronized void provide() {
        int before = table().map(table -> table.shape().maxEntries()).orElse(0);
        if (before == entries) {
            return;
        }
        BpfMap table = BpfMap.createLruHash(NAME, FlowEntry.KEY_BYTES, FlowEntry.VALUE_BYTES, entries);
        use(Optional.of(table));
        pin.ifPresent(path -> {
            Pins.remove(path);
            table.pin(path);
        });
        try (Arena arena = Arena.ofConfined()) {
            flows.put(key(arena), arena.allocateFrom(ValueLayout.JAVA_INT, table.fd()));
        }
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
        // Removing waits for an RCU grace period, even where there is nothing to remove.
        if (id().isPresent()) {
            try (Arena arena = Arena.ofConfined()) {
                flows.remove(key(arena));
            }
            pin.ifPresent(Pins::remove);
            use(Optional.empty());
        }
    }

    /** The kernel's number for the table; empty if there is none. */
    Optional<Integer> id() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(ValueLayout.JAVA_INT);
            return flows.get(key(arena), id) ? Optional.of(id.get(ValueLayout.JAVA_INT, 0)) : Optional.empty();
        }
    }

    /**
     * The table, not to be closed by the caller; empty if there is none, or one that an earlier daemon has not left a
     * name for.
     */
    synchronized Optional<BpfMap> table() {
        Optional<Integer> id = id();
        if (!id.equals(open.map(BpfMap::id))) {
            use(id.flatMap(this::openPinned));
        }
        return open;
    }

    private Optional<BpfMap> openPinned(int id) {
        Optional<BpfMap> pinned = pin.flatMap(BpfMap::openPinned);
        if (pinned.isPresent() && pinned.get().id() != id) {
            pinned.get().close();
            return Optional.empty();
        }
        return pinned;
    }

    private void use(Optional<BpfMap> table) {
        open.ifPresent(replaced::add);
        open = table;
    }

    /** Closes tables that are none any more. To be called where none of them is in use. */
    void closeReplaced() {
        for (BpfMap table = replaced.poll(); table != null; table = replaced.poll()) {
            table.close();
        }
    }

    /** Lets go of the table; the kernel keeps it as long as FLOWS does. */
    public synchronized void close() {
        use(Optional.empty());
        closeReplaced();
    }

    private static MemorySegment key(Arena arena) {
        return arena.allocateFrom(ValueLayout.JAVA_INT, ONLY);
    }
}
