package dev.udpfanout.loader.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.datapath.mode.NodeModes;
import dev.udpfanout.loader.datapath.network.Network;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nothing is broken: the trace names each hop, in each mode and way in. */
@Tag("kernel")
class TraceTest extends TraceLab {
    @Test
    void shouldNameEveryHopWhenTheWayThroughDummy0IsWhole() {
        NodeModes.loadKubeProxy(topology);
        serve(NodeModes.onDummy());
        try (PodReceivers pods = receivers()) {
            TraceReport report = trace(NodeModes.VIP);
            assertDelivered(report);
            List<String> places = places(report);
            assertEquals("eth0 in", places.get(0));
            assertEquals("dummy0 in", places.get(1));
            assertTrue(places.contains("cni0 out"), places.toString());
            assertTrue(places.contains("pod's eth0 in"), places.toString());
        }
    }

    @Test
    void shouldNameEveryHopWhenTheWayFromTheNicIsWholeOverIpv6() {
        serve6(NodeModes.onNic6());
        try (PodReceivers pods =
                PodReceivers.start(topology.pods(), NodeModes.POD_PORT, StandardProtocolFamily.INET6, ANY_RUN)) {
            TraceReport report = trace(NodeModes.NODE6);

            assertDelivered(report);
            assertEquals(List.of("eth0 in", "cni0 out"), places(report).subList(0, 2));
            String endpoint = report.stories().getFirst().hops().get(1).what();
            assertTrue(endpoint.matches("to \\[2001:db8:42::1[12]]:40514"), endpoint);
        }
    }

    @Test
    void shouldFollowTheDatagramThroughTheProcessWhenUserSpaceForwards() {
        NodeModes.loadKubeProxy(topology);
        serve(NodeModes.onDummy().with("mode", "userspace"));
        try (PodReceivers pods = receivers()) {
            TraceReport report = trace(NodeModes.VIP);

            assertDelivered(report);
            assertEquals("eth0 in", places(report).getFirst());
            assertTrue(places(report).contains("cni0 out"), TraceText.of(report));
            assertEquals("pod's socket", report.stories().getFirst().fate().where());
        }
    }

    @Test
    void shouldDeliverEachDatagramToTheReceiversWhenTheyAreCounted() {
        serve(NodeModes.onNic());
        try (PodReceivers pods = receivers()) {
            assertDelivered(trace(NodeModes.NODE));
            assertTrue(pods.awaitReceived(COUNT, PATIENCE), () -> pods.received() + " received");
        }
    }

    /** Linux 6.18 tells no end of what a pod has: it must not be waited for. */
    @Test
    void shouldBeDoneWhenAllDatagramsAreInPodsWithoutWaitingForMore() {
        serve(NodeModes.onNic());
        try (PodReceivers pods = receivers()) {
            TraceReport report = topology.node().call(() -> {
                try (Network network = Network.open()) {
                    WayIn wayIn =
                            WayIn.choose(network, Optional.empty(), NodeModes.NODE.getAddress(), Optional.empty());
                    // Longer than the call may take.
                    return new Tracer(network, slot -> "")
                            .trace(new TracePlan(wayIn, NodeModes.NODE, 64, COUNT, 0, Duration.ofHours(1)));
                }
            });

            assertDelivered(report);
        }
    }

    @Test
    void shouldFollowRealDatagramsWhenLive() throws Exception {
        serve(NodeModes.onNic());
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
                PodReceivers pods = PodReceivers.start(topology.pods(), NodeModes.POD_PORT, sender.runId())) {
            CompletableFuture<TraceReport> tracing = new CompletableFuture<>();
            Thread tracer = topology.node().thread("trace", () -> tracing.complete(live()));
            tracer.start();
            while (!tracing.isDone()) {
                sender.send(SendPlan.to(NodeModes.NODE).datagrams(100).perSecond(10_000));
            }
            TraceReport report = tracing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

            assertDelivered(report);
            assertEquals(COUNT, report.stories().size());
            assertEquals(
                    TopologyPlan.CLIENT_ADDRESS,
                    report.stories()
                            .getFirst()
                            .from()
                            .orElseThrow()
                            .getAddress()
                            .getHostAddress());
        }
    }

    private static TraceReport live() {
        try (Network network = Network.open()) {
            WayIn wayIn = WayIn.choose(network, Optional.empty(), NodeModes.NODE.getAddress(), Optional.empty());
            return new Tracer(network, slot -> "").trace(new TracePlan(wayIn, NodeModes.NODE, 64, COUNT, 10, PATIENCE));
        }
    }
}
