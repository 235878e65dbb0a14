package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.OtherLayout;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Datagrams do not depend on the API server. */
@Tag("kernel")
class ApiOutageEndToEndTest {
    @TempDir
    private Path directory;

    /** Whether the node was ready, by each slice that was applied. */
    private final List<Boolean> published = new CopyOnWriteArrayList<>();

    private ServiceLab lab;

    @BeforeEach
    void setUp() throws IOException {
        lab = new ServiceLab(directory, 3);
        lab.leadVipToDummy();
        lab.server().api().put(FakeService.withVips("192.168.1.100"));
        lab.serveAll();
        lab.configureOnDummy("on_exit: keep");
        lab.server().api().onApply(slice -> published.add(slice.contains("\"ready\":true")));
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    @Test
    void shouldKeepTheLastEndpointsAndCatchUpWhenTheServerIsGoneForAWhile() throws Exception {
        lab.start();
        lab.awaitInForce(1, 2, 3);
        try (SequenceTraffic traffic = lab.traffic()) {
            ServiceLab.awaitSent(traffic, 2_000);
            lab.server().goAway();
            lab.serve(lab.pod(1), lab.pod(3));
            assertTrue(BoundedWait.until(
                    () -> lab.admin().metric("udp_fanout_kubernetes_watch_connected") == 0, ServiceLab.LIMIT));
            ServiceLab.awaitSent(traffic, 10_000);
            lab.awaitInForce(1, 2, 3);
            assertEquals(200, lab.admin().code("/readyz"));
            lab.server().comeBack();
            lab.awaitInForce(1, 3);
            ServiceLab.awaitSent(traffic, 2_000);
            lab.assertNothingLost(traffic);
        }
    }

    @Test
    void shouldStartWithoutTheServerAndBecomeReadyWhenItAppears() throws Exception {
        lab.server().goAway();
        lab.start();
        assertEquals(503, lab.admin().code("/readyz"));
        assertTrue(lab.admin().page("/healthz").startsWith("ok"));
        try (SequenceTraffic traffic = lab.traffic()) {
            ServiceLab.awaitSent(traffic, 100);
            long sent = traffic.stop();
            assertTrue(BoundedWait.until(
                    () -> lab.admin().metric("udp_fanout_packets_dropped_total") == sent, ServiceLab.LIMIT));
        }
        assertEquals(0, lab.received());

        lab.server().comeBack();
        lab.awaitReady();
        lab.awaitInForce(1, 2, 3);
        try (SequenceTraffic traffic = lab.traffic()) {
            ServiceLab.awaitSent(traffic, 2_000);
            lab.assertNothingLost(traffic);
        }
    }

    @Test
    void shouldLeaveTheDatagramsToAnotherVersionsProgramUntilTheServerHasAnswered() throws Exception {
        LabProcess first = lab.start();
        lab.awaitInForce(1, 2, 3);
        awaitPublishedReady();
        published.clear();
        try (SequenceTraffic traffic = lab.traffic()) {
            ServiceLab.awaitSent(traffic, 2_000);
            lab.server().goAway();
            first.signal("KILL");
            first.awaitExit(ServiceLab.LIMIT);
            OtherLayout.rename(lab.pins());
            LabProcess second = lab.start();
            second.awaitLine("keeping the program of another version", ServiceLab.LIMIT);
            ServiceLab.awaitSent(traffic, 10_000);
            lab.serve(lab.pod(1), lab.pod(3));
            lab.server().comeBack();
            second.awaitLine("dropped the maps of another version", ServiceLab.LIMIT);
            lab.awaitInForce(1, 3);
            lab.awaitReady();
            ServiceLab.awaitSent(traffic, 2_000);
            lab.assertNothingLost(traffic);
            assertEquals(traffic.next(), (long) lab.admin().metric("udp_fanout_packets_forwarded_total"));
        }
        awaitPublishedReady();
        assertFalse(published.contains(false), "told MetalLB to move a VIP that was served all the time");
    }

    @Test
    void shouldGoOnWithAdoptedEndpointsWhenKilledWhileTheServerIsGone() throws Exception {
        LabProcess first = lab.start();
        lab.awaitInForce(1, 2, 3);
        awaitPublishedReady();
        published.clear();
        try (SequenceTraffic traffic = lab.traffic()) {
            ServiceLab.awaitSent(traffic, 2_000);
            lab.server().goAway();
            first.signal("KILL");
            first.awaitExit(ServiceLab.LIMIT);
            ServiceLab.awaitSent(traffic, 2_000);
            LabProcess second = lab.start();
            assertTrue(String.join("\n", second.lines()).contains("adopted=true"), () -> "" + second.lines());
            lab.awaitInForce(1, 2, 3);
            assertEquals(200, lab.admin().code("/readyz"), "what it adopted is what it has");
            ServiceLab.awaitSent(traffic, 10_000);
            lab.server().comeBack();
            lab.awaitInForce(1, 2, 3);
            lab.awaitReady();
            ServiceLab.awaitSent(traffic, 2_000);
            lab.assertNothingLost(traffic);
        }
        awaitPublishedReady();
        assertFalse(published.contains(false), "told MetalLB to move a VIP that was served all the time");
    }

    /**
     * Waits until the API server has it, which is after /readyz has said so. Of one daemon nothing comes before it any
     * more: as a rule it has published first that the node is not ready, before its endpoints were known.
     */
    private void awaitPublishedReady() {
        assertTrue(
                BoundedWait.until(() -> published.contains(true), ServiceLab.LIMIT), "nobody was told of a ready node");
    }
}
