package dev.udpfanout.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The addresses of a cluster of several nodes on one Ethernet segment, and the {@code ip -batch} text that builds it;
 * pure. The segment is a bridge in a namespace of its own, with the API server's address; client and nodes are its
 * ports. The VIP is in the segment and on no interface: who answers ARP for it has it. Each node has pods of its own;
 * there are no routes between the nodes' pods.
 *
 * <p>With IPv6 the same holds for 2001:db8:1::/64 and the pods' 2001:db8:42:N::/64; the API server has none.
 *
 * @param nodes how many nodes, 1 to 4
 * @param pods how many pods each node has, 1 to 64
 * @param ipv6 whether client, nodes and pods have an IPv6 address too
 */
public record SegmentPlan(int nodes, int pods, boolean ipv6) {
    public static final String CLIENT_ADDRESS = "192.168.1.10";
    public static final String API_ADDRESS = "192.168.1.5";
    public static final String VIP = TopologyPlan.VIP;
    public static final String CLIENT_ADDRESS6 = TopologyPlan.CLIENT_ADDRESS6;
    public static final String VIP6 = TopologyPlan.VIP6;

    private static final int MAX_NODES = 4;
    private static final int MAX_PODS = 64;
    private static final int FIRST_POD_HOST = 10;

    /** @throws IllegalArgumentException if one of the numbers is out of range */
    public SegmentPlan {
        checked(nodes, MAX_NODES);
        checked(pods, MAX_PODS);
    }

    /** A plan with IPv4 alone. */
    public SegmentPlan(int nodes, int pods) {
        this(nodes, pods, false);
    }

    /** What the namespaces are called: client, segment, node1, node1pod1 … */
    public List<String> roles() {
        List<String> roles = new ArrayList<>(List.of("client", "segment"));
        for (int node = 1; node <= nodes; node++) {
            roles.add("node" + node);
            for (int pod = 1; pod <= pods; pod++) {
                roles.add(podRole(node, pod));
            }
        }
        return List.copyOf(roles);
    }

    /** The address of node {@code node}, from 1: 192.168.1.1 is the first. */
    public String nodeAddress(int node) {
        return "192.168.1." + checked(node, nodes);
    }

    /** The IPv6 address of node {@code node}, from 1: 2001:db8:1::1 is the first. */
    public String nodeAddress6(int node) {
        return "2001:db8:1::" + checked(node, nodes);
    }

    /** The link-layer address of the node's eth0. */
    public MacAddress nodeMac(int node) {
        return MacAddress.parse("02:75:66:00:01:%02x".formatted(checked(node, nodes)));
    }

    /** The address of pod {@code pod}, from 1, of a node: 10.42.1.11 is the first of the first. */
    public String podAddress(int node, int pod) {
        return podNetwork(node) + (FIRST_POD_HOST + checked(pod, pods));
    }

    /** The IPv6 address of pod {@code pod}, from 1, of a node: 2001:db8:42:1::11 is the first of the first. */
    public String podAddress6(int node, int pod) {
        return podNetwork6(node) + "1" + checked(pod, pods);
    }

    static String podRole(int node, int pod) {
        return "node" + node + "pod" + pod;
    }

    /** What {@code ip -batch} is to do for each role, in this order. */
    Map<String, String> batches(RunName run) {
        Map<String, String> batches = new LinkedHashMap<>();
        batches.put("segment", segmentBatch(run));
        batches.put(
                "client", """
                link set lo up
                address add %s/24 dev eth0
                link set eth0 up
                """.formatted(CLIENT_ADDRESS) + ipv6("address add %s/64 dev eth0 nodad\n", CLIENT_ADDRESS6));
        for (int node = 1; node <= nodes; node++) {
            batches.put("node" + node, nodeBatch(node, run));
            for (int pod = 1; pod <= pods; pod++) {
                batches.put(podRole(node, pod), podBatch(node, pod));
            }
        }
        return batches;
    }

    private String segmentBatch(RunName run) {
        StringBuilder batch = new StringBuilder("""
                link set lo up
                link add br0 address 02:75:66:00:01:05 type bridge forward_delay 0 mcast_snooping 0
                address add %s/24 dev br0
                link set br0 up
                """.formatted(API_ADDRESS));
        port(batch, "client", MacAddress.parse("02:75:66:00:01:0a"), run);
        for (int node = 1; node <= nodes; node++) {
            port(batch, "node" + node, nodeMac(node), run);
        }
        return batch.toString();
    }

    private static void port(StringBuilder batch, String role, MacAddress mac, RunName run) {
        batch.append("link add %1$s type veth peer name eth0 address %2$s netns %3$s\n"
                .formatted(role, mac, run.namespace(role)));
        batch.append("link set %s master br0 up\n".formatted(role));
    }

    private String nodeBatch(int node, RunName run) {
        StringBuilder batch = new StringBuilder("""
                link set lo up
                address add %s/24 dev eth0
                link set eth0 up
                link add cni0 address 02:75:66:%02x:2a:01 type bridge forward_delay 0 mcast_snooping 0
                address add %s1/24 dev cni0
                link set cni0 up
                """.formatted(nodeAddress(node), node, podNetwork(node)));
        batch.append(ipv6("address add %s/64 dev eth0 nodad\n", nodeAddress6(node)));
        batch.append(ipv6("address add %s1/64 dev cni0 nodad\n", podNetwork6(node)));
        for (int pod = 1; pod <= pods; pod++) {
            batch.append("link add veth%d type veth peer name eth0 address 02:75:66:%02x:2a:%02x netns %s\n"
                    .formatted(pod, node, FIRST_POD_HOST + pod, run.namespace(podRole(node, pod))));
            batch.append("link set veth%d master cni0 up\n".formatted(pod));
        }
        return batch.toString();
    }

    private String podBatch(int node, int pod) {
        return """
                link set lo up
                address add %s/24 dev eth0
                link set eth0 up
                route add default via %s1
                """.formatted(podAddress(node, pod), podNetwork(node))
                + ipv6("""
                address add %s/64 dev eth0 nodad
                route add default via %s1
                """, podAddress6(node, pod), podNetwork6(node));
    }

    private String podNetwork(int node) {
        return "10.42." + checked(node, nodes) + ".";
    }

    private String podNetwork6(int node) {
        return "2001:db8:42:" + checked(node, nodes) + "::";
    }

    private String ipv6(String batch, Object... arguments) {
        return ipv6 ? batch.formatted(arguments) : "";
    }

    private static int checked(int number, int most) {
        if (number < 1 || number > most) {
            throw new IllegalArgumentException(number + " is not in 1.." + most);
        }
        return number;
    }
}
