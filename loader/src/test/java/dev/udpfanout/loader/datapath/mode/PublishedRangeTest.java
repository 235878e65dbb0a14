package dev.udpfanout.loader.datapath.mode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.kubeproxy.ServiceEndpoints;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.attach.Leftovers;
import dev.udpfanout.loader.datapath.network.Network;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * kube-proxy sends to the addresses that this node and another one have published out of a range: both are served here,
 * by every datapath, for clients and for pods.
 */
@Tag("kernel")
class PublishedRangeTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /** The last of them sends, and is no receiver: what it sent would not be taken from itself. */
    private static final int PODS = 4;

    private static final int RECEIVERS = 3;
    private static final int SOCKETS = 24;
    private static final int DATAGRAMS_A_SOCKET = 50;
    private static final String NAME = "listener-0";

    private Topology topology;
    private List<SequenceTraffic.Receiver> receivers;

    /** How a listener on dummy0 is served, of which family. */
    enum Served {
        INGRESS(false, "mode: tc_ebpf", "hook: ingress"),
        EGRESS(false, "mode: tc_ebpf", "hook: egress"),
        IO_URING(false, "mode: userspace", "io: io_uring"),
        EPOLL(false, "mode: userspace", "io: epoll"),
        NIO(false, "mode: userspace", "io: nio"),
        INGRESS6(true, "mode: tc_ebpf", "hook: ingress"),
        EGRESS6(true, "mode: tc_ebpf", "hook: egress"),
        IO_URING6(true, "mode: userspace", "io: io_uring"),
        EPOLL6(true, "mode: userspace", "io: epoll"),
        NIO6(true, "mode: userspace", "io: nio");

        private final boolean ipv6;
        private final List<String> keys;

        Served(boolean ipv6, String... keys) {
            this.ipv6 = ipv6;
            this.keys = List.of(keys);
        }

        boolean isInKernel() {
            return keys.contains("mode: tc_ebpf");
        }

        ListenerText text() {
            ListenerText text = ipv6 ? NodeModes.onDummy6() : NodeModes.onDummy();
            for (String key : keys) {
                text.with(key.split(": ")[0], key.split(": ")[1]);
            }
            return text.with("publish", "{ service: syslog, addresses: \"" + range() + "\" }");
        }

        String range() {
            return ipv6 ? "fd00:10:255::/64" : "10.255.0.0/16";
        }

        InetSocketAddress vip() {
            return ipv6 ? NodeModes.VIP6 : NodeModes.VIP;
        }

        /** What this node has published. */
        InetSocketAddress own() {
            return new InetSocketAddress(ipv6 ? "fd00:10:255::4d03" : "10.255.77.3", 5514);
        }

        /** What another node has. */
        InetSocketAddress others() {
            return new InetSocketAddress(ipv6 ? "fd00:10:255:0:1234:5678:9abc:def0" : "10.255.200.9", 5514);
        }

        InetSocketAddress clusterIp() {
            return new InetSocketAddress(ipv6 ? "2001:db8:43::14" : "10.43.0.14", 5514);
        }
    }

    @BeforeEach
    void setUp() {
        topology =
                Topology.builder().pods(PODS).ipv6(true).verifyChecksums(true).build();
        receivers = topology.pods().stream()
                .map(pod -> pod.closedWithTopology(new SequenceTraffic.Receiver(pod, NodeModes.POD_PORT)))
                .toList();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private void loadKubeProxy(Served served, ExternalTrafficPolicy policy) {
        new KubeProxy(topology)
                .load(KubeProxyRules.labService(
                        served.vip(),
                        policy,
                        new ServiceEndpoints(List.of(served.own(), served.others()), List.of(served.own()))));
    }

    private NodeModes open(Served served) {
        return NodeModes.open(
                topology.node(),
                served.text()
                        .listener((served.ipv6
                                        ? topology.podEndpoints6(NodeModes.POD_PORT)
                                        : topology.podEndpoints(NodeModes.POD_PORT))
                                .subList(0, RECEIVERS)));
    }

    /** Sends from many sockets, each of which kube-proxy gives to one of the addresses; waits until all has arrived. */
    private void sendAll(LabNamespace from, InetSocketAddress to, int firstNumber) {
        from.call(() -> {
            List<DatagramChannel> channels = new ArrayList<>();
            try {
                ByteBuffer number = ByteBuffer.allocate(Long.BYTES);
                for (int i = 0; i < SOCKETS; i++) {
                    channels.add(DatagramChannel.open().connect(to));
                }
                for (int i = 0; i < SOCKETS * DATAGRAMS_A_SOCKET; i++) {
                    number.clear().putLong(firstNumber + i).flip();
                    channels.get(i % SOCKETS).write(number);
                }
            } finally {
                for (DatagramChannel channel : channels) {
                    channel.close();
                }
            }
            return null;
        });
        int until = firstNumber + SOCKETS * DATAGRAMS_A_SOCKET;
        assertTrue(
                BoundedWait.until(() -> received() == until, LIMIT),
                () -> from.name() + " to " + to + ": received " + received() + " of " + until);
    }

    private long received() {
        return receivers.stream().mapToLong(SequenceTraffic.Receiver::received).sum();
    }

    /** What leads the range to dummy0, or into this node. */
    private String routes(Served served) {
        String family = served.ipv6 ? "-6" : "-4";
        return topology.node().exec("ip", family, "route", "show", "table", "all", "proto", "117");
    }

    @ParameterizedTest
    @EnumSource(names = {"INGRESS", "EGRESS", "INGRESS6", "EGRESS6"})
    void shouldServeEveryNodesAddressForClientsAndPods(Served served) {
        try (NodeModes modes = open(served)) {
            int sent = 0;
            for (ExternalTrafficPolicy policy : ExternalTrafficPolicy.values()) {
                loadKubeProxy(served, policy);
                sendAll(topology.client(), served.vip(), sent);
                sent += SOCKETS * DATAGRAMS_A_SOCKET;
                sendAll(topology.pod(PODS), served.vip(), sent);
                sent += SOCKETS * DATAGRAMS_A_SOCKET;
                sendAll(topology.pod(PODS), served.clusterIp(), sent);
                sent += SOCKETS * DATAGRAMS_A_SOCKET;
            }
            assertEquals(sent, modes.counters(NAME).stats().packetsReceived());
            assertEquals(0, modes.counters(NAME).stats().packetsDropped());
        }
        assertEquals("", routes(served), "nothing stays");
    }

    @ParameterizedTest
    @EnumSource(names = {"INGRESS", "INGRESS6"})
    void shouldPutTheRouteBackWhenItIsRemoved(Served served) {
        try (NodeModes modes = open(served)) {
            assertTrue(routes(served).contains(served.range()), routes(served));
            topology.node().exec("ip", served.ipv6 ? "-6" : "-4", "route", "del", served.range(), "dev", "dummy0");
            assertFalse(routes(served).contains(served.range()), routes(served));

            modes.reconcile();

            assertTrue(routes(served).contains(served.range()), routes(served));
        }
    }

    /** As after kill -9: the datapath is not closed. */
    @ParameterizedTest
    @EnumSource(names = {"INGRESS", "INGRESS6"})
    void shouldLeaveNoRouteWhenItIsDetachedAfterACrash(Served served) {
        open(served);
        assertTrue(routes(served).contains(served.range()), routes(served));

        topology.node().call(() -> {
            try (Network network = Network.open()) {
                return Leftovers.remove(network);
            }
        });

        assertEquals("", routes(served));
    }

    @Test
    void shouldRefuseARangeThatIsAnothersAndSetNothingUp() {
        topology.node().exec("ip", "route", "add", "10.255.3.0/24", "dev", "cni0");

        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> open(Served.INGRESS));

        assertEquals(
                "publish.addresses: 10.255.0.0/16 is not free on this node: it overlaps the route 10.255.3.0/24 of"
                        + " interface cni0; choose a range that nothing in the cluster has, the same for all nodes, or"
                        + " addresses: bind",
                refused.getMessage());
        assertEquals("", routes(Served.INGRESS));
        assertFalse(topology.node().exec("ip", "link", "show").contains("dummy0"));
    }

    @Test
    void shouldRefuseARangeWithAnAddressOfTheNode() {
        topology.node().exec("ip", "address", "add", "10.255.9.9/32", "dev", "cni0");

        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> open(Served.INGRESS));

        assertTrue(
                refused.getMessage().contains("overlaps the address 10.255.9.9 of interface cni0"), refused::toString);
    }

    /** A network that the range lies in, as a router's route to all private addresses. */
    @Test
    void shouldRefuseARangeInARoutedNetworkButNotOneBehindTheDefaultRoute() {
        topology.node().exec("ip", "route", "replace", "default", "via", "192.168.1.10");
        open(Served.INGRESS).close();
        topology.node().exec("ip", "route", "add", "10.0.0.0/8", "via", "192.168.1.10");

        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> open(Served.INGRESS));

        assertTrue(refused.getMessage().contains("overlaps the route 10.0.0.0/8 of interface eth0"), refused::toString);
    }

    /** The overlap is logged; what works goes on, also over a restart. */
    @Test
    void shouldGoOnWhenSomethingElseComesToTheRange() {
        try (NodeModes modes = open(Served.INGRESS)) {
            topology.node().exec("ip", "route", "add", "10.255.3.0/24", "dev", "cni0");
            modes.reconcile();
            loadKubeProxy(Served.INGRESS, ExternalTrafficPolicy.LOCAL);

            sendAll(topology.client(), Served.INGRESS.vip(), 0);
        }
    }

    @Test
    void shouldForgetTheRangeWhenAReloadTakesItAway() {
        try (NodeModes modes = open(Served.INGRESS)) {
            modes.configure(NodeModes.onDummy()
                    .with("publish", "{ service: syslog, addresses: bind }")
                    .listener(topology.podEndpoints(NodeModes.POD_PORT)));

            assertFalse(routes(Served.INGRESS).contains("10.255.0.0/16"), routes(Served.INGRESS));
        }
    }
}
