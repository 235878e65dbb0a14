package dev.udpfanout.loader.doctor.conntrack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.loader.doctor.conntrack.ConnectionTrackingChecks.Place;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import dev.udpfanout.loader.doctor.facts.NodeFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The kernel's own words for a tracked connection, from before udp-fanout was there. */
@Tag("kernel")
class TrackedConnectionTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final InetSocketAddress VIP = new InetSocketAddress(TopologyPlan.VIP, 5514);

    @Test
    void shouldFindTheSenderThatKubeProxySendsToAPod() throws IOException {
        try (Topology topology = Topology.builder().pods(1).build()) {
            new KubeProxy(topology)
                    .load(KubeProxyRules.labService(VIP, ExternalTrafficPolicy.LOCAL, topology.podEndpoints(40514)));
            try (DatagramChannel sender =
                    topology.client().call(() -> DatagramChannel.open().connect(VIP))) {
                sender.write(ByteBuffer.allocate(1));
                Diagnosis[] found = new Diagnosis[1];
                BoundedWait.until(
                        () -> {
                            found[0] = topology.node().call(TrackedConnectionTest::stale);
                            return found[0].result() == Result.PROBLEM;
                        },
                        LIMIT);

                assertEquals(Result.PROBLEM, found[0].result(), found[0]::toString);
                int port = ((InetSocketAddress) sender.getLocalAddress()).getPort();
                String said = TopologyPlan.CLIENT_ADDRESS + ":" + port + " to 10.42.0.11:40514";
                assertTrue(found[0].finding().contains(said), found[0]::toString);
            }
        }
    }

    /** In the calling thread's namespace. */
    private static Diagnosis stale() {
        return new ConnectionTrackingChecks(new NodeFiles(Path.of("/proc/thread-self")))
                .stale(
                        Set.of(new Place(VIP.getAddress(), VIP.getPort())),
                        new Place(InetAddress.ofLiteral("10.255.0.1"), 5514)::equals);
    }
}
