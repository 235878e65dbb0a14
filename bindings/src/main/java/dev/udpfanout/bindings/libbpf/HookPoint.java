package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.generated.libbpf.Libbpf;

/** Where on an interface a TC program runs. */
public enum HookPoint {
    /** Packets that come in from the interface, before the stack sees them. */
    INGRESS(Libbpf.BPF_TC_INGRESS(), Libbpf.UF_BPF_TCX_INGRESS()),
    /** Packets that are about to leave through the interface. */
    EGRESS(Libbpf.BPF_TC_EGRESS(), Libbpf.UF_BPF_TCX_EGRESS());

    private final int clsactPoint;
    private final int tcxType;

    HookPoint(int clsactPoint, int tcxType) {
        this.clsactPoint = clsactPoint;
        this.tcxType = tcxType;
    }

    int clsactPoint() {
        return clsactPoint;
    }

    int tcxType() {
        return tcxType;
    }

    /** {@code "ingress"} or {@code "egress"}, as tc(8) has it. */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
