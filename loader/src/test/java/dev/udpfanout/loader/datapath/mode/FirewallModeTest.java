package dev.udpfanout.loader.datapath.mode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerText;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A node that drops what it forwards and what it receives: each datapath opens the hook that its datagrams pass. */
@Tag("kernel")
class FirewallModeTest {
    private static final int DATAGRAMS = 20;

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(2).ipv6(true).build();
        NodeModes.loadKubeProxy(topology);
        NodeModes.loadKubeProxy6(topology);
        node("iptables -P FORWARD DROP");
        node("iptables -P INPUT DROP");
        node("ip6tables -P FORWARD DROP");
        node("ip6tables -P INPUT DROP");
        // Neighbour discovery, without which no IPv6 comes at all.
        node("ip6tables -A INPUT -p icmpv6 -j ACCEPT");
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private String node(String command) {
        return topology.node().exec(command.split(" "));
    }

    private ListenerConfig listener(ListenerText text, String mode, String firewall) {
        return text.with("mode", mode).with("firewall", firewall).listener(topology.podEndpoints(NodeModes.POD_PORT));
    }

    private String ours(String tool) {
        String chains = "";
        for (String chain : new String[] {"FORWARD", "INPUT"}) {
            chains += node(tool + " -S " + chain).contains("udp-fanout: ") ? chain + " " : "";
        }
        return chains.strip();
    }

    private int delivered(InetSocketAddress vip) {
        boolean ipv6 = vip.equals(NodeModes.VIP6);
        try (DatagramSender sender = DatagramSender.open(
                        topology.client(), ipv6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS);
                PodReceivers pods = PodReceivers.start(
                        topology.pods(),
                        NodeModes.POD_PORT,
                        ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET,
                        sender.runId())) {
            sender.send(SendPlan.to(vip).datagrams(DATAGRAMS));
            pods.awaitReceived(DATAGRAMS, Duration.ofSeconds(1));
            return Math.toIntExact(pods.received());
        }
    }

    @Test
    void shouldOpenTheHookOfTheModeWhenItChanges() throws Exception {
        try (NodeModes modes = NodeModes.open(topology.node(), listener(NodeModes.onDummy(), "userspace", "accept"))) {
            assertEquals("INPUT", ours("iptables"));
            assertEquals(DATAGRAMS, delivered(NodeModes.VIP));

            modes.configure(listener(NodeModes.onDummy(), "tc_ebpf", "accept"));
            assertEquals("FORWARD", ours("iptables"));
            assertEquals(DATAGRAMS, delivered(NodeModes.VIP));

            modes.configure(listener(NodeModes.onDummy(), "userspace", "accept"));
            assertEquals("INPUT", ours("iptables"));
            assertEquals(DATAGRAMS, delivered(NodeModes.VIP));
        }
        assertEquals("", ours("iptables"));
    }

    @Test
    void shouldTakeItsRuleAwayWhenItIsToldToLeaveTheFirewall() throws Exception {
        try (NodeModes modes = NodeModes.open(topology.node(), listener(NodeModes.onDummy(), "userspace", "accept"))) {
            modes.configure(listener(NodeModes.onDummy(), "userspace", "leave"));
            assertEquals("", ours("iptables"));
            assertEquals(0, delivered(NodeModes.VIP));
        }
    }

    @Test
    void shouldOpenTheHookForSocketsWhenUserSpaceServesIpv6() throws Exception {
        ListenerConfig listener =
                NodeModes.onDummy6().with("mode", "userspace").listener(topology.podEndpoints6(NodeModes.POD_PORT));
        try (NodeModes modes = NodeModes.open(topology.node(), listener)) {
            assertEquals("INPUT", ours("ip6tables"));
            assertEquals("", ours("iptables"));
            assertEquals(DATAGRAMS, delivered(NodeModes.VIP6));
        }
        assertEquals("", ours("ip6tables"));
    }
}
