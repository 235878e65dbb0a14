package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.endpoint.EndpointTable;
import dev.udpfanout.bindings.map.InnerMap;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
    void add(int slot, InnerMap table) {
        path(slot).ifPresent(path -> {
            try {
                Pins.remove(path);
                table.pin(path);
            } catch (RuntimeException e) {
                report(path, e);
            }
        });
    }

    /** Whether a listener's table is to have a name, and has none. */
    boolean isMissing(int slot) {
        return path(slot).filter(path -> !Files.exists(path)).isPresent();
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
        return new Table(path(slot).flatMap(InnerMap::openPinned));
    }

    /** A table that is to be read. */
    record Table(Optional<InnerMap> map) implements AutoCloseable {
        /** Whether it is the map of a number. */
        boolean is(int id) {
            return map.map(InnerMap::id).filter(found -> found == id).isPresent();
        }

        /** Each once, in the order of their first turns. */
        List<InetSocketAddress> endpoints(int firstPlace) {
            List<MemorySegment> elements =
                    map.orElseThrow().elements(EndpointTable.ELEMENT_CODEC).all();
            return elements.stream()
                    .skip(firstPlace)
                    .limit(EndpointTable.count(elements.getFirst()))
                    .map(EndpointTable::read)
                    .distinct()
                    .toList();
        }

        @Override
        public void close() {
            map.ifPresent(InnerMap::close);
        }
    }
}
