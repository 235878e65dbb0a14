package dev.udpfanout.loader.drops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.loader.trace.SharedLayout;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Java's offsets of what the probes share with it are those of this machine's C compiler. */
@Tag("unit")
class DropLayoutTest {
    @TempDir
    private Path directory;

    static List<SharedLayout> shared() {
        return List.of(
                new SharedLayout("trace/drop_event.h", "uf_drop_event", DropEvent.LAYOUT),
                new SharedLayout("trace/drop_event.h", "uf_drops_settings", DropWatch.SETTINGS),
                new SharedLayout("trace/drop_event.h", "uf_drops_window", DropWatch.WINDOW));
    }

    @ParameterizedTest
    @MethodSource("shared")
    void shouldHaveTheCompilersOffsetsWhenTheHeaderIsCompiled(SharedLayout shared) throws Exception {
        assertEquals(shared.expected(), shared.measured(directory));
    }
}
