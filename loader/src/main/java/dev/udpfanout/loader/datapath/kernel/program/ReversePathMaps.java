package dev.udpfanout.loader.datapath.kernel.program;

import dev.udpfanout.bindings.abi.admission.NextHops;
import dev.udpfanout.bindings.abi.admission.SourcePrefix;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.map.ReconciledMap;
import java.util.Map;

/**
 * The maps REVERSE_PATH_GROUPS and REVERSE_PATH_ROUTES: by which interfaces a source may come besides the one that the
 * FIB names (reverse_path.h).
 */
public final class ReversePathMaps {
    private final ReconciledMap<Integer, Integer> groups;
    private final ReconciledMap<SourcePrefix, NextHops> routes;

    public ReversePathMaps(KernelProgram program) {
        this.groups = new ReconciledMap<>(program.map(SharedMaps.REVERSE_PATH_GROUPS));
        this.routes = new ReconciledMap<>(program.map(SharedMaps.REVERSE_PATH_ROUTES));
    }

    /**
     * Makes the maps hold exactly these.
     *
     * @param groupOf by interface, the number of its group
     * @param nextHops by prefix of sources, the numbers of the interfaces that are right
     */
    public void set(Map<Integer, Integer> groupOf, Map<SourcePrefix, NextHops> nextHops) {
        groups.set(groupOf);
        routes.set(nextHops);
    }

    /** Reads the maps anew; how many entries are not as they were left. */
    public int reread() {
        return groups.reread() + routes.reread();
    }
}
