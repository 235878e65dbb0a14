package dev.udpfanout.loader.datapath.kernel.program;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code detach --force} runs beside a daemon, which pins again what is taken away. */
@Tag("unit")
class PinRemovalTest {
    private static final int REMOVALS = 5_000;
    private static final int PINS = 4;

    @TempDir
    private Path directory;

    @Test
    @Timeout(60)
    void shouldNotFailWhenADaemonPinsAgainMeanwhile() throws Exception {
        Path root = directory.resolve("pins");
        AtomicBoolean isOver = new AtomicBoolean();
        CompletableFuture<Void> daemon = CompletableFuture.runAsync(() -> {
            while (!isOver.get()) {
                pin(root.resolve("links"));
            }
        });
        try {
            int removals = 0;
            while (removals < REMOVALS && !daemon.isDone()) {
                removals += Files.exists(root) ? 1 : 0;
                Pins.removeAll(root);
            }
        } finally {
            isOver.set(true);
            assertNull(daemon.get(10, TimeUnit.SECONDS));
        }
        Pins.removeAll(root);
        assertFalse(Files.exists(root));
    }

    private static void pin(Path links) {
        try {
            Files.createDirectories(links);
            for (int pin = 0; pin < PINS; pin++) {
                Files.write(links.resolve("pin-" + pin), new byte[0]);
            }
        } catch (IOException e) {
            // It was taken away beneath us: the daemon tries again.
        }
    }
}
