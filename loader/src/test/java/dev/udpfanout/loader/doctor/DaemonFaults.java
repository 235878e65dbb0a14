package dev.udpfanout.loader.doctor;

import static dev.udpfanout.loader.doctor.Fault.of;
import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.PROBLEM;
import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.WARNING;

import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.util.List;

/** A daemon that is dead, and what it leaves. */
final class DaemonFaults {
    private DaemonFaults() {}

    static List<Fault> all() {
        return List.of(
                of(
                                "the daemon is dead, and its programs are still attached",
                                WayIn.DUMMY_INGRESS,
                                DoctorLab::killDaemon,
                                DoctorLab::startDaemon,
                                WARNING,
                                "daemon",
                                "what an earlier one has attached forwards datagrams")
                        .arrives(),
                of(
                                "the daemon is dead, and nothing is attached",
                                WayIn.DUMMY_INGRESS,
                                lab -> {
                                    lab.killDaemon();
                                    Pins.removeAll(lab.lab().pins());
                                },
                                DoctorLab::startDaemon,
                                PROBLEM,
                                "daemon",
                                "no udp-fanout runs on this node")
                        .dies("dummy0", "no program of udp-fanout took it"),
                of(
                                "the daemon is dead, and its sockets with it",
                                WayIn.NIC_USERSPACE,
                                DoctorLab::killDaemon,
                                DoctorLab::startDaemon,
                                PROBLEM,
                                "daemon",
                                "no udp-fanout runs on this node")
                        .dies("eth0", "No socket listens"));
    }
}
