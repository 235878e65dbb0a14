package dev.udpfanout.loader.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.loader.datapath.kernel.attach.NeighbourProgram;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An XDP program in the NIC's driver sees what senders send, and not doctor's test datagrams. Doctor says that it is
 * there, whether it drops or lets pass, and names no other cause. {@code make doctor-test} alone has it.
 */
@Tag("kernel")
@EnabledIfSystemProperty(named = "udpfanout.doctor", matches = "all")
class XdpInDriverTest {
    @TempDir
    private Path directory;

    private static Optional<Diagnosis> ofXdp(DoctorLab lab) {
        return lab.examine().stream().filter(each -> each.check().equals("xdp")).findFirst();
    }

    @ParameterizedTest
    @EnumSource(
            value = WayIn.class,
            names = {"NIC", "NIC6", "DUMMY_INGRESS", "VIP_DIRECT6", "NIC_USERSPACE"})
    void shouldSayThatItIsThereAndNameNoOtherCause(WayIn way) throws IOException {
        try (DoctorLab lab = new DoctorLab(directory, way)) {
            for (String program : List.of("xdp_passer", "xdp_dropper")) {
                shouldSayThatItIsThere(lab, program);
            }
        }
    }

    private static void shouldSayThatItIsThere(DoctorLab lab, String name) {
        long before = lab.lab().received();
        try (NeighbourProgram program =
                NeighbourProgram.attachXdp(lab.lab().topology().node(), "eth0", name, "xdpdrv")) {
            assertTrue(
                    BoundedWait.until(
                            () -> {
                                lab.sendToVip();
                                return program.seen() > 0;
                            },
                            DoctorLab.LIMIT),
                    name);
            assertTrue(
                    name.equals("xdp_dropper")
                            || BoundedWait.until(() -> lab.lab().received() > before, DoctorLab.LIMIT),
                    name);

            lab.assertWell();
            Diagnosis found = ofXdp(lab).orElseThrow();
            assertEquals(Result.NOT_CHECKED, found.result(), found::toString);
            assertTrue(found.finding().startsWith("an XDP program is on eth0"), found::finding);
        } finally {
            lab.node("bpftool net detach xdpdrv dev eth0");
        }
        assertFalse(ofXdp(lab).isPresent());
    }
}
