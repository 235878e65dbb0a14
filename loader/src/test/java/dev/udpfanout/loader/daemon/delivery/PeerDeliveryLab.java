package dev.udpfanout.loader.daemon.delivery;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.LinkCounters;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.daemon.DaemonRun;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A node with pods behind a bridge, and a daemon that delivers straight into them. */
abstract class PeerDeliveryLab {
    static final Duration LIMIT = Duration.ofSeconds(15);
    static final int POD_PORT = 40514;
    static final int PORT = 5514;
    static final int SIZES = 1400;
    static final String DUMMY = "10.255.0.1";
    static final String DUMMY6 = "2001:db8:255::1";

    /** The neighbours' own chatter, beside {@link #SIZES} datagrams. */
    static final int CHATTER = 40;

    Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(3).ipv6(true).verifyChecksums(true).build();
        node("ip link set veth3 nomaster");
        node("ip route add 10.42.0.13/32 dev veth3");
        node("ip route add 2001:db8:42::13/128 dev veth3");
        // So that the pod finds its gateway: as the CNI plugin ptp does it.
        node("ip address add 2001:db8:42::1/128 dev veth3 nodad");
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    void node(String command) {
        topology.node().exec(command.split(" "));
    }

    void ping(StandardProtocolFamily family, String... addresses) {
        for (String address : addresses) {
            node("ping %s -c 1 -W 5 %s".formatted(family == StandardProtocolFamily.INET6 ? "-6" : "-4", address));
        }
    }

    String[] podAddresses(StandardProtocolFamily family) {
        return endpoints(family).stream()
                .map(endpoint -> endpoint.getAddress().getHostAddress())
                .toArray(String[]::new);
    }

    List<InetSocketAddress> endpoints(StandardProtocolFamily family) {
        return family == StandardProtocolFamily.INET6
                ? topology.podEndpoints6(POD_PORT)
                : topology.podEndpoints(POD_PORT);
    }

    static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    DaemonRun start(
            String interfaceName, StandardProtocolFamily family, String delivery, List<InetSocketAddress> endpoints)
            throws InterruptedException {
        boolean isOnDummy = interfaceName.equals("dummy0");
        boolean isIpv6 = family == StandardProtocolFamily.INET6;
        InetSocketAddress dummy = new InetSocketAddress(isIpv6 ? DUMMY6 : DUMMY, PORT);
        if (isOnDummy) {
            new KubeProxy(topology)
                    .load(KubeProxyRules.labService(
                            destination(interfaceName, family), ExternalTrafficPolicy.LOCAL, List.of(dummy)));
        }
        String bind = isOnDummy ? text(dummy) : isIpv6 ? "[::]:5514" : "0.0.0.0:5514";
        return DaemonRun.start(topology.node(), """
                health: { enabled: false }
                listeners:
                  - interface: %s
                    bind: "%s"
                    local_delivery: %s
                    downstream: [ %s ]
                """.formatted(
                        interfaceName,
                        bind,
                        delivery,
                        endpoints.stream()
                                .map(endpoint -> "{ address: \"" + text(endpoint) + "\" }")
                                .collect(Collectors.joining(", "))));
    }

    /** Where the client sends: the VIP, which kube-proxy leads to dummy0, or the node's own address. */
    static InetSocketAddress destination(String interfaceName, StandardProtocolFamily family) {
        boolean isIpv6 = family == StandardProtocolFamily.INET6;
        if (interfaceName.equals("dummy0")) {
            return new InetSocketAddress(isIpv6 ? TopologyPlan.VIP6 : TopologyPlan.VIP, PORT);
        }
        return new InetSocketAddress(isIpv6 ? TopologyPlan.NODE_ADDRESS6 : TopologyPlan.NODE_ADDRESS, PORT);
    }

    DatagramSender sender(StandardProtocolFamily family) {
        return DatagramSender.open(
                topology.client(),
                family == StandardProtocolFamily.INET6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS);
    }

    long sentBy(String link) {
        return LinkCounters.of(topology.node(), link).sentPackets();
    }

    long sentByAll(String... links) {
        long sent = 0;
        for (String link : links) {
            sent += sentBy(link);
        }
        return sent;
    }

    /** Waits until a round of datagrams to all pods is not seen on these links of the node. */
    void awaitDirect(InetSocketAddress destination, StandardProtocolFamily family, String... links) {
        try (DatagramSender sender = sender(family);
                PodReceivers pods = PodReceivers.start(topology.pods(), POD_PORT, family, sender.runId())) {
            int round = 60;
            assertTrue(
                    BoundedWait.until(
                            () -> {
                                long before = sentByAll(links);
                                long received = pods.received();
                                sender.send(SendPlan.to(destination).datagrams(round));
                                return pods.awaitReceived(received + round, LIMIT)
                                        && sentByAll(links) - before < round / 4;
                            },
                            LIMIT),
                    "datagrams still pass the node's side of the veths");
        }
    }
}
