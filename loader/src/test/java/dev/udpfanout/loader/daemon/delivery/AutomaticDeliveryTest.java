package dev.udpfanout.loader.daemon.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.daemon.DaemonRun;
import dev.udpfanout.loader.datapath.kernel.attach.NeighbourProgram;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.trace.TracePlan;
import dev.udpfanout.loader.trace.TraceReport;
import dev.udpfanout.loader.trace.TraceText;
import dev.udpfanout.loader.trace.Tracer;
import dev.udpfanout.loader.trace.WayIn;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code local_delivery: auto}: straight into a pod while nothing stands on the node's side of its veth, by the next
 * hop as soon as something does, and straight again when it is gone. The veths' counters show which.
 */
@Tag("kernel")
class AutomaticDeliveryTest extends PeerDeliveryLab {
    private static final int BATCH = 60;

    /** What stands before veth1 alone, as an operator or a CNI plugin puts it there and takes it away. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a shaper | tc qdisc add dev veth1 root tbf rate 100mbit burst 64kb limit 1mb | tc qdisc del dev veth1 root",
                "a chain of the device | nft add table netdev t; nft add chain netdev t c { type filter hook egress device veth1 priority 0; };"
                        + " nft add rule netdev t c counter | nft delete table netdev t",
            })
    void shouldGoByTheNextHopWhileSomethingStandsOnTheVeth(String what, String put, String take) throws Exception {
        shouldGoByTheNextHopWhile(put, take, "veth1", "veth2");
    }

    /** What stands before all ports of the bridge. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a shaper | tc qdisc add dev cni0 root tbf rate 100mbit burst 64kb limit 1mb | tc qdisc del dev cni0 root",
                "a chain of bridges | nft add table bridge t; nft add chain bridge t c { type filter hook output priority 0; };"
                        + " nft add rule bridge t c counter | nft delete table bridge t",
            })
    void shouldGoByTheNextHopWhileSomethingStandsOnTheBridge(String what, String put, String take) throws Exception {
        shouldGoByTheNextHopWhile(put, take, "veth2", "veth3");
    }

    /** The pod has a way of its own in another table, by another address of the same bridge. */
    @Test
    void shouldGoByTheNextHopWhileARuleLeadsElsewhere() throws Exception {
        shouldGoByTheNextHopWhile(
                "ip route add 10.42.0.0/24 dev cni0 table 7; ip rule add to 10.42.0.11 lookup 7",
                "ip rule del to 10.42.0.11 lookup 7",
                "veth1",
                "veth2");
    }

    /** @param watched the veth that is passed by at first, and then not; {@code other} is passed by all the time */
    private void shouldGoByTheNextHopWhile(String put, String take, String watched, String other) throws Exception {
        StandardProtocolFamily family = StandardProtocolFamily.INET;
        ping(family, podAddresses(family));
        try (DaemonRun daemon = start("eth0", family, "auto", endpoints(family))) {
            InetSocketAddress destination = destination("eth0", family);
            awaitDirect(destination, family, "veth1", "veth2", "veth3");
            commands(put);
            await("it is not gone past", () -> seen(destination, family, watched) >= BATCH / 3);
            assertTrue(seen(destination, family, other) < CHATTER / 4, "another pod's way stays as it was");
            commands(take);
            awaitDirect(destination, family, "veth1", "veth2", "veth3");
        }
    }

    @ParameterizedTest
    @CsvSource({"tcx, INET, eth0", "tcx, INET6, dummy0", "clsact, INET, dummy0", "clsact, INET6, eth0"})
    void shouldNotGoPastAProgramOnTheVeth(String holder, StandardProtocolFamily family, String interfaceName)
            throws Exception {
        ping(family, podAddresses(family));
        try (DaemonRun daemon = start(interfaceName, family, "auto", endpoints(family))) {
            InetSocketAddress destination = destination(interfaceName, family);
            awaitDirect(destination, family, "veth1", "veth2", "veth3");
            try (NeighbourProgram neighbour = holder.equals("tcx")
                    ? NeighbourProgram.attachFirst(topology.node(), "veth1", HookPoint.EGRESS)
                    : NeighbourProgram.attachBehind(topology.node(), "veth1", HookPoint.EGRESS)) {
                await("the program is gone past", () -> {
                    long before = neighbour.seen();
                    send(destination, family);
                    return neighbour.seen() - before >= BATCH / 3;
                });
                if (holder.equals("clsact")) {
                    node("tc qdisc del dev veth1 clsact");
                }
            }
            awaitDirect(destination, family, "veth1", "veth2", "veth3");
        }
    }

    @ParameterizedTest
    @CsvSource({"dummy0, INET", "eth0, INET6"})
    void shouldBeTracedIntoThePod(String interfaceName, StandardProtocolFamily family) throws Exception {
        ping(family, podAddresses(family));
        try (DaemonRun daemon = start(interfaceName, family, "auto", endpoints(family))) {
            InetSocketAddress destination = destination(interfaceName, family);
            awaitDirect(destination, family, "veth1", "veth2", "veth3");
            try (DatagramSender sender = sender(family);
                    PodReceivers pods = PodReceivers.start(topology.pods(), POD_PORT, family, sender.runId())) {
                TraceReport report = topology.node().call(() -> trace(destination));
                String text = TraceText.of(report);
                assertTrue(report.isDelivered(), text);
                assertFalse(text.contains("cni0 out"), text);
                report.stories()
                        .forEach(story ->
                                assertEquals("pod's socket", story.fate().where(), text));
            }
        }
    }

    private static TraceReport trace(InetSocketAddress to) {
        try (Network network = Network.open()) {
            WayIn wayIn = WayIn.choose(network, Optional.of("eth0"), to.getAddress(), Optional.empty());
            return new Tracer(network, slot -> "").trace(new TracePlan(wayIn, to, 64, 6, 0, LIMIT));
        }
    }

    @Test
    void shouldBeSeenByTcpdumpOnTheBridge() throws Exception {
        StandardProtocolFamily family = StandardProtocolFamily.INET;
        ping(family, podAddresses(family));
        try (DaemonRun daemon = start("eth0", family, "auto", endpoints(family))) {
            InetSocketAddress destination = destination("eth0", family);
            awaitDirect(destination, family, "veth1", "veth2", "veth3");
            try (LabProcess tcpdump = topology.node()
                    .start("tcpdump", "-n", "-l", "-i", "cni0", "-c", "10", "udp", "port", "" + POD_PORT)) {
                await("tcpdump sees none", () -> {
                    send(destination, family);
                    return !tcpdump.isAlive();
                });
            }
            awaitDirect(destination, family, "veth1", "veth2", "veth3");
        }
    }

    @Test
    void shouldGoStraightWhenNothingIsConfigured() throws Exception {
        StandardProtocolFamily family = StandardProtocolFamily.INET;
        ping(family, podAddresses(family));
        try (DaemonRun daemon = DaemonRun.start(
                topology.node(), """
                health: { enabled: false }
                listeners:
                  - interface: eth0
                    bind: "0.0.0.0:5514"
                    downstream: [ { address: "%s" } ]
                """.formatted(text(endpoints(family).getFirst())))) {
            awaitDirect(destination("eth0", family), family, "veth1");
        }
    }

    private void commands(String all) {
        for (String command : all.split("; (?=tc |nft |ip )")) {
            // A chain's braces are words of nft's own.
            node(command);
        }
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        assertTrue(BoundedWait.until(condition, LIMIT), what);
    }

    /** How many of a batch a veth has seen. */
    private long seen(InetSocketAddress destination, StandardProtocolFamily family, String veth) {
        long before = sentBy(veth);
        send(destination, family);
        return sentBy(veth) - before;
    }

    private void send(InetSocketAddress destination, StandardProtocolFamily family) {
        try (DatagramSender sender = sender(family);
                PodReceivers pods = PodReceivers.start(topology.pods(), POD_PORT, family, sender.runId())) {
            sender.send(SendPlan.to(destination).datagrams(BATCH));
            assertTrue(pods.awaitReceived(BATCH, LIMIT), () -> "only " + pods.received() + " arrived");
            assertEquals(BATCH, pods.received());
        }
    }
}
