package dev.udpfanout.lab.netflow;

import dev.udpfanout.lab.process.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The object of another version, as far as a daemon can tell: its bytes differ. */
final class OtherProgram {
    private static final String BUILT_IN = "/dev/udpfanout/bpf/udp_fanout.bpf.o";

    private OtherProgram() {}

    /** Writes it into a folder, by llvm-objcopy(1). */
    static Path in(Path folder) {
        try (InputStream builtIn = OtherProgram.class.getResourceAsStream(BUILT_IN)) {
            Path object = folder.resolve("built-in.o");
            Files.copy(builtIn, object);
            Path note = Files.writeString(folder.resolve("note"), "another version");
            Path other = folder.resolve("other.o");
            Command.run(List.of(
                    "llvm-objcopy", "--add-section", ".comment.other=" + note, object.toString(), other.toString()));
            return other;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
