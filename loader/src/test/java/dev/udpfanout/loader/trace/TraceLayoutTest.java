package dev.udpfanout.loader.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Java's offsets of what the probes share with it are those of this machine's C compiler. */
@Tag("unit")
class TraceLayoutTest {
    @TempDir
    private Path directory;

    static List<SharedLayout> shared() {
        return List.of(
                new SharedLayout("trace/event.h", "uf_trace_event", TraceEvent.LAYOUT),
                new SharedLayout("trace/event.h", "uf_trace_settings", TraceSettings.LAYOUT));
    }

    @ParameterizedTest
    @MethodSource("shared")
    void shouldHaveTheCompilersOffsetsWhenTheHeaderIsCompiled(SharedLayout shared) throws Exception {
        assertEquals(shared.expected(), shared.measured(directory));
    }
}
