package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How large a heap the launch script gives the daemon, by the cgroup that it runs in. */
@Tag("unit")
class HeapSizeTest {
    @TempDir
    private Path cgroup;

    private String heapSize() throws IOException, InterruptedException {
        Path script = Path.of(Distribution.command()).resolveSibling("heap-size");
        ProcessBuilder builder = new ProcessBuilder(script.toString());
        builder.environment().put("UDP_FANOUT_CGROUP", cgroup.toString());
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        return printed.strip();
    }

    @ParameterizedTest
    @CsvSource({
        "memory.max, 268435456, 128m",
        "memory.max, 201326592, 96m",
        "memory.max, 67108864, 64m",
        "memory.max, 34359738368, 1024m",
        "memory.max, max, 256m",
        "memory/memory.limit_in_bytes, 268435456, 128m",
        "memory/memory.limit_in_bytes, 9223372036854771712, 256m",
        "memory.other, 1, 256m"
    })
    void shouldBeHalfOfTheLimit(String file, String content, String expected) throws IOException, InterruptedException {
        Path limit = cgroup.resolve(file);
        Files.createDirectories(limit.getParent());
        Files.writeString(limit, content + "\n");

        assertEquals(expected, heapSize());
    }
}
