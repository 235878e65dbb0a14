package dev.udpfanout.loader.endtoend.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.lab.netflow.NetflowTrials;
import dev.udpfanout.loader.cli.Distribution;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A part of {@code make netflow-test}: Debian's collectors decode each record once, in the kernel and in user space.
 */
@Tag("kernel")
class NetflowTrialsTest {
    @TempDir
    private Path logs;

    @Test
    void shouldHaveEachRecordDecodedOnceWhateverHappens() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        int exitCode = NetflowTrials.run(
                new PrintStream(text, true, StandardCharsets.UTF_8),
                "--daemon",
                Distribution.command(),
                "--logs",
                logs.toString(),
                "--trials",
                "hostile kernel IPv6,scaling epoll");
        assertEquals(0, exitCode, () -> text.toString(StandardCharsets.UTF_8));
    }
}
