package dev.udpfanout.loader.doctor;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Of a node on which all is well doctor says so, in every mode and way in. {@code -Dudpfanout.doctor=all} ({@code make
 * doctor-test}) takes all of them; otherwise each mode, hook and method of attachment once.
 */
@Tag("kernel")
class UnbrokenNodeTest {
    @TempDir
    private Path directory;

    private static Set<WayIn> ways() {
        if (Selection.isWhole()) {
            return Selection.of(EnumSet.allOf(WayIn.class));
        }
        return EnumSet.of(
                WayIn.DUMMY_INGRESS6,
                WayIn.DUMMY_EGRESS,
                WayIn.DUMMY_CLSACT6,
                WayIn.DUMMY_USERSPACE,
                WayIn.NIC,
                WayIn.NIC_USERSPACE6,
                WayIn.VIP_DIRECT6);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void shouldFindNothingWrong(WayIn way) throws IOException {
        assumeTrue(Selection.isWanted("nothing is wrong"));
        try (DoctorLab lab = new DoctorLab(directory, way)) {
            lab.assertWell();
        }
    }
}
