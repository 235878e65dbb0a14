package dev.udpfanout.loader.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.loader.datapath.kernel.attach.NeighbourProgram;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * An XDP program in the NIC's driver sees what senders send, and not doctor's test datagrams. Of one that lets pass
 * doctor says so, and names no other cause; of those that drop: {@link FurtherFaults}. {@code make doctor-test} alone
 * has it.
 */
@Tag("kernel")
@EnabledIfSystemProperty(named = "udpfanout.doctor", matches = "all")
class XdpInDriverTest {
    private static final String NAME = "an XDP program in the driver lets pass";

    @TempDir
    private Path directory;

    private static Optional<Diagnosis> ofXdp(DoctorLab lab) {
        return lab.examine().stream().filter(each -> each.check().equals("xdp")).findFirst();
    }

    @TestFactory
    Stream<DynamicTest> shouldSayThatItLetsPass() {
        List<WayIn> ways = List.of(WayIn.NIC, WayIn.NIC6, WayIn.DUMMY_INGRESS, WayIn.VIP_DIRECT6, WayIn.NIC_USERSPACE);
        return Selection.of(ways).stream()
                .filter(way -> Selection.isWanted(NAME))
                .map(way -> DynamicTest.dynamicTest(way + ": " + NAME, () -> shouldSayThatItLetsPass(way)));
    }

    private void shouldSayThatItLetsPass(WayIn way) throws IOException {
        try (DoctorLab lab = new DoctorLab(directory.resolve(way.name()), way)) {
            long before = lab.lab().received();
            try (NeighbourProgram program =
                    NeighbourProgram.attachXdp(lab.lab().topology().node(), "eth0", "xdp_passer", "xdpdrv")) {
                assertTrue(BoundedWait.until(
                        () -> {
                            lab.sendToVip();
                            return program.seen() > 0 && lab.lab().received() > before;
                        },
                        DoctorLab.LIMIT));

                lab.assertWell();
                Diagnosis found = ofXdp(lab).orElseThrow();
                assertEquals(Result.OK, found.result(), found::toString);
                assertTrue(found.finding().contains("in the driver of eth0 lets datagrams to "), found::finding);
            } finally {
                lab.node("bpftool net detach xdpdrv dev eth0");
            }
            assertEquals(Optional.empty(), ofXdp(lab));
        }
    }
}
