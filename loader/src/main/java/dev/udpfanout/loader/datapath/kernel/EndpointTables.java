package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.abi.EndpointTable;
import dev.udpfanout.bindings.libbpf.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.List;

/** The map of maps ENDPOINTS: one endpoint table a listener. */
final class EndpointTables {
    /** What {@code bpftool map show} calls a table. */
    private static final String TABLE_NAME = "uf_endpoints";

    private final BpfMap tables;
    private int generation;

    EndpointTables(BpfMap tables) {
        this.tables = tables;
    }

    /** Whether a listener has a table, of whatever daemon. */
    boolean has(int slot) {
        try (Arena arena = Arena.ofConfined()) {
            // The kernel gives the table's id.
            return tables.get(
                    arena.allocateFrom(ValueLayout.JAVA_INT, slot), arena.allocate(Integer.BYTES, Integer.BYTES));
        }
    }

    /**
     * Replaces a listener's table in one step. The kernel waits for the programs that still read the old one, so when this
     * returns nothing is sent to an endpoint that is not in the new one (maybe_wait_bpf_programs, kernel/bpf/syscall.c).
     */
    void replace(int slot, List<InetSocketAddress> endpoints) {
        int elements = endpoints.size() + 1;
        try (Arena arena = Arena.ofConfined();
                BpfMap table = BpfMap.createInnerArray(TABLE_NAME, EndpointTable.ELEMENT_BYTES, elements)) {
            table.putAll(EndpointTable.write(arena, endpoints, ++generation), elements);
            MemorySegment key = arena.allocateFrom(ValueLayout.JAVA_INT, slot);
            tables.put(key, arena.allocateFrom(ValueLayout.JAVA_INT, table.fd()));
        }
    }
}
