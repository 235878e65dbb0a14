package dev.udpfanout.loader.doctor;

import static dev.udpfanout.loader.doctor.Fault.of;
import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.PROBLEM;
import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.WARNING;

import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.util.List;

/** A daemon that is dead, and what it leaves; one that lacks something. */
final class DaemonFaults {
    /** setpriv(1) with all that a daemon needs but bpf(2). */
    private static final String[] WITHOUT_BPF = {
        "setpriv", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all,+net_admin,+net_raw"
    };
    /** An address that nobody in the lab has. */
    private static final String ABSENT = "192.168.1.77";

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

    /** Of what the daemon may and has; {@code make doctor-test} alone has them. */
    static List<Fault> further() {
        return List.of(
                of(
                                "the daemon does not answer on its metrics port",
                                WayIn.DUMMY_INGRESS,
                                lab -> lab.daemon().signal("STOP"),
                                lab -> lab.daemon().signal("CONT"),
                                PROBLEM,
                                "metrics_port",
                                "the daemon does not answer on ")
                        .arrives(),
                of(
                                "the node has no such address",
                                WayIn.NIC,
                                lab -> lab.edit(TopologyPlan.NODE_ADDRESS + ":", ABSENT + ":"),
                                lab -> lab.edit(ABSENT + ":", TopologyPlan.NODE_ADDRESS + ":"),
                                PROBLEM,
                                "address",
                                "no interface of this node has " + ABSENT)
                        .dies("eth0", "No socket listens"),
                of(
                                "the daemon may not load programs",
                                WayIn.DUMMY_INGRESS,
                                lab -> {
                                    lab.killDaemon();
                                    Pins.removeAll(lab.lab().pins());
                                    lab.startDaemonThrough(WITHOUT_BPF);
                                },
                                lab -> {
                                    lab.killDaemon();
                                    lab.startDaemon();
                                },
                                WARNING,
                                "mode",
                                "served in user space: ")
                        .arrives());
    }
}
