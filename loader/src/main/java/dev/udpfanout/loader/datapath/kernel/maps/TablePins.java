package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.endpoint.EndpointTable;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names in bpffs for the endpoint tables in a map of maps, so that the next daemon can say what is in them: the map of
 * maps tells only the number of each, and to open a map by its number takes CAP_SYS_ADMIN. Forwarding does not need the
 * names.
 */
final class TablePins {
    private static final Logger LOG = LoggerFactory.getLogger(TablePins.class);

    private final Optional<Pins> pins;
    private final String mapOfMaps;
    private boolean isReported;

    TablePins(Optional<Pins> pins, String mapOfMaps) {
        this.pins = pins;
        this.mapOfMaps = mapOfMaps;
    }

    private Optional<Path> path(int slot) {
        return pins.map(all -> all.map(mapOfMaps + "_" + slot));
    }

    /** Gives a table that is about to be put in place the name of a listener's. */
    void add(int slot, BpfMap table) {
        path(slot).ifPresent(path -> {
            try {
                Pins.remove(path);
                table.pin(path);
            } catch (RuntimeException e) {
                report(path, e);
            }
        });
    }

    private void report(Path path, RuntimeException failure) {
        if (!isReported) {
            LOG.atWarn()
                    .addKeyValue("path", path)
                    .addKeyValue("reason", failure.getMessage())
                    .log("endpoint table without a name: a daemon that takes over will not know what is in it");
        }
        isReported = true;
    }

    void remove(int slot) {
        path(slot).ifPresent(Pins::remove);
    }

    /**
     * Opens what has the name of a listener's table: none, or another one, if a daemon ended in the middle of a change.
     */
    Table open(int slot) {
        return new Table(path(slot).flatMap(BpfMap::openPinned));
    }

    /** A table that is to be read. */
    record Table(Optional<BpfMap> map) implements AutoCloseable {
        /** Whether it is the map of a number. */
        boolean is(int id) {
            return map.map(BpfMap::id).filter(found -> found == id).isPresent();
        }

        /** Each once, in the order of their first turns. */
        List<InetSocketAddress> endpoints(int firstPlace) {
            Set<InetSocketAddress> endpoints = new LinkedHashSet<>();
            BpfMap table = map.orElseThrow();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment element = arena.allocate(EndpointTable.ELEMENT_BYTES, Long.BYTES);
                MemorySegment place = arena.allocate(ValueLayout.JAVA_INT);
                table.get(place, element);
                int count = EndpointTable.count(element);
                for (int index = 0; index < count; index++) {
                    place.set(ValueLayout.JAVA_INT, 0, firstPlace + index);
                    if (table.get(place, element)) {
                        endpoints.add(EndpointTable.read(element));
                    }
                }
            }
            return List.copyOf(endpoints);
        }

        @Override
        public void close() {
            map.ifPresent(BpfMap::close);
        }
    }
}
