package dev.udpfanout.lab.kernels;

import dev.udpfanout.lab.TopologyPlan;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A listener of the daemon under test, on a port of its own.
 *
 * @param way in
 * @param ipv6 or else IPv4
 */
record Listener(WayIn way, boolean ipv6) {
    private static final int VIP_PORT = 5514;
    private static final int FIRST_PORT = 5600;

    /** The ways in, one after the other, each for both families. */
    static List<Listener> ofBothFamilies(WayIn... ways) {
        List<Listener> listeners = new ArrayList<>();
        for (WayIn way : ways) {
            listeners.add(new Listener(way, false));
            listeners.add(new Listener(way, true));
        }
        return listeners;
    }

    /** One word: {@code dummy-ingress-ipv4}. */
    String name() {
        return way.name().toLowerCase(Locale.ROOT).replace('_', '-') + (ipv6 ? "-ipv6" : "-ipv4");
    }

    StandardProtocolFamily family() {
        return ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    }

    /** What it listens on. */
    InetSocketAddress bind() {
        int port = FIRST_PORT + 2 * way.ordinal() + (ipv6 ? 1 : 0);
        if (way.isOnDummy()) {
            return new InetSocketAddress(ipv6 ? "fd00:255::1" : "10.255.0.1", port);
        }
        if (way.isOnVlan()) {
            return new InetSocketAddress(ipv6 ? Cluster.VLAN_NODE6 : Cluster.VLAN_NODE, port);
        }
        return new InetSocketAddress(ipv6 ? TopologyPlan.NODE_ADDRESS6 : TopologyPlan.NODE_ADDRESS, port);
    }

    /** Where the client sends: to the VIP, if kube-proxy is to lead it here. */
    InetSocketAddress destination() {
        return way.isOnDummy() ? new InetSocketAddress(ipv6 ? TopologyPlan.VIP6 : TopologyPlan.VIP, VIP_PORT) : bind();
    }

    /** Where the client sends from. */
    String source() {
        if (way.isOnVlan()) {
            return ipv6 ? Cluster.VLAN_CLIENT6 : Cluster.VLAN_CLIENT;
        }
        if (way.leadsToVlan()) {
            return ipv6 ? Cluster.POD_VLAN_CLIENT6 : Cluster.POD_VLAN_CLIENT;
        }
        return ipv6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS;
    }

    /**
     * The listener as an item of YAML.
     *
     * @param endpoints of its family
     * @param mirror of its family, for a way in that has one
     */
    String yaml(List<InetSocketAddress> endpoints, List<InetSocketAddress> mirror) {
        String copies =
                way == WayIn.NIC_MIRROR ? ", mirror: { sample: 1, downstream: [%s] }".formatted(yaml(mirror)) : "";
        return "  - { name: %s, bind: \"%s\", %s, downstream: [%s]%s }\n"
                .formatted(name(), text(bind()), way.yaml(), yaml(endpoints), copies);
    }

    private static String yaml(List<InetSocketAddress> endpoints) {
        return String.join(
                ", ",
                endpoints.stream()
                        .map(endpoint -> "{ address: \"" + text(endpoint) + "\" }")
                        .toList());
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
