package dev.udpfanout.loader.datapath.kernel.program;

import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.MapShape;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The maps that are carried over from another version's layout: the counters, and whose they are. The very maps are
 * used, not copies: that version's program counts in them until this one's takes its place, and nothing goes back to
 * zero.
 *
 * <p>An index of one is an index of the others, and the map of the listeners' names says whose it is: without that map
 * none is used. Of the others, one that is not there or has another shape begins anew. The shape is compared; what
 * changes its meaning without its shape needs another name (udp_fanout.h, UF_LAYOUT_VERSION).
 */
final class CarriedMaps {
    private static final Logger LOG = LoggerFactory.getLogger(CarriedMaps.class);

    private CarriedMaps() {}

    /**
     * Opens those of the newest other layout that says whose they are.
     *
     * @param owners the map that says so, one of the names
     * @param names of the maps
     * @param shapes what each must be
     * @return by name; none if there is no such layout
     */
    static Map<String, BpfMap> open(Pins pins, String owners, List<String> names, Function<String, MapShape> shapes) {
        for (Path layout : pins.otherLayouts()) {
            Map<String, BpfMap> maps = new HashMap<>();
            for (String name : names) {
                openIfSame(layout.resolve(name), shapes.apply(name)).ifPresent(map -> maps.put(name, map));
            }
            if (maps.containsKey(owners)) {
                List<String> anew =
                        names.stream().filter(name -> !maps.containsKey(name)).toList();
                LOG.atInfo()
                        .addKeyValue("from", layout)
                        .addKeyValue("anew", anew)
                        .log("carried the counters over from another version");
                return maps;
            }
            maps.values().forEach(BpfMap::close);
        }
        return Map.of();
    }

    private static Optional<BpfMap> openIfSame(Path pin, MapShape shape) {
        Optional<BpfMap> map = BpfMap.openPinned(pin);
        if (map.isPresent() && !map.get().shape().equals(shape)) {
            map.get().close();
            return Optional.empty();
        }
        return map;
    }
}
