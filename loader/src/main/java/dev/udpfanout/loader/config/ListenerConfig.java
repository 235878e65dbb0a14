package dev.udpfanout.loader.config;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One listener.
 *
 * @param id its position in the file, from 0; -1 of a Service's
 * @param name unique
 * @param interception which datagrams are its own, and where they are intercepted
 * @param admission which of them are forwarded at all
 * @param receivers who they are spread over; its name and id are the listener's
 * @param mirror who gets copies of some of them, if anyone does
 * @param publish the Service whose traffic it serves; there where it is VIP-direct
 * @param userspace how it is served in user space, if it is
 */
public record ListenerConfig(
        int id,
        String name,
        Interception interception,
        Admission admission,
        ReceiverSet receivers,
        Optional<MirrorConfig> mirror,
        Optional<PublishTarget> publish,
        UserspaceConfig userspace) {

    /**
     * How many interfaces a listener may stand on: its keys must fit into the kernel's table with those of all others.
     */
    public static final int MAX_INTERFACES = 16;

    /**
     * Which datagrams are a listener's, and where they are intercepted.
     *
     * @param bind destination address and port of the datagrams to spread; 0.0.0.0 stands for the node's own addresses,
     *     unless the listener is VIP-direct
     * @param vipDirect whether the destination is the VIP of the Service in {@code publish}, whatever that is at the
     *     time: {@code bind} gives its port only
     * @param interfaces where they are intercepted: names, at least one, each once, or places of an
     *     {@link InterfaceRole}; a dummy interface is the only one
     * @param mode which datapath serves it
     * @param attach how the program gets onto the hook
     * @param order whether the program goes before others' on its hook
     * @param hook on which side of a dummy interface the rewriting happens; ingress for a NIC
     * @param firewall whether the node's packet filters are made to let the datagrams through; of no account on a NIC
     * @param lease for how long the kernel intercepts them without hearing of a daemon; zero: for ever
     */
    public record Interception(
            InetSocketAddress bind,
            boolean vipDirect,
            List<String> interfaces,
            Mode mode,
            AttachMethod attach,
            Order order,
            Hook hook,
            Firewall firewall,
            Duration lease) {
        public Interception {
            interfaces = List.copyOf(interfaces);
        }
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

    /** Where a program stands among others' on a hook. */
    public enum Order {
        /** First; put there again when another program has gone before it, as long as that does not insist. */
        FIRST,
        /** First when it is attached; whoever goes before it later stays there. */
        KEEP
    }

    /** Where on the interface the rewriting happens. */
    public enum Hook {
        /** Incoming datagrams; on a dummy interface, those that udp_fanout_turn sends back in. */
        INGRESS,
        /** On a dummy interface, outgoing datagrams: saves the turn, but tcpdump sees the datagram only before. */
        EGRESS
    }

    /** What is done about packet filters of the node that would drop a listener's datagrams on a dummy interface. */
    public enum Firewall {
        /** A rule for just these datagrams is kept where they would be dropped. */
        ACCEPT,
        /** Nothing: the operator sees to it. */
        LEAVE
    }

    /** See {@link Interception}. */
    public InetSocketAddress bind() {
        return interception.bind();
    }

    /** See {@link Interception}. */
    public boolean vipDirect() {
        return interception.vipDirect();
    }

    /** See {@link Interception}. */
    public List<String> interfaces() {
        return interception.interfaces();
    }

    /** Those of the interfaces that are named, and are none of an {@link InterfaceRole}. */
    public List<String> namedInterfaces() {
        return interfaces().stream()
                .filter(name -> InterfaceRole.of(name).isEmpty())
                .toList();
    }

    /** See {@link Interception}. */
    public Mode mode() {
        return interception.mode();
    }

    /** See {@link Interception}. */
    public AttachMethod attach() {
        return interception.attach();
    }

    /** See {@link Interception}. */
    public Order order() {
        return interception.order();
    }

    /** See {@link Interception}. */
    public Hook hook() {
        return interception.hook();
    }

    /** Whether its datagrams go on as without it once no daemon has been heard of for {@link Interception#lease}. */
    public boolean isLeased() {
        return !interception.lease().isZero();
    }

    /** Whether what receivers answer goes back to the client as from the listener. */
    public boolean replies() {
        return receivers.delivery().replies();
    }

    /** What its datagrams carry, as far as the spreading looks at it. */
    public Payload payload() {
        return receivers.spreading().payload();
    }

    /** Whether the interface is one of the kind that we create, steer to and turn datagrams around on. */
    public boolean isOnDummyInterface() {
        return isDummyInterface(interfaces().getFirst());
    }

    /** Whether an interface is of the kind that we create, by its name: {@code dummy} and a number. */
    public static boolean isDummyInterface(String name) {
        return name.matches("dummy\\d+");
    }

    /**
     * The addresses beside {@link #bind} that every node steers to the listener's dummy interface, and serves at its
     * port.
     */
    public Optional<Prefix> range() {
        return publish.flatMap(PublishTarget::addresses);
    }

    /**
     * Whether both stand on dummy interfaces and one route may lead to addresses of both: such addresses are either
     * delivered on this node or steered past its hooks.
     */
    public boolean sharesAddresses(ListenerConfig other) {
        return isOnDummyInterface()
                && other.isOnDummyInterface()
                && addresses().anyMatch(mine -> other.addresses().anyMatch(mine::overlaps));
    }

    /**
     * Whether the sockets of one keep those of the other from their port: a wildcard address takes it on all of them,
     * and so does a range.
     */
    public boolean excludes(ListenerConfig other) {
        return bind().getPort() == other.bind().getPort()
                && (bind().getAddress().equals(other.bind().getAddress())
                        || takesPortOnAllAddresses()
                        || other.takesPortOnAllAddresses());
    }

    private boolean takesPortOnAllAddresses() {
        return bind().getAddress().isAnyLocalAddress() || range().isPresent();
    }

    /**
     * Whether datagrams to this address and port are the listener's, wherever in the cluster they are sent: as far as
     * the file says.
     */
    public boolean takes(InetSocketAddress destination) {
        return bind().equals(destination)
                || bind().getPort() == destination.getPort()
                        && range().filter(addresses -> addresses.contains(destination.getAddress()))
                                .isPresent();
    }

    private Stream<Prefix> addresses() {
        return Stream.concat(Stream.of(Prefix.of(bind().getAddress())), range().stream());
    }

    /** Whether the listener stands for all of the node's own addresses. */
    public boolean isWildcard() {
        return !vipDirect() && bind().getAddress().isAnyLocalAddress();
    }

    /** {@code listener_id} in log lines. */
    public Object idInLog() {
        return receivers.idInLog();
    }

    /** Whether it is not from the file, but of an annotated Service, which gives its addresses and its endpoints. */
    public boolean isOfService() {
        return vipDirect() && publish.isEmpty();
    }

    /** Its own receivers, and its mirror's. */
    public Stream<ReceiverSet> receiverSets() {
        return Stream.concat(Stream.of(receivers), mirror.map(MirrorConfig::receivers).stream());
    }

    /** Every set of receivers that these listeners have: their own, and their mirrors'. */
    public static List<ReceiverSet> receiverSets(List<ListenerConfig> listeners) {
        return listeners.stream().flatMap(ListenerConfig::receiverSets).toList();
    }

    /** What the listener asks for that only the kernel datapath can do; empty if either can serve it. */
    public Optional<String> kernelOnly() {
        if (vipDirect()) {
            return Optional.of("bind: vip");
        }
        return mirror.map(set -> "mirror");
    }
}
