package dev.udpfanout.loader.doctor;

import static dev.udpfanout.loader.doctor.Fault.of;
import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.PROBLEM;

import dev.udpfanout.loader.datapath.kernel.attach.NeighbourProgram;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Programs of others that end a datagram's way before ours. */
final class ProgramFaults {
    private ProgramFaults() {}

    static List<Fault> ofFamily(Family family) {
        String taken = "eth0 ingress takes datagrams to %s port 5514";
        return List.of(
                dropper(
                        family.way(WayIn.DUMMY_INGRESS),
                        "eth0",
                        "uplink_program",
                        taken.formatted(Family.text(family.vip))),
                dropper(family.way(WayIn.DUMMY_CLSACT), "dummy0", "program", "runs before ours at dummy0 ingress"),
                dropper(family.way(WayIn.NIC_USERSPACE), "eth0", "uplink_program", "eth0 ingress takes datagrams to "),
                neighbour(family.way(WayIn.DUMMY_TCX_KEEP), "dummy0"));
    }

    /** Somebody's filter of clsact, before what is there at the kernel's own choice of priority. */
    private static Fault dropper(WayIn way, String interfaceName, String check, String finding) {
        AtomicReference<NeighbourProgram> program = new AtomicReference<>();
        return of(
                        "a foreign filter on " + interfaceName + " drops",
                        way,
                        lab -> program.set(NeighbourProgram.attachDropper(
                                lab.lab().topology().node(), interfaceName, 1)),
                        lab -> {
                            lab.node("tc filter del dev " + interfaceName + " ingress pref 1");
                            program.get().close();
                        },
                        PROBLEM,
                        check,
                        finding)
                .dies(interfaceName, "TC program or filter");
    }

    private static Fault neighbour(WayIn way, String interfaceName) {
        AtomicReference<NeighbourProgram> program = new AtomicReference<>();
        return of(
                        "a TCX program before ours ends the way",
                        way,
                        lab -> program.set(NeighbourProgram.attachFirst(
                                lab.lab().topology().node(), interfaceName)),
                        lab -> program.get().close(),
                        PROBLEM,
                        "program",
                        "neighbour (id ")
                .dies(interfaceName, "");
    }
}
