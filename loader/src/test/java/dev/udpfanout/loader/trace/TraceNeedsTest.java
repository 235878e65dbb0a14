package dev.udpfanout.loader.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("unit")
class TraceNeedsTest {
    @TempDir
    private Path there;

    @Test
    void shouldMissNothingWhereAllIsThere() {
        assertEquals(Optional.empty(), TraceNeeds.missing(there, List.of()));
    }

    @Test
    void shouldNameTheCapabilitiesThatAreMissing() {
        String missing =
                TraceNeeds.missing(there, List.of("CAP_BPF", "CAP_PERFMON")).orElseThrow();
        assertTrue(missing.contains("CAP_BPF, CAP_PERFMON"), missing);
    }

    @Test
    void shouldNameTheFileWhenTheKernelHasNoTypes() {
        String missing = TraceNeeds.missing(there.resolve("none"), List.of()).orElseThrow();
        assertTrue(missing.contains(there.resolve("none").toString()), missing);
    }
}
