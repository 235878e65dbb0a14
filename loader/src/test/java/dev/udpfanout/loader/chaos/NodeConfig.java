package dev.udpfanout.loader.chaos;

/**
 * The daemon's configuration: a listener on dummy0, to which kube-proxy leads the VIP, and one on the NIC.
 *
 * @param attachDummy how the program is on dummy0: {@code tcx} or {@code clsact}
 * @param attachNic the same of eth0
 * @param hook of dummy0: {@code ingress} or {@code egress}
 * @param policy of both listeners
 */
record NodeConfig(String attachDummy, String attachNic, String hook, String policy) {
    static final String DUMMY = "dummy0";
    static final String NIC = "eth0";
    static final int NIC_PORT = 6514;

    private static final String TCX = "tcx";
    private static final String CLSACT = "clsact";

    /** One of each kind where the kernel has both. */
    static NodeConfig first(boolean hasTcx) {
        return new NodeConfig(hasTcx ? TCX : CLSACT, CLSACT, "ingress", "round_robin");
    }

    /** Each interface in the other's way. */
    NodeConfig withAttachSwapped() {
        return new NodeConfig(attachNic, attachDummy, hook, policy);
    }

    NodeConfig withOtherHook() {
        return new NodeConfig(attachDummy, attachNic, hook.equals("ingress") ? "egress" : "ingress", policy);
    }

    NodeConfig withOtherPolicy() {
        return new NodeConfig(attachDummy, attachNic, hook, policy.equals("round_robin") ? "weighted" : "round_robin");
    }

    /** The interface with a clsact filter; of two, the NIC. */
    String clsactInterface() {
        return attachNic.equals(CLSACT) ? NIC : DUMMY;
    }

    /** The interface with a TCX link; there must be one. */
    String tcxInterface() {
        return attachNic.equals(TCX) ? NIC : DUMMY;
    }

    /** The file. */
    String yaml() {
        return """
                on_exit: keep
                drain_secs: 1
                metrics: { bind: "127.0.0.1:9090" }
                listeners:
                  - name: syslog
                    bind: "10.255.0.1:5514"
                    interface: %s
                    mode: tc_ebpf
                    attach: %s
                    hook: %s
                    policy: %s
                    kubernetes: { namespace: logging, service: receivers, port: syslog }
                    publish: { namespace: logging, service: syslog }
                  - name: netflow
                    bind: "0.0.0.0:%d"
                    interface: %s
                    mode: tc_ebpf
                    attach: %s
                    policy: %s
                    kubernetes: { namespace: logging, service: receivers, port: syslog }
                """.formatted(DUMMY, attachDummy, hook, policy, NIC_PORT, NIC, attachNic, policy);
    }
}
