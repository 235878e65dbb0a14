package dev.udpfanout.loader.doctor.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class MemoryLockCheckTest {
    private static final int DAEMON = 4711;

    /** Stands for /proc. */
    @TempDir
    private Path proc;

    private void write(String name, String content) throws IOException {
        Path file = proc.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    @ParameterizedTest
    @CsvSource({
        "5.10.0-30-cloud-amd64, 65536,     WARNING",
        "5.10.0-30-cloud-amd64, unlimited, OK",
        "5.10.0-30-cloud-amd64, 536870912, OK",
        "4.19.0,                65536,     WARNING",
        "5.11.0,                65536,     OK",
        "6.18.5,                65536,     OK",
    })
    void shouldWarnOfASmallLimitWhereTheKernelChargesMapsToIt(String release, String limit, Result expected)
            throws IOException {
        write("sys/kernel/osrelease", release + "\n");
        write(DAEMON + "/limits", """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             7823                 7823                 processes
                Max locked memory         %-20s %-20s bytes
                """.formatted(limit, limit));

        Diagnosis found = MemoryLockCheck.of(proc, Optional.of(DAEMON));
        assertEquals(expected, found.result(), found::toString);
        assertEquals(expected == Result.WARNING, !found.mend().isEmpty(), found::toString);
    }

    @Test
    void shouldReadThisMachine() {
        Diagnosis found = MemoryLockCheck.of(Path.of("/proc"), Optional.empty());
        assertTrue(found.result() != Result.NOT_CHECKED, found::toString);
    }
}
