package dev.udpfanout.lab.kubeproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.ReceiverReport;
import dev.udpfanout.lab.traffic.SendPlan;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class KubeProxyTest {
    private static final InetSocketAddress VIP = new InetSocketAddress(TopologyPlan.VIP, 5514);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int DATAGRAMS = 500;
    private static final int PORT = 40514;

    private static Topology topology;

    @BeforeAll
    static void build() {
        topology = Topology.builder().pods(3).build();
    }

    @AfterAll
    static void remove() {
        topology.close();
    }

    @Test
    void shouldSendAllOfOneSocketToOnePodWhenKubeProxyBalancesAlone() {
        load(ExternalTrafficPolicy.LOCAL, topology.podEndpoints(PORT));

        ReceiverReport only = onlyReceiver();

        assertEquals(DATAGRAMS, only.received());
        assertEquals(
                TopologyPlan.CLIENT_ADDRESS,
                only.sources().keySet().iterator().next().getAddress().getHostAddress());
    }

    @Test
    void shouldHideTheClientWhenThePolicyIsCluster() {
        load(ExternalTrafficPolicy.CLUSTER, topology.podEndpoints(PORT));

        Map<InetSocketAddress, Long> sources = onlyReceiver().sources();

        assertEquals(1, sources.size());
        assertEquals(
                TopologyPlan.POD_GATEWAY,
                sources.keySet().iterator().next().getAddress().getHostAddress());
    }

    @Test
    void shouldReachADifferentPodWhenTheRulesAreReplaced() {
        for (int pod = 1; pod <= 3; pod++) {
            load(ExternalTrafficPolicy.LOCAL, topology.podEndpoints(PORT).subList(pod - 1, pod));

            assertEquals("pod" + pod, onlyReceiver().receiver());
        }
    }

    @Test
    void shouldLeaveOneSetOfRulesWhenTheyAreReplaced() {
        load(ExternalTrafficPolicy.LOCAL, topology.podEndpoints(PORT));
        load(ExternalTrafficPolicy.LOCAL, List.of(new InetSocketAddress("10.255.0.1", 5514)));

        String saved = topology.node().exec("iptables-save", "-t", "nat");

        assertTrue(saved.contains("--to-destination 10.255.0.1:5514"), saved);
        assertFalse(saved.contains("--to-destination 10.42.0."), saved);
        assertTrue(saved.contains("--comment \"kubernetes service portals\" -j KUBE-SERVICES"), saved);
    }

    private static void load(ExternalTrafficPolicy policy, List<InetSocketAddress> endpoints) {
        new KubeProxy(topology).load(KubeProxyRules.labService(VIP, policy, endpoints));
    }

    private static ReceiverReport onlyReceiver() {
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
                PodReceivers receivers = PodReceivers.start(topology.pods(), PORT, sender.runId())) {
            sender.send(SendPlan.to(VIP).datagrams(DATAGRAMS).perSecond(20_000));
            assertTrue(receivers.awaitReceived(DATAGRAMS, LIMIT), () -> "received " + receivers.received());
            List<ReceiverReport> reached = receivers.stop().stream()
                    .filter(report -> report.received() > 0)
                    .toList();
            assertEquals(1, reached.size(), reached.toString());
            return reached.getFirst();
        }
    }
}
