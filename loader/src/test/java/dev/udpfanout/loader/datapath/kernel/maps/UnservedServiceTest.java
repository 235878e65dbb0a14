package dev.udpfanout.loader.datapath.kernel.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.kubeproxy.ServicePortName;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.ReceiverReport;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerBuilder;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.userspace.NoDescriptors;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the kernel refuses one Service keeps no other from anything; meanwhile kube-proxy serves it. */
@Tag("kernel")
class UnservedServiceTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final InetAddress VIP = InetAddress.ofLiteral(TopologyPlan.VIP);
    private static final long DATAGRAMS = 300;
    private static final int FIRST = 0;
    private static final int SECOND = 1;
    private static final int THIRD = 2;

    /** By our program; kube-proxy has the third pod. */
    private static final List<Long> SPREAD = List.of(DATAGRAMS / 2, DATAGRAMS / 2, 0L);

    private static final List<Long> BY_KUBE_PROXY = List.of(0L, 0L, DATAGRAMS);

    private Topology topology;
    private List<InetSocketAddress> endpoints;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(3).build();
        List<InetSocketAddress> pods = topology.podEndpoints(WayIn.POD_PORT);
        endpoints = pods.subList(0, 2);
        List<KubeProxyRules> rules = new ArrayList<>();
        for (int number = FIRST; number <= THIRD; number++) {
            rules.add(KubeProxyRules.labService(
                            new InetSocketAddress(VIP, port(number)), ExternalTrafficPolicy.CLUSTER, pods.subList(2, 3))
                    .withName(new ServicePortName("logging", "service" + number, "syslog")));
        }
        new KubeProxy(topology).replaceRules(rules);
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private static int port(int number) {
        return 5514 + number;
    }

    private ListenerConfig service(int number) {
        ListenerConfig listener = listener(number);
        return ListenerBuilder.like(listener).vipDirect(true).build();
    }

    private ListenerConfig listener(int number) {
        return ListenerBuilder.like(
                        ListenerText.on("eth0", "0.0.0.0:" + port(number)).listener(endpoints))
                .id(number)
                .name("logging/service" + number)
                .build();
    }

    private NodeDatapath open(ListenerConfig... listeners) {
        NodeDatapath datapath = NodeDatapath.openWithoutEndpoints(
                topology.node(), KernelProgram.load(KernelProgram.builtIn()), listeners);
        datapath.setVips(Set.of(VIP));
        return datapath;
    }

    /** What arrives of what is sent to a Service, by pod. */
    private List<Long> send(int number) {
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
                PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, sender.runId())) {
            sender.send(SendPlan.to(new InetSocketAddress(VIP, port(number))).datagrams(DATAGRAMS));
            assertTrue(pods.awaitReceived(DATAGRAMS, LIMIT), () -> pods.received() + " arrived");
            return pods.stop().stream().map(ReceiverReport::received).toList();
        }
    }

    @Test
    void shouldLeaveAServiceWhoseTableTheKernelRefusesToKubeProxyAndServeTheOthers() throws Exception {
        NodeDatapath datapath = open(service(FIRST), service(SECOND));
        datapath.apply(FIRST, endpoints);
        refuse(datapath, SECOND, endpoints);

        assertEquals(SPREAD, send(FIRST));
        assertEquals(BY_KUBE_PROXY, send(SECOND));
        assertFalse(datapath.state(SECOND).attached());
        assertTrue(datapath.state(SECOND).modeReason().contains("EMFILE"), datapath.state(SECOND)::toString);
        assertEquals(Set.of("logging/service1"), datapath.unserved().keySet());
        assertTrue(datapath.state(FIRST).attached());

        datapath.apply(SECOND, endpoints);
        assertEquals(SPREAD, send(SECOND));
        assertEquals(Set.of(), datapath.unserved().keySet());
    }

    /** Its table has endpoints that may be gone; kube-proxy knows those that there are. */
    @Test
    void shouldLeaveAServiceToKubeProxyWhoseOtherEndpointsTheKernelRefuses() throws Exception {
        NodeDatapath datapath = open(service(FIRST), service(SECOND));
        datapath.apply(FIRST, endpoints);
        datapath.apply(SECOND, endpoints);
        assertEquals(SPREAD, send(SECOND));
        refuse(datapath, SECOND, endpoints.subList(0, 1));
        assertEquals(BY_KUBE_PROXY, send(SECOND));
        assertEquals(SPREAD, send(FIRST));

        datapath.apply(SECOND, endpoints);
        assertEquals(SPREAD, send(SECOND), "the table that is still there serves again");
    }

    /** Nobody else serves it, so the daemon has to say so, and goes on with what there was. */
    @Test
    void shouldStillThrowWhatTheKernelRefusesAListenerOfTheFile() throws Exception {
        NodeDatapath datapath = open(service(FIRST), listener(SECOND));
        datapath.apply(FIRST, endpoints);
        assertThrows(SystemCallException.class, () -> refuse(datapath, SECOND, endpoints));
        assertEquals(SPREAD, send(FIRST));
    }

    private static void refuse(NodeDatapath datapath, int number, List<InetSocketAddress> wanted) {
        try (NoDescriptors none = new NoDescriptors()) {
            datapath.apply(number, wanted);
        }
    }

    @Test
    void shouldLeaveTheServiceToKubeProxyForWhoseAddressesThereIsNoRoom() {
        NodeDatapath datapath = open(service(FIRST), service(SECOND), service(THIRD));
        for (int number = FIRST; number <= THIRD; number++) {
            datapath.apply(number, endpoints);
        }
        datapath.setVips(FIRST, addresses(Limits.LISTENER_KEYS_OF_FILE - 99));
        datapath.setVips(SECOND, addresses(100));

        assertEquals(SPREAD, send(FIRST));
        assertEquals(BY_KUBE_PROXY, send(SECOND), "there is room for 99 more addresses, and it has 100");
        assertEquals(SPREAD, send(THIRD));
        assertTrue(
                datapath.unserved().get("logging/service1").contains("room for 4096 addresses"),
                datapath.unserved()::toString);

        datapath.setVips(FIRST, addresses(1));
        assertEquals(SPREAD, send(SECOND));
        assertEquals(Set.of(), datapath.unserved().keySet());
    }

    /** The VIP among them. */
    private static Set<InetAddress> addresses(int count) {
        Set<InetAddress> addresses = new HashSet<>(Set.of(VIP));
        IntStream.range(1, count)
                .mapToObj(n -> InetAddress.ofLiteral("10.%d.%d.1".formatted(100 + n / 250, n % 250)))
                .forEach(addresses::add);
        return addresses;
    }
}
