package dev.udpfanout.loader.config;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One listener.
 *
 * @param id its position in the file, from 0; {@code listener_id} in log lines
 * @param name unique
 * @param bind destination address and port of the datagrams to spread; 0.0.0.0 stands for the node's own addresses,
 *     unless the listener is VIP-direct
 * @param vipDirect whether the destination is the VIP of the Service in {@code publish}, whatever that is at the time:
 *     {@code bind} gives its port only
 * @param interfaces where they are intercepted: names, at least one, each once; a dummy interface is the only one
 * @param mode which datapath serves it
 * @param attach how the program gets onto the hook
 * @param hook on which side of a dummy interface the rewriting happens; ingress for a NIC
 * @param localDelivery how datagrams get to a receiver on this node, in the kernel
 * @param admission which datagrams are forwarded at all
 * @param policy which endpoint a datagram goes to
 * @param hashOn what that follows from, if the policy is a hash
 * @param replies whether what endpoints answer goes back to the client as from the listener
 * @param downstream receivers from the file; at least one, or none where they come from Kubernetes
 * @param kubernetes where else receivers come from
 * @param publish the Service whose traffic it serves; there where it is VIP-direct
 * @param preference which receivers from Kubernetes come first
 * @param mirror who gets copies of some datagrams, if anyone does
 * @param userspace how it is served in user space, if it is
 */
public record ListenerConfig(
        int id,
        String name,
        InetSocketAddress bind,
        boolean vipDirect,
        List<String> interfaces,
        Mode mode,
        AttachMethod attach,
        Hook hook,
        LocalDelivery localDelivery,
        Admission admission,
        Policy policy,
        HashOn hashOn,
        boolean replies,
        List<Downstream> downstream,
        Optional<KubernetesSource> kubernetes,
        Optional<PublishTarget> publish,
        Preference preference,
        Optional<MirrorConfig> mirror,
        UserspaceConfig userspace) {

    /** How many interfaces a listener may stand on: its keys must fit into the kernel's table with those of all others. */
    public static final int MAX_INTERFACES = 16;

    public ListenerConfig {
        interfaces = List.copyOf(interfaces);
        downstream = List.copyOf(downstream);
    }

    /** Which datapath serves a listener. */
    public enum Mode {
        /** In the kernel where that works, else in user space. */
        AUTO,
        /** In the kernel, by a TC eBPF program; an error where that does not work. */
        TC_EBPF,
        /** In user space, by sockets. */
        USERSPACE
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

    /** How datagrams get to a receiver on this node. */
    public enum LocalDelivery {
        /** By the next hop, as to any other receiver: bridge, filters and queues on the way see them. */
        NEIGH,
        /** Straight into the receiver's network namespace, past all that stands on this node's side of its veth. */
        PEER
    }

    /** Which endpoint a datagram goes to. */
    public enum Policy {
        /** Each in turn. */
        ROUND_ROBIN,
        /** Each in turn, those with a larger weight more often. */
        WEIGHTED,
        /** One that follows from where the datagram comes from, the same on every node. */
        HASH,
        /** To all: each endpoint gets a copy. */
        REPLICATE
    }

    /** What the endpoint follows from with {@link Policy#HASH}. */
    public enum HashOn {
        /** The source address: all of a client goes to one endpoint. */
        SOURCE,
        /** Source address and port: all of a client's socket does. */
        SOURCE_PORT
    }

    /** Which receivers come first; the others are used only where there is none of these. */
    public enum Preference {
        /** Those on this node. */
        SAME_NODE,
        /** Those in this node's zone. */
        SAME_ZONE,
        /** All alike. */
        ANY
    }

    /**
     * A receiver given in the file.
     *
     * @param name for people
     * @param address its address and UDP port
     * @param weight its part of the datagrams with {@link Policy#WEIGHTED}, 1 without
     */
    public record Downstream(String name, InetSocketAddress address, int weight) {
        /** What a weight may be at the most. */
        public static final int MAX_WEIGHT = 1000;
    }

    /** Whether the interface is one of the kind that we create, steer to and turn datagrams around on. */
    public boolean isOnDummyInterface() {
        return isDummyInterface(interfaces.getFirst());
    }

    /** Whether an interface is of the kind that we create, by its name: {@code dummy} and a number. */
    public static boolean isDummyInterface(String name) {
        return name.matches("dummy\\d+");
    }

    /** The addresses beside {@link #bind} that every node steers to the listener's dummy interface, and serves at its port. */
    public Optional<Prefix> range() {
        return publish.flatMap(PublishTarget::addresses);
    }

    /**
     * Whether both stand on dummy interfaces and one route may lead to addresses of both: such addresses are either delivered on this
     * node or steered past its hooks.
     */
    public boolean sharesAddresses(ListenerConfig other) {
        return isOnDummyInterface()
                && other.isOnDummyInterface()
                && addresses().anyMatch(mine -> other.addresses().anyMatch(mine::overlaps));
    }

    /** Whether datagrams to this address and port are the listener's, wherever in the cluster they are sent: as far as the file says. */
    public boolean takes(InetSocketAddress destination) {
        return bind.equals(destination)
                || bind.getPort() == destination.getPort()
                        && range().filter(addresses -> addresses.contains(destination.getAddress()))
                                .isPresent();
    }

    private Stream<Prefix> addresses() {
        return Stream.concat(Stream.of(Prefix.of(bind.getAddress())), range().stream());
    }

    /** Whether the listener stands for all of the node's own addresses. */
    public boolean isWildcard() {
        return !vipDirect && bind.getAddress().isAnyLocalAddress();
    }

    /** What a listener's mirror is called where it has an account of its own, behind the listener's name. */
    private static final String MIRROR_SUFFIX = ".mirror";

    /**
     * The mirror as the set of receivers that it is: a listener that nobody sends to, and that takes turns. Its name is the
     * listener's with {@code .mirror} behind it.
     */
    public Optional<ListenerConfig> mirrorSet() {
        return mirror.map(set -> new ListenerConfig(
                id,
                name + MIRROR_SUFFIX,
                bind,
                vipDirect,
                interfaces,
                mode,
                attach,
                hook,
                localDelivery,
                Admission.ALL,
                Policy.ROUND_ROBIN,
                HashOn.SOURCE,
                false,
                set.downstream(),
                set.kubernetes(),
                Optional.empty(),
                preference,
                Optional.empty(),
                userspace));
    }

    /** Every set of receivers that these listeners have: their own, and their mirrors'. */
    public static List<ListenerConfig> withMirrors(List<ListenerConfig> listeners) {
        return listeners.stream()
                .flatMap(listener -> Stream.concat(Stream.of(listener), listener.mirrorSet().stream()))
                .toList();
    }

    /** What the listener asks for that only the kernel datapath can do; empty if either can serve it. */
    public Optional<String> kernelOnly() {
        if (vipDirect) {
            return Optional.of("bind: vip");
        }
        return mirror.map(set -> "mirror");
    }
}
