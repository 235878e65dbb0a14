package dev.udpfanout.loader.doctor;

import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;

/**
 * One thing that is wrong on a node, what doctor must say of it, and what trace.
 *
 * @param name for people
 * @param way of the lab in which it happens
 * @param breaks makes it so
 * @param mends undoes it
 * @param result how bad it is
 * @param check that names it
 * @param finding a part of what that says
 * @param traced what becomes of test datagrams meanwhile
 */
record Fault(
        String name, WayIn way, Step breaks, Step mends, Result result, String check, String finding, Traced traced) {
    private static final int PAYLOAD_BYTES = 64;
    private static final int PORT = 5514;

    /** What is done to the lab. */
    @FunctionalInterface
    interface Step {
        void on(DoctorLab lab) throws Exception;
    }

    /**
     * What trace must say.
     *
     * @param isLost whether one of the datagrams dies; otherwise all arrive
     * @param where the beginning of what it says of where
     * @param cause a part of what it says of why
     * @param payloadBytes of the datagrams
     * @param port where senders send to
     * @param suspect a part of what it says of the packet filter
     */
    record Traced(boolean isLost, String where, String cause, int payloadBytes, int port, String suspect) {}

    /** What doctor must say, without what trace must. */
    record Named(String name, WayIn way, Step breaks, Step mends, Result result, String check, String finding) {
        /** One of the datagrams dies there, and trace says so. */
        Fault dies(String where, String cause) {
            return dies(PAYLOAD_BYTES, where, cause);
        }

        /** As above, of larger datagrams. */
        Fault dies(int payloadBytes, String where, String cause) {
            return with(new Traced(true, where, cause, payloadBytes, PORT, ""));
        }

        /** One of the datagrams dies by the packet filter, and trace names the rule or the chain. */
        Fault diesByFirewall(String where, String suspect) {
            return with(new Traced(true, where, "firewall", PAYLOAD_BYTES, PORT, suspect));
        }

        /** Test datagrams arrive meanwhile: it hits others, or later ones. */
        Fault arrives() {
            return with(new Traced(false, "", "", PAYLOAD_BYTES, PORT, ""));
        }

        /** As {@link #dies(String, String)}, where senders send to another port. */
        Fault diesAtPort(int port, String where, String cause) {
            return with(new Traced(true, where, cause, PAYLOAD_BYTES, port, ""));
        }

        private Fault with(Traced traced) {
            return new Fault(name, way, breaks, mends, result, check, finding, traced);
        }
    }

    /** By commands of a shell on the node. */
    static Named of(String name, WayIn way, String breaks, String mends, Result result, String check, String finding) {
        return of(name, way, lab -> lab.node(breaks), lab -> lab.node(mends), result, check, finding);
    }

    static Named of(String name, WayIn way, Step breaks, Step mends, Result result, String check, String finding) {
        return new Named(name, way, breaks, mends, result, check, finding);
    }

    @Override
    public String toString() {
        return way + ": " + name;
    }
}
