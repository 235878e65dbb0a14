package dev.udpfanout.loader.doctor;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Receivers that are alive and get nothing, or might get nothing soon: probes that nobody answers, and weights of 0.
 */
@Tag("kernel")
class ReceiversOutOfUseTest {
    private static final String WELL =
            "health: { protocol: icmp, interval_ms: 200, timeout_ms: 150, fall: 1, rise: 1 }";
    /** Nobody listens there. */
    private static final String WRONG = WELL.replace("icmp", "tcp, port: 9");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(names = {"NIC", "VIP_DIRECT6", "NIC_USERSPACE"})
    void shouldNameProbesThatNoReceiverAnswers(WayIn way) throws Exception {
        assumeTrue(Selection.isWanted("probes") && Selection.isOf(way));
        try (DoctorLab lab = new DoctorLab(directory, way, WELL, "")) {
            lab.edit(WELL, WRONG);
            lab.assertOnly(Result.WARNING, "endpoint_probe", "the daemon's probes of 2 of 2 receivers fail: ");
            lab.edit(WRONG, WRONG.replace(" }", ", on_all_unhealthy: drop }"));
            assertTrue(
                    BoundedWait.until(
                            () -> lab.examine().stream()
                                    .anyMatch(each ->
                                            each.check().equals("endpoint_probe") && each.result() == Result.PROBLEM),
                            DoctorLab.LIMIT),
                    () -> DoctorLab.text(lab.examine()));
            lab.assertOnly(Result.PROBLEM, "endpoint_probe", "the daemon's probes of 2 of 2 receivers fail: ");
            lab.edit(WRONG.replace(" }", ", on_all_unhealthy: drop }"), WELL);
            assertTrue(
                    BoundedWait.until(() -> DoctorLab.bad(lab.examine()).isEmpty(), DoctorLab.LIMIT),
                    () -> DoctorLab.text(lab.examine()));
        }
    }

    @Test
    void shouldNameReceiversThatAreAllDrained() throws Exception {
        assumeTrue(Selection.isWanted("drained") && Selection.isOf(WayIn.NIC));
        try (DoctorLab lab = new DoctorLab(directory, WayIn.NIC)) {
            String receivers = "kubernetes: { namespace: logging, service: receivers, port: syslog }";
            String place = "downstream: [ { address: \"10.42.0.11:40514\", weight: 0 } ]";
            lab.edit(receivers, place);
            lab.assertOnly(Result.PROBLEM, "endpoint_use", "none of 1 receivers is in use");
            lab.edit(place, receivers);
            assertTrue(
                    BoundedWait.until(() -> DoctorLab.bad(lab.examine()).isEmpty(), DoctorLab.LIMIT),
                    () -> DoctorLab.text(lab.examine()));
        }
    }
}
