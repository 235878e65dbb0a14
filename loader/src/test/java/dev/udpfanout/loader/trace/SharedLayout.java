package dev.udpfanout.loader.trace;

import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A structure that probes in the kernel and Java share.
 *
 * @param header that declares it, below bpf/src/main/c
 * @param struct its name in C
 * @param layout Java's
 */
public record SharedLayout(String header, String struct, StructLayout layout) {
    private static final Path HEADERS = Path.of("../bpf/src/main/c").toAbsolutePath();

    /** Java's offsets of the members, and the size. */
    public List<String> expected() {
        return Stream.concat(
                        names().map(name -> name + " " + layout.byteOffset(PathElement.groupElement(name))),
                        Stream.of("size " + layout.byteSize()))
                .toList();
    }

    private Stream<String> names() {
        return layout.memberLayouts().stream().map(MemoryLayout::name).map(name -> name.orElseThrow());
    }

    /** The same of this machine's C compiler, or what it complains of. */
    public List<String> measured(Path directory) throws IOException, InterruptedException {
        StringBuilder program = new StringBuilder();
        program.append("#include <stddef.h>\n#include <stdio.h>\n#include \"" + header + "\"\nint main(void)\n{\n");
        names().forEach(name ->
                program.append("printf(\"%s %%zu\\n\", offsetof(struct %s, %s));%n".formatted(name, struct, name)));
        program.append("printf(\"size %%zu\\n\", sizeof(struct %s));%n}%n".formatted(struct));
        Path source = Files.writeString(directory.resolve("layout.c"), program);
        String binary = directory.resolve("layout").toString();
        List<String> complaints = run("cc", "-I", HEADERS.toString(), "-o", binary, source.toString());
        return complaints.isEmpty() ? run(binary) : complaints;
    }

    private static List<String> run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = process.inputReader().lines().toList();
        process.waitFor();
        return lines;
    }
}
