package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The VIP itself is matched on the NIC, whatever it is at the time. */
@Tag("kernel")
class VipDirectEndToEndTest {
    private static final String OTHER_VIP = "192.168.1.101";
    private static final int PODS = 3;

    @TempDir
    private Path directory;

    private ServiceLab lab;

    @BeforeEach
    void setUp() throws IOException {
        lab = new ServiceLab(directory, PODS);
        lab.topology()
                .client()
                .exec("ip", "neigh", "replace", OTHER_VIP, "lladdr", TopologyPlan.NODE_MAC.toString(), "dev", "eth0");
        lab.serveAll();
        lab.configure("bind: \"vip:5514\"\n    interface: eth0", "");
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    private long delivered(String vip) {
        long before = lab.received();
        try (SequenceTraffic traffic =
                new SequenceTraffic(lab.topology().client(), new InetSocketAddress(vip, 5514), 1_000)) {
            ServiceLab.awaitSent(traffic, 10);
            long sent = traffic.stop();
            BoundedWait.until(() -> lab.received() - before >= sent, ServiceLab.SHORT);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return lab.received() - before;
    }

    private void assertServed(String vip) {
        assertTrue(BoundedWait.until(() -> delivered(vip) > 0, ServiceLab.LIMIT), () -> lab.admin()
                .page("/status"));
    }

    @Test
    void shouldFollowTheVipOfTheServiceWhenItChanges() throws Exception {
        lab.server().api().put(FakeService.withVips());
        lab.start();
        lab.awaitInForce(1, 2, 3);
        assertEquals(0, delivered(TopologyPlan.VIP), "before there is a VIP");

        lab.server().api().put(FakeService.withVips(TopologyPlan.VIP));
        assertServed(TopologyPlan.VIP);
        assertEquals(0, delivered(OTHER_VIP));

        lab.server().api().put(FakeService.withVips(TopologyPlan.VIP, OTHER_VIP));
        assertServed(OTHER_VIP);
        assertServed(TopologyPlan.VIP);

        lab.server().api().put(FakeService.withVips(OTHER_VIP));
        assertTrue(BoundedWait.until(() -> delivered(TopologyPlan.VIP) == 0, ServiceLab.LIMIT));
        assertServed(OTHER_VIP);
        assertEquals(0, delivered(TopologyPlan.NODE_ADDRESS), "the node's own address is not the VIP");
    }

    @Test
    void shouldLoseNothingWhenAnotherVipIsAddedAndTheDaemonIsKilledAndStartedWithoutTheServer() throws Exception {
        lab.server().api().put(FakeService.withVips(TopologyPlan.VIP));
        LabProcess first = lab.start();
        lab.awaitInForce(1, 2, 3);
        assertServed(TopologyPlan.VIP);
        long before = lab.received();
        try (SequenceTraffic traffic = lab.traffic()) {
            ServiceLab.awaitSent(traffic, 2_000);
            lab.server().api().put(FakeService.withVips(TopologyPlan.VIP, OTHER_VIP));
            first.awaitLine(OTHER_VIP, ServiceLab.LIMIT);
            lab.server().goAway();
            first.signal("KILL");
            first.awaitExit(ServiceLab.LIMIT);
            lab.start();
            ServiceLab.awaitSent(traffic, 10_000);
            lab.server().comeBack();
            lab.awaitReady();
            ServiceLab.awaitSent(traffic, 2_000);
            long sent = traffic.stop();
            assertTrue(BoundedWait.until(() -> lab.received() - before >= sent, ServiceLab.LIMIT));
            assertEquals(sent, lab.received() - before);
        }
    }

    @Test
    void shouldKeepTheClientsAddressWithoutConnectionTracking() {
        lab.server().api().put(FakeService.withVips(TopologyPlan.VIP));
        lab.receivers().forEach(VipDirectEndToEndTest::close);
        lab.start();
        lab.awaitInForce(1, 2, 3);
        try (DatagramSender sender = DatagramSender.open(lab.topology().client(), TopologyPlan.CLIENT_ADDRESS);
                PodReceivers pods = PodReceivers.start(lab.topology().pods(), ServiceLab.POD_PORT, sender.runId())) {
            assertTrue(BoundedWait.until(
                    () -> {
                        sender.send(SendPlan.to(ServiceLab.VIP).datagrams(3));
                        return pods.awaitReceived(3, ServiceLab.SHORT);
                    },
                    ServiceLab.LIMIT));
            assertTrue(pods.stop().stream().allMatch(report -> Set.of(sender.source())
                    .containsAll(report.sources().keySet())));
        }
    }

    private static void close(SequenceTraffic.Receiver receiver) {
        try {
            receiver.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
