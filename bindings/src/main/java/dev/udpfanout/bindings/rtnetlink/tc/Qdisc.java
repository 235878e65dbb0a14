package dev.udpfanout.bindings.rtnetlink.tc;

/**
 * A queueing discipline of a link: tc(8).
 *
 * @param linkIndex its link
 * @param handle its number, the major part in the upper 16 bits: {@code ffff:0} of a clsact is 0xFFFF0000
 * @param parent what it hangs on: 0xFFFFFFFF is the root, 0xFFFFFFF1 the place of ingress and clsact
 * @param kind for example {@code clsact} or {@code fq_codel}
 */
public record Qdisc(int linkIndex, int handle, int parent, String kind) {
    /** The kind of the qdisc that gives a link its two {@link TcHook}s. */
    public static final String CLSACT = "clsact";

    /** The kind of the qdisc that gives it the ingress hook alone: older than clsact, and in the same place. */
    public static final String INGRESS = "ingress";

    public boolean isClsact() {
        return kind.equals(CLSACT);
    }

    public boolean isIngress() {
        return kind.equals(INGRESS);
    }
}
