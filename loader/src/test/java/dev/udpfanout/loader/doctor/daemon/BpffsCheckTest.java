package dev.udpfanout.loader.doctor.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel")
class BpffsCheckTest {
    @TempDir
    private Path directory;

    @Test
    void shouldWarnWhereNothingCanBePinned() {
        Diagnosis found = BpffsCheck.of(directory.resolve("pins"));

        assertEquals(Result.WARNING, found.result());
        assertEquals("nothing can be pinned at " + directory + ": it is no bpffs", found.finding());
        assertFalse(found.mend().isEmpty());
    }

    @Test
    void shouldWarnWhereThereIsNoSuchPlace() {
        Diagnosis found = BpffsCheck.of(directory.resolve("absent").resolve("pins"));

        assertEquals(Result.WARNING, found.result());
        assertFalse(found.mend().isEmpty());
    }

    @Test
    void shouldFindTheBpffsOfADaemonsPins() {
        try (Topology topology = Topology.builder().pods(1).build()) {
            assertEquals(Result.OK, BpffsCheck.of(topology.pinDirectory()).result());
        }
    }
}
