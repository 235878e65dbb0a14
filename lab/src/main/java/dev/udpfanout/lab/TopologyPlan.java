package dev.udpfanout.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The addresses of the lab's network and the {@code ip -batch} text that builds it; pure. Client and node share the
 * segment 192.168.1.0/24; the VIP is in that segment and on no interface, as with MetalLB in layer 2 mode.
 *
 * <p>With IPv6 the same holds for 2001:db8:1::/64 and, behind the node, 2001:db8:42::/64.
 *
 * @param pods how many pods, 1 to {@value #MAX_PODS}
 * @param ipv6 whether everything has an IPv6 address too
 */
public record TopologyPlan(int pods, boolean ipv6) {
    public static final int MAX_PODS = 200;
    public static final String CLIENT_ADDRESS = "192.168.1.10";
    public static final String NODE_ADDRESS = "192.168.1.1";
    public static final String VIP = "192.168.1.100";
    public static final String POD_GATEWAY = "10.42.0.1";
    public static final String CLIENT_ADDRESS6 = "2001:db8:1::10";
    public static final String NODE_ADDRESS6 = "2001:db8:1::1";
    public static final String VIP6 = "2001:db8:1::100";
    public static final String POD_GATEWAY6 = "2001:db8:42::1";
    public static final MacAddress CLIENT_MAC = MacAddress.parse("02:75:66:00:01:0a");
    public static final MacAddress NODE_MAC = MacAddress.parse("02:75:66:00:01:01");
    public static final MacAddress BRIDGE_MAC = MacAddress.parse("02:75:66:00:2a:01");

    private static final int FIRST_POD_HOST = 10;

    /** @throws IllegalArgumentException if the number of pods is out of range */
    public TopologyPlan {
        if (pods < 1 || pods > MAX_PODS) {
            throw new IllegalArgumentException("pods must be 1 to " + MAX_PODS + ", not " + pods);
        }
    }

    /** A plan with IPv4 alone. */
    public TopologyPlan(int pods) {
        this(pods, false);
    }

    /** What the namespaces are called: client, node, pod1, pod2 … */
    public List<String> roles() {
        List<String> roles = new ArrayList<>(List.of("client", "node"));
        IntStream.rangeClosed(1, pods).mapToObj(n -> "pod" + n).forEach(roles::add);
        return List.copyOf(roles);
    }

    /** The address of pod {@code n}, from 1: 10.42.0.11 is the first. */
    public String podAddress(int n) {
        return "10.42.0." + (FIRST_POD_HOST + checked(n));
    }

    /** The IPv6 address of pod {@code n}, from 1: 2001:db8:42::11 is the first. */
    public String podAddress6(int n) {
        return POD_GATEWAY6 + checked(n);
    }

    /** The link-layer address of the pod's eth0. */
    public MacAddress podMac(int n) {
        return MacAddress.parse("02:75:66:00:2a:%02x".formatted(FIRST_POD_HOST + checked(n)));
    }

    /** {@code ip -batch} for the node: the veth pairs to client and pods, and the bridge. */
    String nodeBatch(RunName run) {
        StringBuilder batch = new StringBuilder();
        batch.append("link set lo up\n");
        batch.append("link add eth0 address %s type veth peer name eth0 address %s netns %s\n"
                .formatted(NODE_MAC, CLIENT_MAC, run.namespace("client")));
        batch.append("address add %s/24 dev eth0\n".formatted(NODE_ADDRESS));
        batch.append("link set eth0 up\n");
        batch.append(ipv6("address add %s/64 dev eth0 nodad\n", NODE_ADDRESS6));
        batch.append("link add cni0 address %s type bridge forward_delay 0 mcast_snooping 0\n".formatted(BRIDGE_MAC));
        batch.append("address add %s/24 dev cni0\n".formatted(POD_GATEWAY));
        batch.append("link set cni0 up\n");
        batch.append(ipv6("address add %s/64 dev cni0 nodad\n", POD_GATEWAY6));
        for (int n = 1; n <= pods; n++) {
            batch.append("link add veth%d type veth peer name eth0 address %s netns %s\n"
                    .formatted(n, podMac(n), run.namespace("pod" + n)));
            batch.append("link set veth%d master cni0 up\n".formatted(n));
        }
        return batch.toString();
    }

    /** {@code ip -batch} for the client: the node's link-layer address answers for the VIP. */
    String clientBatch() {
        return """
                link set lo up
                address add %s/24 dev eth0
                link set eth0 up
                neighbour replace %s lladdr %s dev eth0 nud permanent
                route add default via %s
                """.formatted(CLIENT_ADDRESS, VIP, NODE_MAC, NODE_ADDRESS)
                + ipv6("""
                address add %s/64 dev eth0 nodad
                neighbour replace %s lladdr %s dev eth0 nud permanent
                route add default via %s
                """, CLIENT_ADDRESS6, VIP6, NODE_MAC, NODE_ADDRESS6);
    }

    /** {@code ip -batch} for pod {@code n}. */
    String podBatch(int n) {
        return """
                link set lo up
                address add %s/24 dev eth0
                link set eth0 up
                route add default via %s
                """.formatted(podAddress(n), POD_GATEWAY) + ipv6("""
                address add %s/64 dev eth0 nodad
                route add default via %s
                """, podAddress6(n), POD_GATEWAY6);
    }

    private String ipv6(String batch, Object... arguments) {
        return ipv6 ? batch.formatted(arguments) : "";
    }

    private int checked(int n) {
        if (n < 1 || n > pods) {
            throw new IllegalArgumentException("there is no pod " + n + " among " + pods);
        }
        return n;
    }
}
