package dev.udpfanout.loader.chaos.machine;

import dev.udpfanout.lab.process.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The wall clock of the daemon alone. The machine's clock is everybody's, and a time namespace has none of its own, so
 * that a small library between the daemon and libc shifts what the clock says: {@code clock.c}.
 */
public final class WallClock {
    private final Path library;
    private final Path offset;

    private WallClock(Path library, Path offset) {
        this.library = library;
        this.offset = offset;
    }

    /** Compiles the library into a folder; the clock is right to begin with. */
    public static WallClock compileInto(Path folder) throws IOException {
        Path source = folder.resolve("clock.c");
        Path library = folder.resolve("clock.so");
        try (InputStream text = WallClock.class.getResourceAsStream("clock.c")) {
            Files.copy(text, source);
        }
        Command.run(List.of("cc", "-shared", "-fPIC", "-O2", "-s", "-o", library.toString(), source.toString()));
        WallClock clock = new WallClock(library, folder.resolve("clock-offset"));
        clock.shift(Duration.ZERO);
        return clock;
    }

    /** What a process needs in its environment to go by this clock. */
    public Map<String, String> environment() {
        return Map.of("LD_PRELOAD", library.toString(), "CLOCK_OFFSET_FILE", offset.toString());
    }

    /** Makes the clock wrong by so much, at once. */
    public void shift(Duration by) throws IOException {
        ByteBuffer seconds = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        // In one write and without truncation: the file is mapped.
        try (FileChannel file = FileChannel.open(offset, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(seconds.putLong(by.toSeconds()).flip(), 0);
        }
    }
}
