package dev.udpfanout.loader.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Java's offsets of what the probes share with it are those of this machine's C compiler. */
@Tag("unit")
class TraceLayoutTest {
    private static final Path HEADERS = Path.of("../bpf/src/main/c").toAbsolutePath();

    @TempDir
    private Path directory;

    /** What is shared, by the header that declares it. */
    record Shared(String header, String struct, StructLayout layout) {
        /** Offsets and the size, as the C program prints them. */
        List<String> lines() {
            return Stream.concat(
                            layout.memberLayouts().stream()
                                    .map(member -> member.name().orElseThrow())
                                    .map(name -> name + " " + layout.byteOffset(PathElement.groupElement(name))),
                            Stream.of("size " + layout.byteSize()))
                    .toList();
        }

        String program() {
            StringBuilder text = new StringBuilder(
                    "#include <stddef.h>\n#include <stdio.h>\n#include \"" + header + "\"\nint main(void)\n{\n");
            for (MemoryLayout member : layout.memberLayouts()) {
                String name = member.name().orElseThrow();
                text.append("printf(\"%s %%zu\\n\", offsetof(struct %s, %s));%n".formatted(name, struct, name));
            }
            return text.append("printf(\"size %%zu\\n\", sizeof(struct %s));%n}%n".formatted(struct))
                    .toString();
        }
    }

    static List<Shared> shared() {
        return List.of(
                new Shared("trace/event.h", "uf_trace_event", TraceEvent.LAYOUT),
                new Shared("trace/event.h", "uf_trace_settings", TraceSettings.LAYOUT));
    }

    @ParameterizedTest
    @MethodSource("shared")
    void shouldHaveTheCompilersOffsetsWhenTheHeaderIsCompiled(Shared shared) throws IOException, InterruptedException {
        Path source = Files.writeString(directory.resolve("layout.c"), shared.program());
        String program = directory.resolve("layout").toString();
        assertEquals(List.of(), run("cc", "-I", HEADERS.toString(), "-o", program, source.toString()));
        assertEquals(shared.lines(), run(program));
    }

    private static List<String> run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = process.inputReader().lines().toList();
        process.waitFor();
        return lines;
    }
}
