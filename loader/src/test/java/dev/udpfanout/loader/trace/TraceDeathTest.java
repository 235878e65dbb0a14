package dev.udpfanout.loader.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.loader.datapath.mode.NodeModes;
import dev.udpfanout.loader.datapath.network.Network;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lab broken in one way at a time: the trace names where a datagram dies, and why. */
@Tag("kernel")
class TraceDeathTest extends TraceLab {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "iptables -P FORWARD DROP",
                "iptables -A FORWARD -p udp -j DROP",
                "iptables -A FORWARD -j REJECT",
                "iptables-legacy -w 5 -P FORWARD DROP",
                "nft add table inet own; nft add chain inet own forward"
                        + " '{ type filter hook forward priority 0 ; policy drop ; }'",
                "nft add table inet own; nft add chain inet own forward '{ type filter hook forward priority 0 ; }';"
                        + " nft add rule inet own forward udp dport 5514 counter drop"
            })
    void shouldSayThatTheFirewallDropsWhenItDropsWhatIsForwarded(String commands) {
        NodeModes.loadKubeProxy(topology);
        topology.node().exec("sh", "-c", commands);
        serve(NodeModes.onDummy().with("firewall", "leave"));
        try (PodReceivers pods = receivers()) {
            TraceReport report = trace(NodeModes.VIP);

            assertDied(report, "eth0", "firewall");
            if (commands.contains("counter")) {
                assertEquals(List.of("inet own forward"), chains(report));
            } else if (commands.contains("-A FORWARD -p udp")) {
                assertEquals(List.of("ip filter FORWARD"), chains(report));
            } else if (commands.contains("legacy")) {
                assertTrue(
                        report.suspects()
                                .getFirst()
                                .startsWith("the policy of chain iptables-legacy filter FORWARD (+" + COUNT),
                        TraceText.of(report));
            } else if (commands.contains("policy drop")) {
                assertTrue(
                        report.suspects().toString().contains("inet own forward (policy drop"), TraceText.of(report));
            }
        }
    }

    /** The chains of the rules whose counters moved. */
    private static List<String> chains(TraceReport report) {
        return report.suspects().stream()
                .filter(suspect -> suspect.startsWith("rule"))
                .map(suspect -> suspect.replaceAll(".* of chain (.*) \\(.*", "$1"))
                .toList();
    }

    @Test
    void shouldSayThatNothingTranslatesTheVipWhenDnatIsMissing() {
        serve(NodeModes.onDummy());
        try (PodReceivers pods = receivers()) {
            assertDied(trace(NodeModes.VIP), "eth0", "neither NAT nor a listener took it");
        }
    }

    /** The kernel asks for 3 s before it drops what waits: by then, nobody listens to the probes any more. */
    @Test
    void shouldNameTheNextHopWhenTheKernelStillAsksForIt() {
        serve(NodeModes.onDummy());
        TraceReport report = trace(NodeModes.VIP, Optional.empty(), PAYLOAD_BYTES, Duration.ofSeconds(1));
        assertDied(report, "eth0", "does not answer ARP");
        assertDied(report, "eth0", "neither NAT nor a listener took it");
    }

    @Test
    void shouldNameTheBlackholeWhenTheRouteToTheReceiversIsOne() {
        serve(NodeModes.onNic());
        for (int pod = 1; pod <= 2; pod++) {
            topology.node()
                    .exec("ip", "route", "add", "blackhole", topology.plan().podAddress(pod) + "/32");
        }
        assertDied(trace(NodeModes.NODE), "eth0", DropReason.FIB_BLACKHOLE.label());
    }

    @Test
    void shouldNameTheInterfaceWhenAnothersTcFilterDropsBeforeOurs() {
        NodeModes.loadKubeProxy(topology);
        serve(NodeModes.onDummy());
        // Classic BPF that returns 2, TC_ACT_SHOT.
        topology.node()
                .exec(
                        "sh",
                        "-c",
                        "tc qdisc add dev eth0 clsact;"
                                + " tc filter add dev eth0 ingress prio 1 bpf bytecode '1,6 0 0 2,' direct-action");
        TraceReport report = trace(NodeModes.VIP);
        assertDied(report, "eth0", "TC program");
        // What is dropped before NAT is not for want of a rule.
        assertFalse(TraceText.of(report).contains("kube-proxy"), TraceText.of(report));
    }

    @Test
    void shouldNameTheReversePathFilterWhenItRefusesTheSender() {
        NodeModes.loadKubeProxy(topology);
        serve(NodeModes.onDummy());
        topology.node().exec("sysctl", "-qw", "net.ipv4.conf.all.rp_filter=1");
        TraceReport report = topology.node().call(() -> {
            try (Network network = Network.open()) {
                WayIn wayIn = WayIn.choose(
                        network,
                        Optional.of("eth0"),
                        NodeModes.VIP.getAddress(),
                        Optional.of(InetAddress.ofLiteral("10.42.0.99")));
                return new Tracer(network, slot -> "").trace(new TracePlan(wayIn, NodeModes.VIP, 64, 1, 0, PATIENCE));
            }
        });
        assertDied(report, "eth0", "reverse path filter");
    }

    @Test
    void shouldSayThatNoSocketListensWhenTheReceiversAreGone() {
        serve(NodeModes.onNic());
        assertDied(trace(NodeModes.NODE), "pod's eth0", "No socket listens");
    }

    @Test
    void shouldNameTheHardwareAddressWhenTheNeighbourIsWrong() {
        serve(NodeModes.onNic());
        for (int pod = 1; pod <= 2; pod++) {
            String entry = "ip neigh replace " + topology.plan().podAddress(pod) + " lladdr 02:00:00:00:99:99 dev cni0";
            topology.node().exec((entry + " nud permanent").split(" "));
        }
        try (PodReceivers pods = receivers()) {
            assertDied(trace(NodeModes.NODE), "pod's eth0", "another host's hardware address");
        }
    }

    @Test
    void shouldSayThatItIsTooLargeWhenTheWayIsNarrower() {
        topology.node().exec("ip", "link", "set", "cni0", "mtu", "1280");
        serve(NodeModes.onNic());
        try (PodReceivers pods = receivers()) {
            assertDied(trace(NodeModes.NODE, Optional.empty(), 1400), "eth0", "larger than the way");
        }
    }

    @Test
    void shouldNameOurOwnReasonWhenTheSenderIsNotAllowed() {
        serve(NodeModes.onNic().with("allow", "[ 10.0.0.0/8 ]"));
        try (PodReceivers pods = receivers()) {
            assertDied(trace(NodeModes.NODE), "eth0", DropReason.NOT_ALLOWED.label());
        }
    }

    @Test
    void shouldNotCallItDeliveredWhenUserSpaceHasReadAndDroppedIt() {
        serve(NodeModes.onNic().with("mode", "userspace").with("allow", "[ 10.0.0.0/8 ]"));
        try (PodReceivers pods = receivers()) {
            TraceReport report = trace(NodeModes.NODE);

            assertFalse(report.isDelivered(), TraceText.of(report));
            assertEquals("node, a socket", report.stories().getFirst().fate().where(), TraceText.of(report));
        }
    }

    @Test
    void shouldCallItDeliveredWhenAReceiverOnTheNodesOwnNetworkHasIt() {
        InetSocketAddress own = new InetSocketAddress(TopologyPlan.NODE_ADDRESS, NodeModes.POD_PORT);
        NodeModes.open(topology.node(), NodeModes.onNic().listener(List.of(own)));
        try (PodReceivers receiver = PodReceivers.start(List.of(topology.node()), NodeModes.POD_PORT, ANY_RUN)) {
            TraceReport report = topology.node().call(() -> {
                try (Network network = Network.open()) {
                    WayIn wayIn =
                            WayIn.choose(network, Optional.empty(), NodeModes.NODE.getAddress(), Optional.empty());
                    return new Tracer(network, slot -> "syslog", SocketOwners.ofNode(Optional.empty()))
                            .trace(new TracePlan(wayIn, NodeModes.NODE, PAYLOAD_BYTES, COUNT, 0, PATIENCE));
                }
            });

            assertDelivered(report);
            assertEquals("node, a socket", report.stories().getFirst().fate().where(), TraceText.of(report));
        }
    }

    @Test
    void shouldNameOurOwnReasonWhenThereAreNoEndpoints() {
        NodeModes.loadKubeProxy(topology);
        NodeModes modes = serve(NodeModes.onDummy().with("name", "syslog"));
        modes.apply("syslog", List.of());
        assertDied(trace(NodeModes.VIP), "dummy0", DropReason.NO_ENDPOINTS.label());
    }

    @Test
    void shouldSayThatNoProgramIsThereWhenTheDaemonIsGoneAndDummy0Stays() {
        NodeModes.loadKubeProxy(topology);
        topology.node().exec("sh", "-c", """
                ip link add dummy0 type bridge && ip link set dummy0 arp off up
                ip addr add 10.255.0.1/32 dev dummy0 && ip route del table local local 10.255.0.1
                ip route add 10.255.0.1/32 dev dummy0
                """);
        assertDied(trace(NodeModes.VIP), "dummy0", "no program of udp-fanout took it");
    }

    @Test
    void shouldSayThatTheInterfaceDidNotTakeItWhenItIsDown() {
        topology.node().exec("ip", "link", "set", "eth0", "down");
        TraceReport report = topology.node().call(() -> {
            try (Network network = Network.open()) {
                WayIn wayIn = WayIn.choose(network, Optional.of("eth0"), NodeModes.VIP.getAddress(), Optional.empty());
                return new Tracer(network, slot -> "").trace(new TracePlan(wayIn, NodeModes.VIP, 64, 1, 0, PATIENCE));
            }
        });
        assertDied(report, "eth0", "did not take it");
    }
}
