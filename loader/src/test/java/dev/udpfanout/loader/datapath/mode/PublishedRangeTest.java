package dev.udpfanout.loader.datapath.mode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.kubeproxy.ServiceEndpoints;
import dev.udpfanout.lab.traffic.EchoClient;
import dev.udpfanout.lab.traffic.EchoResponder;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.attach.Leftovers;
import dev.udpfanout.loader.datapath.network.Network;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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
    private static final int QUESTIONS = 5;
    private static final int ECHO_PORT = NodeModes.POD_PORT + 1;
    private static final int LARGE_BYTES = 4_000;
    private static final int PER_SECOND = 5_000;
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

        ListenerText text(String... more) {
            ListenerText text = ipv6 ? NodeModes.onDummy6() : NodeModes.onDummy();
            for (String key : Stream.concat(keys.stream(), Stream.of(more)).toList()) {
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

    private NodeModes open(Served served, String... keys) {
        return NodeModes.open(topology.node(), listener(served, NodeModes.POD_PORT, keys));
    }

    private ListenerConfig listener(Served served, int podPort, String... keys) {
        List<InetSocketAddress> pods = served.ipv6 ? topology.podEndpoints6(podPort) : topology.podEndpoints(podPort);
        return served.text(keys).listener(pods.subList(0, RECEIVERS));
    }

    private void sendAll(LabNamespace from, InetSocketAddress to, int firstNumber) {
        sendAll(from, to, firstNumber, Long.BYTES);
    }

    /** Sends, and waits until all has arrived. */
    private void sendAll(LabNamespace from, InetSocketAddress to, int firstNumber, int bytes) {
        send(from, to, firstNumber, bytes);
        int until = firstNumber + SOCKETS * DATAGRAMS_A_SOCKET;
        assertTrue(
                BoundedWait.until(() -> received() == until, LIMIT),
                () -> from.name() + " to " + to + ": received " + received() + " of " + until);
    }

    /** Sends from many sockets, each of which kube-proxy gives to one of the addresses. */
    private static void send(LabNamespace from, InetSocketAddress to, int firstNumber, int bytes) {
        from.call(() -> {
            List<DatagramChannel> channels = new ArrayList<>();
            try {
                ByteBuffer datagram = ByteBuffer.allocate(bytes);
                for (int i = 0; i < SOCKETS; i++) {
                    channels.add(DatagramChannel.open().connect(to));
                }
                for (int i = 0; i < SOCKETS * DATAGRAMS_A_SOCKET; i++) {
                    datagram.clear().putLong(0, firstNumber + i);
                    write(channels.get(i % SOCKETS), datagram);
                }
            } finally {
                for (DatagramChannel channel : channels) {
                    channel.close();
                }
            }
            return null;
        });
    }

    /** An error that an earlier datagram's ICMP answer left in the socket means that this one has not been sent. */
    private static void write(DatagramChannel channel, ByteBuffer datagram) throws IOException {
        while (true) {
            try {
                channel.write(datagram);
                return;
            } catch (PortUnreachableException e) {
                datagram.rewind();
            }
        }
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
    @EnumSource
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

    /** A client's socket takes nothing but what comes from where it has sent to: the VIP. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NIO", "NIO6"})
    void shouldAnswerFromTheAddressThatWasAsked(Served served) {
        topology.pods().forEach(pod -> EchoResponder.start(pod, ECHO_PORT));
        loadKubeProxy(served, ExternalTrafficPolicy.CLUSTER);
        ListenerConfig listener = listener(served, ECHO_PORT, "replies: true", "workers: 3");
        try (NodeModes modes = NodeModes.open(topology.node(), listener)) {
            long answered = EchoClient.ask(
                    topology.client(),
                    served.ipv6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS,
                    served.vip(),
                    SOCKETS,
                    QUESTIONS,
                    LIMIT);

            assertEquals(
                    SOCKETS * QUESTIONS, answered, () -> modes.counters(NAME).toString());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "NIO6"})
    void shouldRefuseToAnswerWithoutKnowingWhatWasAsked(Served served) {
        RuntimeException refused = assertThrows(RuntimeException.class, () -> open(served, "replies: true"));

        assertTrue(refused.getMessage().contains("NIO does not learn"), refused::toString);
    }

    /**
     * kube-proxy gives them to the other node's address: of a larger datagram, only the first fragment has the port.
     */
    @ParameterizedTest
    @EnumSource
    void shouldKeepFragmentsTogether(Served served) {
        new KubeProxy(topology)
                .load(KubeProxyRules.labService(served.vip(), ExternalTrafficPolicy.LOCAL, List.of(served.others())));
        try (NodeModes modes = open(served)) {
            sendAll(topology.client(), served.vip(), 0, LARGE_BYTES);

            assertEquals(0, modes.counters(NAME).stats().packetsDropped());
        }
    }

    /** Copies come round to dummy0's ingress, with marks of their own. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"EGRESS", "EGRESS6"})
    void shouldGiveEachReceiverACopy(Served served) {
        loadKubeProxy(served, ExternalTrafficPolicy.CLUSTER);
        try (NodeModes modes = open(served, "policy: replicate")) {
            send(topology.client(), served.vip(), 0, Long.BYTES);

            assertTrue(
                    BoundedWait.until(() -> received() == (long) RECEIVERS * SOCKETS * DATAGRAMS_A_SOCKET, LIMIT),
                    () -> received() + ": " + modes.counters(NAME));
        }
    }

    /** A datagram to the node's own address is not the listener's, whoever else may have the port there. */
    @ParameterizedTest
    @EnumSource
    void shouldTakeNothingThatIsForTheNodeItself(Served served) {
        InetSocketAddress node = served.ipv6 ? NodeModes.NODE6 : NodeModes.NODE;
        try (NodeModes modes = open(served)) {
            send(topology.client(), node, 0, Long.BYTES);
            new KubeProxy(topology)
                    .load(KubeProxyRules.labService(served.vip(), ExternalTrafficPolicy.LOCAL, List.of(served.own())));
            sendAll(topology.client(), served.vip(), 0);

            assertEquals(
                    SOCKETS * DATAGRAMS_A_SOCKET,
                    modes.counters(NAME).stats().packetsReceived(),
                    () -> modes.counters(NAME).toString());
            assertEquals(0, modes.counters(NAME).stats().packetsDropped(), () -> modes.counters(NAME)
                    .toString());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL6"})
    void shouldLoseNothingWhenTheDatapathIsSwitched(Served served) throws Exception {
        new KubeProxy(topology)
                .load(KubeProxyRules.labService(served.vip(), ExternalTrafficPolicy.LOCAL, List.of(served.others())));
        Served inKernel = served.ipv6 ? Served.INGRESS6 : Served.INGRESS;
        try (NodeModes modes = open(inKernel);
                SequenceTraffic traffic = new SequenceTraffic(topology.client(), served.vip(), PER_SECOND)) {
            for (Served next : List.of(served, inKernel, served, inKernel)) {
                long sent = traffic.next();
                assertTrue(BoundedWait.until(() -> received() > sent + PER_SECOND / 10, LIMIT));
                modes.configure(listener(next, NodeModes.POD_PORT));
            }
            long sent = traffic.stop();
            assertTrue(BoundedWait.until(() -> received() == sent, LIMIT), () -> received() + " of " + sent);
        }
        assertEquals("", routes(served));
    }

    @ParameterizedTest
    @EnumSource(names = {"INGRESS", "INGRESS6", "EPOLL", "EPOLL6"})
    void shouldPutTheRouteBackWhenItIsRemoved(Served served) {
        try (NodeModes modes = open(served)) {
            assertTrue(routes(served).contains(served.range()), routes(served));
            String table = served.isInKernel() ? "main" : "local";
            topology.node()
                    .exec(
                            "ip",
                            served.ipv6 ? "-6" : "-4",
                            "route",
                            "flush",
                            "table",
                            table,
                            "proto",
                            "117",
                            served.range());
            assertFalse(routes(served).contains(served.range()), routes(served));

            modes.reconcile();

            assertTrue(routes(served).contains(served.range()), routes(served));
        }
    }

    /** As after kill -9: the datapath is not closed. */
    @ParameterizedTest
    @EnumSource(names = {"INGRESS", "INGRESS6", "EPOLL", "EPOLL6"})
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
