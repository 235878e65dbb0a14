package dev.udpfanout.loader.config;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * One listener.
 *
 * @param id its position in the file, from 0; {@code listener_id} in log lines
 * @param name unique
 * @param bind destination address and port of the datagrams to spread; 0.0.0.0 stands for the node's own addresses
 * @param interfaceName where they are intercepted
 * @param mode which datapath serves it
 * @param attach how the program gets onto the hook
 * @param hook on which side of a dummy interface the rewriting happens; ingress for a NIC
 * @param downstream receivers, at least one
 */
public record ListenerConfig(
        int id,
        String name,
        InetSocketAddress bind,
        String interfaceName,
        Mode mode,
        AttachMethod attach,
        Hook hook,
        List<Downstream> downstream) {

    public ListenerConfig {
        downstream = List.copyOf(downstream);
    }

    /** Which datapath serves a listener. */
    public enum Mode {
        /** In the kernel, by a TC eBPF program. */
        TC_EBPF
    }

    /** How a program gets onto an interface's hook. */
    public enum AttachMethod {
        /** TCX where the kernel has it (6.6), else clsact. */
        AUTO,
        /** A TCX link; an error where the kernel has none. */
        TCX,
        /** A filter of the clsact qdisc. */
        CLSACT
    }

    /** Where on the interface the rewriting happens. */
    public enum Hook {
        /** Incoming datagrams; on a dummy interface, those that udp_fanout_turn sends back in. */
        INGRESS,
        /** On a dummy interface, outgoing datagrams: saves the turn, but tcpdump sees the datagram only before. */
        EGRESS
    }

    /**
     * A receiver given in the file.
     *
     * @param name for people
     * @param address its address and UDP port
     */
    public record Downstream(String name, InetSocketAddress address) {}

    /** Whether the interface is one of the kind that we create, steer to and turn datagrams around on. */
    public boolean isOnDummyInterface() {
        return interfaceName.matches("dummy\\d+");
    }

    /** Whether the listener stands for all of the node's own addresses. */
    public boolean isWildcard() {
        return bind.getAddress().isAnyLocalAddress();
    }
}
