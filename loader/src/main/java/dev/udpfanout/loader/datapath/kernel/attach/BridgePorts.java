package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.map.KeyedMap;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The map BRIDGE_PORTS, which tells the program that an interface is a port of a bridge, and of which. */
final class BridgePorts {
    private final KeyedMap<Integer, Integer> bridgeOf;

    BridgePorts(KernelProgram program) {
        this.bridgeOf = program.map(SharedMaps.BRIDGE_PORTS);
    }

    /**
     * To be called before a program is attached to any of these; others stay.
     *
     * @param wanted the bridge's index by the port's
     */
    void add(Map<Integer, Integer> wanted) {
        Map<Integer, Integer> missing = new HashMap<>(wanted);
        missing.entrySet().removeAll(bridgeOf.entries().entrySet());
        missing.forEach(bridgeOf::put);
    }

    /** To be called after the programs are taken off all others. */
    void retain(Set<Integer> ports) {
        Set<Integer> others = new HashSet<>(bridgeOf.keys());
        others.removeAll(ports);
        bridgeOf.removeAll(others);
    }
}
