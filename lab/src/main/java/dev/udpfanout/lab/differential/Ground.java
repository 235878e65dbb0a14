package dev.udpfanout.lab.differential;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.SegmentPlan;
import dev.udpfanout.lab.SegmentTopology;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A client and two nodes on a segment, of both families; each node has two pods that receive and one that does not. The
 * VIP's datagrams come to node 1. The nodes' pods do not reach each other until a network says how.
 */
final class Ground implements AutoCloseable {
    static final int NODES = 2;
    static final String POD_RANGE = "10.42.0.0/16";
    static final String POD_RANGE6 = "2001:db8:42::/48";

    private static final int RECEIVERS_OF_A_NODE = 2;
    private static final int PODS = RECEIVERS_OF_A_NODE + 1;

    private final SegmentTopology topology = SegmentTopology.build(new SegmentPlan(NODES, PODS, true));

    Ground() {
        try {
            String mac = plan().nodeMac(1).toString();
            for (LabNamespace namespace : List.of(client(), node(2))) {
                namespace.exec("ip", "neighbour", "replace", SegmentPlan.VIP, "lladdr", mac, "dev", "eth0");
                namespace.exec("ip", "-6", "neighbour", "replace", SegmentPlan.VIP6, "lladdr", mac, "dev", "eth0");
            }
            client().exec("ip", "route", "add", "default", "via", plan().nodeAddress(1));
            client().exec("ip", "-6", "route", "add", "default", "via", plan().nodeAddress6(1));
            // Full checksums on the wire, so that the receivers' kernels verify them.
            client().exec("ethtool", "-K", "eth0", "tx", "off");
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    LabNamespace client() {
        return topology.client();
    }

    /** A node, from 1. */
    LabNamespace node(int node) {
        return topology.node(node);
    }

    List<LabNamespace> nodes() {
        return List.of(node(1), node(2));
    }

    /** The pods of both nodes that receive. */
    List<LabNamespace> receivers() {
        List<LabNamespace> receivers = new ArrayList<>();
        for (int node = 1; node <= NODES; node++) {
            receivers.addAll(topology.pods(node).subList(0, RECEIVERS_OF_A_NODE));
        }
        return receivers;
    }

    /** All pods of a node. */
    List<LabNamespace> pods(int node) {
        return topology.pods(node);
    }

    /** Where the receivers of a node are, with a port. */
    List<InetSocketAddress> endpoints(int node, boolean ipv6, int port) {
        List<InetSocketAddress> endpoints = new ArrayList<>();
        for (int pod = 1; pod <= RECEIVERS_OF_A_NODE; pod++) {
            endpoints.add(new InetSocketAddress(podAddress(node, pod, ipv6), port));
        }
        return endpoints;
    }

    /** Where somebody sends from. */
    LabNamespace namespace(Origin origin) {
        return switch (origin) {
            case CLIENT -> client();
            case NODE -> node(1);
            case POD -> topology.pods(1).get(PODS - 1);
            case RECEIVER -> topology.pods(1).getFirst();
            case REMOTE_POD -> topology.pods(2).get(PODS - 1);
        };
    }

    /** The address that somebody sends from. */
    InetAddress address(Origin origin, boolean ipv6) {
        return address(
                switch (origin) {
                    case CLIENT -> ipv6 ? SegmentPlan.CLIENT_ADDRESS6 : SegmentPlan.CLIENT_ADDRESS;
                    case NODE -> nodeAddress(1, ipv6);
                    case POD -> podAddress(1, PODS, ipv6);
                    case RECEIVER -> podAddress(1, 1, ipv6);
                    case REMOTE_POD -> podAddress(2, PODS, ipv6);
                });
    }

    String nodeAddress(int node, boolean ipv6) {
        return ipv6 ? plan().nodeAddress6(node) : plan().nodeAddress(node);
    }

    static String vip(boolean ipv6) {
        return ipv6 ? SegmentPlan.VIP6 : SegmentPlan.VIP;
    }

    /** The Service's address inside the cluster. */
    static String clusterIp(boolean ipv6) {
        return ipv6 ? "2001:db8:43::14" : "10.43.0.14";
    }

    Path pinDirectory(int node) {
        return topology.pinDirectory(node);
    }

    SegmentPlan plan() {
        return topology.plan();
    }

    @Override
    public void close() {
        topology.close();
    }

    private String podAddress(int node, int pod, boolean ipv6) {
        return ipv6 ? plan().podAddress6(node, pod) : plan().podAddress(node, pod);
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal, e);
        }
    }
}
