package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.abi.FlowEntry;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.loader.config.FlowsConfig;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The map FLOWS, which holds one table, or none where no listener has replies: what it takes of memory, it takes at once. */
final class FlowTable {
    private static final Logger LOG = LoggerFactory.getLogger(FlowTable.class);
    private static final int ONLY = 0;

    /** What {@code bpftool map show} calls the table. */
    private static final String NAME = "uf_flows";

    private final BpfMap flows;
    private final int entries;

    FlowTable(BpfMap flows, FlowsConfig config) {
        this.flows = flows;
        this.entries = config.max() * FlowEntry.ENTRIES_PER_FLOW;
    }

    /** Makes sure that there is a table, of the size that is asked for: the flows of one of another size are forgotten. */
    void provide() {
        try (BpfMap present = open().orElse(null)) {
            int before = present == null ? 0 : present.shape().maxEntries();
            if (before == entries) {
                return;
            }
            try (BpfMap table = BpfMap.createLruHash(NAME, FlowEntry.KEY_BYTES, FlowEntry.VALUE_BYTES, entries);
                    Arena arena = Arena.ofConfined()) {
                flows.put(key(arena), arena.allocateFrom(ValueLayout.JAVA_INT, table.fd()));
            }
            LOG.atInfo()
                    .addKeyValue("flows", entries / FlowEntry.ENTRIES_PER_FLOW)
                    .addKeyValue("flows_before", before / FlowEntry.ENTRIES_PER_FLOW)
                    .log("made the table of flows");
        }
    }

    /** Gives the table's memory back, if there is one. */
    void remove() {
        // Removing waits for an RCU grace period, even where there is nothing to remove.
        if (id().isPresent()) {
            try (Arena arena = Arena.ofConfined()) {
                flows.remove(key(arena));
            }
        }
    }

    /** The kernel's number for the table; empty if there is none. Any thread. */
    Optional<Integer> id() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(ValueLayout.JAVA_INT);
            return flows.get(key(arena), id) ? Optional.of(id.get(ValueLayout.JAVA_INT, 0)) : Optional.empty();
        }
    }

    /** The table, to be closed by the caller; empty if there is none. Any thread. */
    Optional<BpfMap> open() {
        return id().flatMap(BpfMap::openById);
    }

    private static MemorySegment key(Arena arena) {
        return arena.allocateFrom(ValueLayout.JAVA_INT, ONLY);
    }
}
