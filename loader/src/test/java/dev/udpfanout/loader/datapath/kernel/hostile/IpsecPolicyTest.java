package dev.udpfanout.loader.datapath.kernel.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import java.net.StandardProtocolFamily;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An IPsec policy that is for an endpoint holds: the stack, which applies it, sends the datagrams on. */
@Tag("kernel")
class IpsecPolicyTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int SENT = 50;

    /** Packets that a policy has blocked: Documentation/networking/xfrm_proc.rst. */
    private static long blocked(LabNamespace node) {
        return node.call(() -> Files.readAllLines(Path.of("/proc/thread-self/net/xfrm_stat")).stream()
                .filter(line -> line.startsWith("XfrmOutPolBlock"))
                .mapToLong(line -> Long.parseLong(line.trim().split("\\s+")[1]))
                .sum());
    }

    private static void policy(LabNamespace node, String verb, String destination) {
        node.exec("ip", "xfrm", "policy", verb, "dst", destination, "proto", "udp", "dir", "out");
    }

    private static void send(DatagramSender sender, WayIn wayIn, Topology topology, StandardProtocolFamily family) {
        sender.send(
                SendPlan.to(wayIn.destination(topology, family)).datagrams(SENT).perSecond(2000));
    }

    @ParameterizedTest
    @CsvSource({"NIC_TCX, INET", "NIC_TCX, INET6", "DUMMY_TCX, INET", "DUMMY_EGRESS_TCX, INET"})
    void shouldSendNothingPastAPolicyThatBlocks(WayIn wayIn, StandardProtocolFamily family) {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        String pod = ipv6 ? "2001:db8:42::11/128" : "10.42.0.11/32";
        try (Topology topology = Topology.builder().pods(1).ipv6(ipv6).build();
                NodeDatapath datapath = wayIn.open(topology, family);
                DatagramSender sender = DatagramSender.open(
                        topology.client(), ipv6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS)) {
            PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, family, sender.runId());
            topology.node()
                    .exec("ip", "xfrm", "policy", "add", "dst", pod, "proto", "udp", "dir", "out", "action", "block");
            datapath.reconcile();
            send(sender, wayIn, topology, family);
            assertTrue(
                    BoundedWait.until(() -> blocked(topology.node()) == SENT, LIMIT),
                    () -> pods.received() + " arrived, " + blocked(topology.node()) + " were blocked, "
                            + datapath.counters(0));
            assertEquals(0, pods.received());
            assertTrue(datapath.state(0).byIpsec(), "status says so");

            policy(topology.node(), "del", pod);
            datapath.reconcile();
            assertFalse(datapath.state(0).byIpsec());
            send(sender, wayIn, topology, family);
            assertTrue(
                    pods.awaitReceived(SENT, LIMIT), () -> datapath.counters(0).toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"NIC_TCX", "DUMMY_TCX"})
    void shouldArriveByTheStackWhereThePolicyIsForTheOtherEndpoint(WayIn wayIn) {
        try (Topology topology = Topology.builder().pods(2).build();
                NodeDatapath datapath = wayIn.open(topology);
                DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
            PodReceivers pods =
                    PodReceivers.start(topology.pods(), WayIn.POD_PORT, StandardProtocolFamily.INET, sender.runId());
            topology.node()
                    .exec("ip", "xfrm", "policy", "add", "dst", "10.42.0.11/32", "dir", "out", "action", "block");
            datapath.reconcile();
            send(sender, wayIn, topology, StandardProtocolFamily.INET);
            assertTrue(pods.awaitReceived(SENT / 2, LIMIT), () -> datapath.counters(0)
                    .toString());
            assertTrue(BoundedWait.until(() -> blocked(topology.node()) == SENT / 2, LIMIT));
            assertEquals(SENT / 2, pods.received());
        }
    }
}
