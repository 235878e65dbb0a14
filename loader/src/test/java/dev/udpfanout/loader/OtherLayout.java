package dev.udpfanout.loader;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.MapType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes what a daemon has pinned look as if one of another version had: its map layout has another number. */
public final class OtherLayout {
    private OtherLayout() {}

    /** Between two daemons. */
    public static void rename(Path pins) throws IOException {
        Files.move(pins.resolve("v" + Limits.LAYOUT_VERSION), pins.resolve("v0"));
    }

    /**
     * As {@link #rename}, to layout 7: there, the map TEMPLATES was itself the table of what exporters of NetFlow have
     * sent, with the entries of today.
     */
    public static void renameToSeven(Path pins) throws IOException {
        Path seven = pins.resolve("v7");
        Files.move(pins.resolve("v" + Limits.LAYOUT_VERSION), seven);
        Files.delete(seven.resolve("TEMPLATES"));
        Files.move(seven.resolve("TEMPLATE_TABLE"), seven.resolve("TEMPLATES"));
    }

    /**
     * As {@link #rename}, and a map there has another shape: each CPU's value is a number.
     *
     * @param map its name, of an array
     * @param elements how many it has
     */
    public static void rename(Path pins, String map, int elements) throws IOException {
        rename(pins);
        Path pin = pins.resolve("v0").resolve(map);
        Files.delete(pin);
        try (BpfMap other = BpfMap.create(MapType.PERCPU_ARRAY, map, Integer.BYTES, Long.BYTES, elements)) {
            other.pin(pin);
        }
    }
}
