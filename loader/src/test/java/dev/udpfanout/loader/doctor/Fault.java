package dev.udpfanout.loader.doctor;

import dev.udpfanout.loader.doctor.DoctorLab.WayIn;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;

/**
 * One thing that is wrong on a node, and what doctor must say of it.
 *
 * @param name for people
 * @param way of the lab in which it happens
 * @param breaks makes it so
 * @param mends undoes it
 * @param result how bad it is
 * @param check that names it
 * @param finding a part of what that says
 */
record Fault(String name, WayIn way, Step breaks, Step mends, Result result, String check, String finding) {
    /** What is done to the lab. */
    @FunctionalInterface
    interface Step {
        void on(DoctorLab lab) throws Exception;
    }

    /** By commands of a shell on the node. */
    static Fault of(String name, WayIn way, String breaks, String mends, Result result, String check, String finding) {
        return new Fault(name, way, lab -> lab.node(breaks), lab -> lab.node(mends), result, check, finding);
    }

    @Override
    public String toString() {
        return way + ": " + name;
    }
}
