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
 * The maps that are carried over from another version's layout: the counters, and whose they are. The very maps are
 * used, not copies: that version's program counts in them until this one's takes its place, and nothing goes back to
 * zero.
 *
 * <p>They go together or not at all, since an index of one is an index of the others. The shape is compared; what
 * changes its meaning without its shape needs another name (udp_fanout.h, UF_LAYOUT_VERSION).
 */
final class CarriedMaps {
    private static final Logger LOG = LoggerFactory.getLogger(CarriedMaps.class);

    private CarriedMaps() {}

    /**
     * Opens those of the newest other layout that has them all.
     *
     * @param names of the maps
     * @param shapes what each must be
     * @return by name; none if there is no such layout
     */
    static Map<String, BpfMap> open(Pins pins, List<String> names, Function<String, MapShape> shapes) {
        for (Path layout : pins.otherLayouts()) {
            Map<String, BpfMap> maps = new HashMap<>();
            for (String name : names) {
                BpfMap.openPinned(layout.resolve(name)).ifPresent(map -> maps.put(name, map));
            }
            if (names.stream()
                    .allMatch(name ->
                            maps.containsKey(name) && maps.get(name).shape().equals(shapes.apply(name)))) {
                LOG.atInfo().addKeyValue("from", layout).log("carried the counters over from another version");
                return maps;
            }
            maps.values().forEach(BpfMap::close);
        }
        return Map.of();
    }
}
