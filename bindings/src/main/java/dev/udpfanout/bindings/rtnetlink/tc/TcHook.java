package dev.udpfanout.bindings.rtnetlink.tc;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.TC_H_CLSACT;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.TC_H_MIN_EGRESS;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.TC_H_MIN_INGRESS;

import java.util.Optional;

/** The two places where a clsact qdisc runs filters: include/uapi/linux/pkt_sched.h. */
public enum TcHook {
    /** Packets that come in at the interface. */
    INGRESS(TC_H_MIN_INGRESS()),
    /** Packets about to leave by it. */
    EGRESS(TC_H_MIN_EGRESS());

    private static final int MAJOR_MASK = 0xFFFF_0000;

    /** As the parent of filters that tc attached with "parent ffff:". */
    private static final int INGRESS_QDISC_HANDLE = TC_H_CLSACT() & MAJOR_MASK;

    private final int parent;

    TcHook(int minor) {
        this.parent = TC_H_CLSACT() & MAJOR_MASK | minor;
    }

    /** The value of tcm_parent. */
    public int parent() {
        return parent;
    }

    static Optional<TcHook> of(int parent) {
        if (parent == INGRESS.parent || parent == INGRESS_QDISC_HANDLE) {
            return Optional.of(INGRESS);
        }
        return parent == EGRESS.parent ? Optional.of(EGRESS) : Optional.empty();
    }
}
