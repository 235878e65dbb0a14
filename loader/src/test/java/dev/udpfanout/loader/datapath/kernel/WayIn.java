package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.config.ListenerConfig.Hook;
import dev.udpfanout.loader.datapath.ListenerText;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.util.List;

/** The ways in which a datagram reaches the program, each with each way to attach: what works must work in all. */
public enum WayIn {
    DUMMY_TCX("dummy0", Hook.INGRESS, AttachMethod.TCX),
    DUMMY_CLSACT("dummy0", Hook.INGRESS, AttachMethod.CLSACT),
    DUMMY_EGRESS_TCX("dummy0", Hook.EGRESS, AttachMethod.TCX),
    DUMMY_EGRESS_CLSACT("dummy0", Hook.EGRESS, AttachMethod.CLSACT),
    NIC_TCX("eth0", Hook.INGRESS, AttachMethod.TCX),
    NIC_CLSACT("eth0", Hook.INGRESS, AttachMethod.CLSACT);

    public static final int LISTENER_PORT = 5514;
    public static final int POD_PORT = 40514;
    private static final InetSocketAddress VIP = new InetSocketAddress("192.168.1.100", LISTENER_PORT);
    private static final InetSocketAddress DUMMY = new InetSocketAddress("10.255.0.1", LISTENER_PORT);

    private static final InetSocketAddress VIP6 = new InetSocketAddress(TopologyPlan.VIP6, LISTENER_PORT);
    public static final String DUMMY_ADDRESS6 = "2001:db8:255::1";

    private final String interfaceName;
    private final Hook hook;
    private final AttachMethod attach;

    WayIn(String interfaceName, Hook hook, AttachMethod attach) {
        this.interfaceName = interfaceName;
        this.hook = hook;
        this.attach = attach;
    }

    public boolean isOnDummy() {
        return interfaceName.equals("dummy0");
    }

    /** Where the client sends: the VIP, or the node's own address where the program sits on the NIC. */
    public InetSocketAddress destination(Topology topology) {
        return isOnDummy() ? VIP : new InetSocketAddress("192.168.1.1", LISTENER_PORT);
    }

    /** As above, over the family that is asked for. */
    public InetSocketAddress destination(Topology topology, StandardProtocolFamily family) {
        if (family == StandardProtocolFamily.INET) {
            return destination(topology);
        }
        return isOnDummy() ? VIP6 : new InetSocketAddress(TopologyPlan.NODE_ADDRESS6, LISTENER_PORT);
    }

    /** How often the datagram's TTL goes down: the turn at the dummy interface is no router of its own. */
    public int hops() {
        return 1;
    }

    /** A listener with all pods behind it. */
    public ListenerConfig listener(Topology topology) {
        return listener(topology.podEndpoints(POD_PORT));
    }

    /** A listener of the endpoints' family. */
    public ListenerConfig listener(List<InetSocketAddress> endpoints) {
        String bind = isOnDummy() ? "10.255.0.1" : "0.0.0.0";
        if (endpoints.getFirst().getAddress() instanceof Inet6Address) {
            bind = isOnDummy() ? "[" + DUMMY_ADDRESS6 + "]" : "[::]";
        }
        return ListenerText.on(interfaceName, bind + ":" + LISTENER_PORT)
                .with("attach", attach)
                .with("hook", hook)
                .listener(endpoints);
    }

    /** Loads kube-proxy's rules, where it takes part, and sets the datapath up. */
    public NodeDatapath open(Topology topology) {
        return open(topology, listener(topology));
    }

    /** As above, with the pods' addresses of one family. */
    public NodeDatapath open(Topology topology, StandardProtocolFamily family) {
        return open(
                topology,
                listener(
                        family == StandardProtocolFamily.INET
                                ? topology.podEndpoints(POD_PORT)
                                : topology.podEndpoints6(POD_PORT)));
    }

    /** As {@link #open(Topology)}, with answers of the pods going back. */
    public NodeDatapath openWithReplies(Topology topology) {
        return open(
                topology,
                ListenerText.on(interfaceName, (isOnDummy() ? "10.255.0.1" : "0.0.0.0") + ":" + LISTENER_PORT)
                        .with("attach", attach)
                        .with("hook", hook)
                        .with("replies", true)
                        .listener(topology.podEndpoints(POD_PORT)));
    }

    public NodeDatapath open(Topology topology, ListenerConfig listener) {
        if (isOnDummy()) {
            boolean ipv6 = listener.bind().getAddress() instanceof Inet6Address;
            new KubeProxy(topology)
                    .load(KubeProxyRules.labService(
                            ipv6 ? VIP6 : VIP,
                            ExternalTrafficPolicy.LOCAL,
                            List.of(ipv6 ? new InetSocketAddress(DUMMY_ADDRESS6, LISTENER_PORT) : DUMMY)));
        }
        return NodeDatapath.open(topology.node(), listener);
    }
}
