package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.config.ListenerConfig.Hook;
import java.net.InetSocketAddress;
import java.util.List;

/** The ways in which a datagram reaches the program, each with each way to attach: what works must work in all. */
enum WayIn {
    DUMMY_TCX("dummy0", Hook.INGRESS, AttachMethod.TCX),
    DUMMY_CLSACT("dummy0", Hook.INGRESS, AttachMethod.CLSACT),
    DUMMY_EGRESS_TCX("dummy0", Hook.EGRESS, AttachMethod.TCX),
    DUMMY_EGRESS_CLSACT("dummy0", Hook.EGRESS, AttachMethod.CLSACT),
    NIC_TCX("eth0", Hook.INGRESS, AttachMethod.TCX),
    NIC_CLSACT("eth0", Hook.INGRESS, AttachMethod.CLSACT);

    static final int LISTENER_PORT = 5514;
    static final int POD_PORT = 40514;
    private static final InetSocketAddress VIP = new InetSocketAddress("192.168.1.100", LISTENER_PORT);
    private static final InetSocketAddress DUMMY = new InetSocketAddress("10.255.0.1", LISTENER_PORT);

    private final String interfaceName;
    private final Hook hook;
    private final AttachMethod attach;

    WayIn(String interfaceName, Hook hook, AttachMethod attach) {
        this.interfaceName = interfaceName;
        this.hook = hook;
        this.attach = attach;
    }

    boolean isOnDummy() {
        return interfaceName.equals("dummy0");
    }

    /** Where the client sends: the VIP, or the node's own address where the program sits on the NIC. */
    InetSocketAddress destination(Topology topology) {
        return isOnDummy() ? VIP : new InetSocketAddress("192.168.1.1", LISTENER_PORT);
    }

    /** How often the datagram's TTL goes down: kube-proxy's way is a router of its own. */
    int hops() {
        return isOnDummy() ? 2 : 1;
    }

    /** A listener with all pods behind it. */
    ListenerConfig listener(Topology topology) {
        return listener(topology.podEndpoints(POD_PORT));
    }

    ListenerConfig listener(List<InetSocketAddress> endpoints) {
        String bind = isOnDummy() ? "10.255.0.1" : "0.0.0.0";
        return ListenerText.on(interfaceName, bind + ":" + LISTENER_PORT)
                .with("attach", attach)
                .with("hook", hook)
                .listener(endpoints);
    }

    /** Loads kube-proxy's rules, where it takes part, and sets the datapath up. */
    NodeDatapath open(Topology topology) {
        return open(topology, listener(topology));
    }

    NodeDatapath open(Topology topology, ListenerConfig listener) {
        if (isOnDummy()) {
            new KubeProxy(topology).load(KubeProxyRules.labService(VIP, ExternalTrafficPolicy.LOCAL, List.of(DUMMY)));
        }
        return NodeDatapath.open(topology.node(), listener);
    }
}
