package dev.udpfanout.loader.datapath.kernel.program;

import dev.udpfanout.bindings.abi.listener.ListenerName;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.BpfObject;
import dev.udpfanout.bindings.libbpf.MapType;
import dev.udpfanout.bindings.map.ArrayMap;
import dev.udpfanout.bindings.map.MapDeclaration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The maps that a daemon before this one has left, as this one goes on with them.
 *
 * @param size of this program's maps
 * @param same by name, those that are used in place of maps of its own
 * @param before by name of this program's map, a shorter one that has counted until now: it is kept beside it, since
 *     the earlier program goes on counting there until it is replaced. What both say together is what was counted.
 * @param names of the listeners by slot, if that map is a shorter one: to be copied, as the daemon alone writes it
 */
record AdoptedMaps(
        ProgramSize size, Map<String, BpfMap> same, Map<String, BpfMap> before, Optional<List<ListenerName>> names) {
    private static final String BEFORE = "_BEFORE";

    static AdoptedMaps none(ProgramSize size) {
        return new AdoptedMaps(size, Map.of(), Map.of(), Optional.empty());
    }

    /** Opens what is pinned; the maps belong to the caller, who closes those of {@link #same} once they are in use. */
    static AdoptedMaps open(byte[] elf, Pins pins, ProgramSize wanted) {
        int slots = slotsAt(pins.map(SharedMaps.LISTENER_NAMES.name()));
        if (slots > 0 && slots < wanted.slots()) {
            pins.setAside();
            slots = 0;
        }
        Map<String, BpfMap> same = new HashMap<>();
        Map<String, BpfMap> before = new HashMap<>();
        for (MapDeclaration<?> map : SharedMaps.ALL) {
            BpfMap.openPinned(pins.map(map.name())).ifPresent(open -> same.put(map.name(), open));
            BpfMap.openPinned(pins.map(map.name() + BEFORE)).ifPresent(open -> before.put(map.name(), open));
        }
        if (same.containsKey(SharedMaps.LISTENER_NAMES.name())
                || pins.otherLayouts().isEmpty()) {
            return new AdoptedMaps(wanted.orThatOf(slots), same, before, Optional.empty());
        }
        return carried(elf, pins, wanted, same, before);
    }

    private static int slotsAt(Path names) {
        return BpfMap.openPinned(names)
                .map(map -> {
                    try (map) {
                        return map.shape().maxEntries();
                    }
                })
                .orElse(0);
    }

    private static AdoptedMaps carried(
            byte[] elf, Pins pins, ProgramSize wanted, Map<String, BpfMap> same, Map<String, BpfMap> before) {
        String owners = SharedMaps.LISTENER_NAMES.name();
        ProgramSize size = pins.otherLayouts().stream()
                .map(layout -> slotsAt(layout.resolve(owners)))
                .filter(slots -> slots > 0)
                .findFirst()
                .map(wanted::orThatOf)
                .orElse(wanted);
        CarriedMaps carried;
        try (BpfObject object = BpfObject.open(elf, KernelProgram.REWRITE)) {
            size.applyTo(object);
            carried = CarriedMaps.open(pins, owners, carriedOver(), object::shapeOf);
        }
        same.putAll(carried.same());
        carried.shorter().forEach((name, map) -> {
            if (map.shape().type() == MapType.PERCPU_ARRAY.number()) {
                before.put(name, map);
            }
        });
        Optional<List<ListenerName>> names = Optional.ofNullable(
                        carried.shorter().get(owners))
                .map(map -> SharedMaps.LISTENER_NAMES.open(map).all());
        carried.shorter().forEach((name, map) -> {
            if (!before.containsValue(map)) {
                map.close();
            }
        });
        return new AdoptedMaps(size, same, before, names);
    }

    private static List<String> carriedOver() {
        return SharedMaps.ALL.stream()
                .filter(MapDeclaration::isCarriedOver)
                .map(MapDeclaration::name)
                .toList();
    }

    /** Has the object use these maps, and make the others in their size. */
    void applyTo(BpfObject object) {
        size.applyTo(object);
        same.forEach(object::reuseMap);
    }

    /** Writes down whose the slots are, before the next daemon can find the map. */
    void copyNames(ArrayMap<ListenerName> to) {
        names.ifPresent(to::putAll);
    }

    /** Gives the shorter maps names beside this program's, where they have none. */
    void pinBefore(Pins pins) {
        before.forEach((name, map) -> {
            Path pin = pins.map(name + BEFORE);
            if (!Files.exists(pin)) {
                map.pin(pin);
            }
        });
    }

    void closeSame() {
        same.values().forEach(BpfMap::close);
    }

    void closeBefore() {
        before.values().forEach(BpfMap::close);
    }
}
