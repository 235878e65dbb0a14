package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.abi.endpoint.OriginKey;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.map.KeyedMap;
import dev.udpfanout.loader.datapath.Unreachable;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.util.Set;
import java.util.stream.Collectors;

/** The map UNREACHABLE: the program for ICMP errors notes an endpoint once, until it is taken out here. */
final class UnreachableNotes {
    private final KeyedMap<OriginKey, Long> map;

    UnreachableNotes(KernelProgram program) {
        this.map = program.map(SharedMaps.UNREACHABLE);
    }

    /** What has been noted since the last call; costs one system call if that is nothing. */
    Unreachable take() {
        Set<OriginKey> noted = map.keys();
        if (noted.isEmpty()) {
            return Unreachable.NONE;
        }
        map.removeAll(noted);
        return new Unreachable(noted.stream().map(OriginKey::endpoint).collect(Collectors.toSet()), Set.of());
    }
}
