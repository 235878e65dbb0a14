package dev.udpfanout.loader.doctor.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class NodeFilesTest {
    private static final Path PROC = Path.of("/proc");

    @Test
    void shouldReadAllDigitsOfASetting() throws IOException {
        String whole = Files.readAllLines(PROC.resolve("sys/net/core/rmem_max")).getFirst();

        assertEquals(
                Long.parseLong(whole),
                new NodeFiles(PROC).setting("core/rmem_max").orElseThrow());
    }
}
