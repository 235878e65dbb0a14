package dev.udpfanout.loader;

import dev.udpfanout.bindings.abi.Limits;
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
}
