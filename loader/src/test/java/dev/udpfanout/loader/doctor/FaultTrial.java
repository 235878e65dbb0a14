package dev.udpfanout.loader.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;

/** Tries a fault in a lab. */
record FaultTrial(DoctorLab lab) {
    /** Breaks the lab, has the fault named, mends it, and waits until nothing is wrong any more. */
    void assertNamed(Fault fault) throws Exception {
        fault.breaks().on(lab);
        try {
            Diagnosis named = lab.assertOnly(fault.result(), fault.check(), fault.finding());
            new TraceOfFault(lab).assertTraced(fault.traced());
            if (named.fix().isPresent()) {
                assertFixed();
            }
        } finally {
            fault.mends().on(lab);
        }
        assertTrue(
                BoundedWait.until(() -> DoctorLab.bad(lab.examine()).isEmpty(), DoctorLab.LIMIT),
                () -> DoctorLab.text(lab.examine()));
    }

    /** What the command says that it mends it does mend: datagrams arrive. */
    private void assertFixed() {
        LabProcess fixing = lab.command("doctor", "--config", lab.lab().config().toString(), "--fix", "--yes");
        int exitCode = fixing.awaitExit(DoctorLab.LIMIT);
        assertEquals(0, exitCode, () -> String.join("\n", fixing.lines()));
        long before = lab.lab().received();
        assertTrue(
                BoundedWait.until(
                        () -> {
                            lab.sendToVip();
                            return lab.lab().received() > before;
                        },
                        DoctorLab.LIMIT),
                () -> String.join("\n", fixing.lines()));
    }
}
