package dev.udpfanout.bench.instruction;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.udpfanout.bindings.libbpf.BpfProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class InstructionCountsTest {
    private static final Path FILE = Path.of("../bpf/instructions.tsv");
    /** Share by which a count may differ: the verifier's own changes a little with what is known of the machine. */
    private static final double TOLERANCE = 0.1;

    @Test
    @Tag("kernel")
    void shouldHaveTheInstructionsThatTheRepositorySays() throws IOException {
        InstructionCounts written = InstructionCounts.parse(Files.readAllLines(FILE));
        assumeTrue(
                written.kernel().equals(InstructionCounts.kernelHere()),
                () -> FILE + " is of Linux " + written.kernel() + ": another verifier counts otherwise");
        InstructionCounts here = InstructionCounts.here();
        assertEquals(written.sizes().keySet(), here.sizes().keySet(), "renew " + FILE + ": make instructions");
        assertAll(written.sizes().keySet().stream().map(name -> () -> {
            assertNear(
                    name + ", verified",
                    written.sizes().get(name).verified(),
                    here.sizes().get(name).verified());
            assertNear(
                    name + ", loaded",
                    written.sizes().get(name).loaded(),
                    here.sizes().get(name).loaded());
        }));
    }

    private static void assertNear(String what, int written, int here) {
        assertTrue(
                Math.abs(here - written) <= TOLERANCE * written,
                () -> what + ": " + here + " instructions, " + FILE + " says " + written
                        + ". If that is meant, renew the file with make instructions, so that it shows in review");
    }

    @Test
    @Tag("unit")
    void shouldReadWhatItWrites() {
        InstructionCounts counts = new InstructionCounts(
                "6.1.2",
                Map.of("udp_fanout", new BpfProgram.Size(10, 2), "udp_fanout_turn", new BpfProgram.Size(3, 1)));
        assertEquals(counts, InstructionCounts.parse(counts.text().lines().toList()));
        assertThrows(IllegalArgumentException.class, () -> InstructionCounts.parse(List.of("udp_fanout\t1\t2")));
        assertThrows(
                IllegalArgumentException.class, () -> InstructionCounts.parse(List.of("# Linux 6.1", "udp_fanout 1")));
    }
}
