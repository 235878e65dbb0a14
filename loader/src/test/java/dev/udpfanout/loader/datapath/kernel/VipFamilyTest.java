package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.reader.ConfigReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A Service with VIPs of both families, and a VIP-direct listener for each. */
@Tag("kernel")
class VipFamilyTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int DATAGRAMS = 20;
    private static final int PORT = 5514;

    @Test
    void shouldGiveEachListenerTheVipsOfItsFamily() throws Exception {
        try (Topology topology = Topology.builder().pods(2).ipv6(true).build()) {
            List<ListenerConfig> listeners =
                    new ConfigReader(name -> true).parse("""
                            listeners:
                              - { name: ipv4, bind: "vip:5514", interface: eth0, publish: { service: syslog-vip },
                                  downstream: [ { address: "10.42.0.11:40514" }, { address: "10.42.0.12:40514" } ] }
                              - { name: ipv6, bind: "[vip]:5514", interface: eth0, publish: { service: syslog-vip },
                                  downstream: [ { address: "[2001:db8:42::11]:40514" }, { address: "[2001:db8:42::12]:40514" } ] }
                            """, "test").listeners();
            NodeDatapath datapath = NodeDatapath.open(topology.node(), listeners.toArray(ListenerConfig[]::new));
            datapath.setVips(Set.of(InetAddress.ofLiteral(TopologyPlan.VIP), InetAddress.ofLiteral(TopologyPlan.VIP6)));

            assertServed(topology, TopologyPlan.CLIENT_ADDRESS, TopologyPlan.VIP, StandardProtocolFamily.INET);
            assertServed(topology, TopologyPlan.CLIENT_ADDRESS6, TopologyPlan.VIP6, StandardProtocolFamily.INET6);
            for (int id = 0; id < 2; id++) {
                assertEquals(DATAGRAMS, datapath.counters(id).stats().packetsForwarded());
                assertEquals(0, datapath.counters(id).stats().packetsDropped());
            }
            datapath.close();
        }
    }

    private static void assertServed(Topology topology, String from, String vip, StandardProtocolFamily family) {
        try (DatagramSender sender = DatagramSender.open(topology.client(), from);
                PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, family, sender.runId())) {
            sender.send(SendPlan.to(new InetSocketAddress(vip, PORT)).datagrams(DATAGRAMS));
            assertTrue(pods.awaitReceived(DATAGRAMS, LIMIT), () -> "only " + pods.received() + " at " + vip);
        }
    }
}
