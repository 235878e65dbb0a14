package dev.udpfanout.loader.datapath.kernel.program;

import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.MapShape;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The maps that are carried over from another version's layout, or from one with less room: the counters, and whose
 * they are. The very maps are used, not copies: that version's program counts in them until this one's takes its place,
 * and nothing goes back to zero.
 *
 * <p>An index of one is an index of the others, and the map of the listeners' names says whose it is: without that map
 * none is used. Of the others, one that is not there or has another shape begins anew. The shape is compared; what
 * changes its meaning without its shape needs another name (udp_fanout.h, UF_LAYOUT_VERSION).
 *
 * @param same by name, those of this program's shape
 * @param shorter by name, those with fewer elements, which are otherwise the same
 */
record CarriedMaps(Map<String, BpfMap> same, Map<String, BpfMap> shorter) {
    static final CarriedMaps NONE = new CarriedMaps(Map.of(), Map.of());

    private static final Logger LOG = LoggerFactory.getLogger(CarriedMaps.class);

    /**
     * Opens those of the newest other layout that says whose they are.
     *
     * @param owners the map that says so, one of the names
     * @param names of the maps
     * @param shapes what each must be
     * @return none if there is no such layout
     */
    static CarriedMaps open(Pins pins, String owners, List<String> names, Function<String, MapShape> shapes) {
        for (Path layout : pins.otherLayouts()) {
            CarriedMaps maps = new CarriedMaps(new HashMap<>(), new HashMap<>());
            names.forEach(name -> maps.add(layout.resolve(name), shapes.apply(name)));
            if (maps.has(owners)) {
                List<String> anew =
                        names.stream().filter(name -> !maps.has(name)).toList();
                LOG.atInfo()
                        .addKeyValue("from", layout)
                        .addKeyValue("anew", anew)
                        .log("carried the counters over from another version");
                return maps;
            }
            maps.same.values().forEach(BpfMap::close);
            maps.shorter.values().forEach(BpfMap::close);
        }
        return NONE;
    }

    private boolean has(String name) {
        return same.containsKey(name) || shorter.containsKey(name);
    }

    private void add(Path pin, MapShape wanted) {
        BpfMap.openPinned(pin).ifPresent(map -> {
            MapShape shape = map.shape();
            if (shape.equals(wanted)) {
                same.put(map.name(), map);
            } else if (shape.maxEntries() < wanted.maxEntries() && shape.isLike(wanted)) {
                shorter.put(map.name(), map);
            } else {
                map.close();
            }
        });
    }
}
