package dev.udpfanout.loader.trace;

import dev.udpfanout.bindings.abi.listener.ListenerName;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.map.ArrayMap;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.nio.file.Path;
import java.util.Optional;

/** The listeners' names by their slots, from the map that the daemon has pinned; the daemon need not be alive. */
public final class ListenerNames {
    private final Path directory;

    /** @param directory where the daemon pins its maps */
    public ListenerNames(Path directory) {
        this.directory = directory;
    }

    /** Empty if the slot is free, or nothing is pinned. */
    public String of(int slot) {
        if (slot < 0) {
            return "";
        }
        try {
            Optional<BpfMap> map = BpfMap.openPinned(Pins.map(directory, SharedMaps.LISTENER_NAMES.name()));
            if (map.isEmpty()) {
                return "";
            }
            try (BpfMap names = map.get()) {
                ArrayMap<ListenerName> bySlot = SharedMaps.LISTENER_NAMES.open(names);
                return slot < bySlot.length() ? bySlot.get(slot).name() : "";
            }
        } catch (SystemCallException e) {
            return "";
        }
    }
}
