package dev.udpfanout.loader.datapath.kernel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.libbpf.BpfObject;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Each object by itself, with all its programs: a daemon whose kernel refuses one of them goes on with the other, and
 * nobody would notice.
 */
@Tag("kernel")
class BuiltInObjectsTest {
    private static void load(byte[] elf) {
        try (BpfObject object = BpfObject.open(elf, KernelProgram.REWRITE)) {
            object.load(KernelProgram.NAMES);
            KernelProgram.NAMES.forEach(name -> assertTrue(object.program(name).fd() > 0, name));
        }
    }

    @Test
    void shouldLoadTheObjectForEveryKernel() {
        load(BuiltInObjects.plain());
    }

    @Test
    void shouldLoadTheObjectThatAsksConnectionTrackingWhereThatMayBeAsked() {
        Optional<String> refusal = ConntrackProbe.refusal();
        Assumptions.assumeTrue(refusal.isEmpty(), () -> "this kernel is not asked: " + refusal.orElseThrow());
        load(BuiltInObjects.asking());
        assertEquals(Optional.empty(), BuiltInObjects.whyConntrackIsNotAsked());
    }
}
