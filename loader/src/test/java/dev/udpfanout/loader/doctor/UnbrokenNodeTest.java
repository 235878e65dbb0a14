package dev.udpfanout.loader.doctor;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Of a node on which all is well doctor says so, in every mode and way in. */
@Tag("kernel")
class UnbrokenNodeTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(WayIn.class)
    void shouldFindNothingWrong(WayIn way) throws IOException {
        try (DoctorLab lab = new DoctorLab(directory, way)) {
            lab.assertWell();
        }
    }
}
