package dev.udpfanout.loader.datapath.mode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.traffic.EchoClient;
import dev.udpfanout.lab.traffic.EchoResponder;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.config.ListenerConfig;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * kube-proxy sends to the addresses that this node and another one have published out of a range: both are served here,
 * by every datapath, for clients and for pods.
 */
@Tag("kernel")
class PublishedRangeTest {
    private static final int QUESTIONS = 5;
    private static final int ECHO_PORT = NodeModes.POD_PORT + 1;
    private static final int LARGE_BYTES = 4_000;
    private static final int PER_SECOND = 5_000;
    private static final String NAME = "listener-0";

    private RangeLab lab;

    @BeforeEach
    void setUp() {
        lab = new RangeLab();
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldServeEveryNodesAddressForClientsAndPods(ServedRange served) {
        try (NodeModes modes = lab.open(served)) {
            int sent = 0;
            for (ExternalTrafficPolicy policy : ExternalTrafficPolicy.values()) {
                lab.loadKubeProxy(served, policy);
                lab.sendAll(lab.topology().client(), served.vip(), sent);
                sent += RangeLab.SOCKETS * RangeLab.DATAGRAMS_A_SOCKET;
                lab.sendAll(lab.topology().pod(RangeLab.PODS), served.vip(), sent);
                sent += RangeLab.SOCKETS * RangeLab.DATAGRAMS_A_SOCKET;
                lab.sendAll(lab.topology().pod(RangeLab.PODS), served.clusterIp(), sent);
                sent += RangeLab.SOCKETS * RangeLab.DATAGRAMS_A_SOCKET;
            }
            assertEquals(sent, modes.counters(NAME).stats().packetsReceived());
            assertEquals(0, modes.counters(NAME).stats().packetsDropped());
        }
        assertEquals("", lab.routes(served), "nothing stays");
    }

    /** A client's socket takes nothing but what comes from where it has sent to: the VIP. */
    @ParameterizedTest
    @EnumSource
    void shouldAnswerFromTheAddressThatWasAsked(ServedRange served) {
        lab.topology().pods().forEach(pod -> EchoResponder.start(pod, ECHO_PORT));
        lab.loadKubeProxy(served, ExternalTrafficPolicy.CLUSTER);
        ListenerConfig listener = lab.listener(served, ECHO_PORT, "replies: true", "workers: 3");
        try (NodeModes modes = NodeModes.open(lab.topology().node(), listener)) {
            long answered = EchoClient.ask(
                    lab.topology().client(),
                    served.ipv6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS,
                    served.vip(),
                    RangeLab.SOCKETS,
                    QUESTIONS,
                    RangeLab.LIMIT);

            assertEquals(RangeLab.SOCKETS * QUESTIONS, answered, () -> modes.counters(NAME)
                    .toString());
        }
    }

    /**
     * kube-proxy gives them to the other node's address: of a larger datagram, only the first fragment has the port.
     */
    @ParameterizedTest
    @EnumSource
    void shouldKeepFragmentsTogether(ServedRange served) {
        new KubeProxy(lab.topology())
                .load(KubeProxyRules.labService(served.vip(), ExternalTrafficPolicy.LOCAL, List.of(served.others())));
        try (NodeModes modes = lab.open(served)) {
            lab.sendAll(lab.topology().client(), served.vip(), 0, LARGE_BYTES);

            assertEquals(0, modes.counters(NAME).stats().packetsDropped());
        }
    }

    /** Copies come round to dummy0's ingress, with marks of their own. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"EGRESS", "EGRESS6"})
    void shouldGiveEachReceiverACopy(ServedRange served) {
        lab.loadKubeProxy(served, ExternalTrafficPolicy.CLUSTER);
        try (NodeModes modes = lab.open(served, "policy: replicate")) {
            RangeLab.send(lab.topology().client(), served.vip(), 0, Long.BYTES);

            assertTrue(
                    BoundedWait.until(
                            () -> lab.received()
                                    == (long) RangeLab.RECEIVERS * RangeLab.SOCKETS * RangeLab.DATAGRAMS_A_SOCKET,
                            RangeLab.LIMIT),
                    () -> lab.received() + ": " + modes.counters(NAME));
        }
    }

    /** A datagram to the node's own address is not the listener's, whoever else may have the port there. */
    @ParameterizedTest
    @EnumSource
    void shouldTakeNothingThatIsForTheNodeItself(ServedRange served) {
        InetSocketAddress node = served.ipv6 ? NodeModes.NODE6 : NodeModes.NODE;
        try (NodeModes modes = lab.open(served)) {
            RangeLab.send(lab.topology().client(), node, 0, Long.BYTES);
            new KubeProxy(lab.topology())
                    .load(KubeProxyRules.labService(served.vip(), ExternalTrafficPolicy.LOCAL, List.of(served.own())));
            lab.sendAll(lab.topology().client(), served.vip(), 0);

            assertEquals(
                    RangeLab.SOCKETS * RangeLab.DATAGRAMS_A_SOCKET,
                    modes.counters(NAME).stats().packetsReceived(),
                    () -> modes.counters(NAME).toString());
            assertEquals(0, modes.counters(NAME).stats().packetsDropped(), () -> modes.counters(NAME)
                    .toString());
        }
    }

    /** The kernel gives a copy of each to every socket on the wildcard address, past the program that picks one. */
    @ParameterizedTest
    @EnumSource
    void shouldTakeNoBroadcastAndNoMulticast(ServedRange served) {
        new KubeProxy(lab.topology())
                .load(KubeProxyRules.labService(served.vip(), ExternalTrafficPolicy.LOCAL, List.of(served.own())));
        try (NodeModes modes = lab.open(served, "workers: 3")) {
            served.toEveryNode()
                    .forEach(to -> lab.sendToEveryNode(to, served.vip().getPort()));
            lab.sendAll(lab.topology().client(), served.vip(), 0);

            assertEquals(
                    RangeLab.SOCKETS * RangeLab.DATAGRAMS_A_SOCKET,
                    served.ipv6
                            ? modes.counters(NAME).stats().packetsReceived()
                            : modes.counters(NAME).stats().packetsForwarded(),
                    () -> modes.counters(NAME).toString());
        }
        assertEquals(RangeLab.SOCKETS * RangeLab.DATAGRAMS_A_SOCKET, lab.received());
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL6"})
    void shouldLoseNothingWhenTheDatapathIsSwitched(ServedRange served) throws Exception {
        new KubeProxy(lab.topology())
                .load(KubeProxyRules.labService(served.vip(), ExternalTrafficPolicy.LOCAL, List.of(served.others())));
        ServedRange inKernel = served.ipv6 ? ServedRange.INGRESS6 : ServedRange.INGRESS;
        try (NodeModes modes = lab.open(inKernel);
                SequenceTraffic traffic = new SequenceTraffic(lab.topology().client(), served.vip(), PER_SECOND)) {
            for (ServedRange next : List.of(served, inKernel, served, inKernel)) {
                long sent = traffic.next();
                assertTrue(BoundedWait.until(() -> lab.received() > sent + PER_SECOND / 10, RangeLab.LIMIT));
                modes.configure(lab.listener(next, NodeModes.POD_PORT));
            }
            long sent = traffic.stop();
            assertTrue(
                    BoundedWait.until(() -> lab.received() == sent, RangeLab.LIMIT),
                    () -> lab.received() + " of " + sent);
        }
        assertEquals("", lab.routes(served));
    }
}
