package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.MockResponse;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Endpoints come from EndpointSlices, and the node's own slice says what is true. */
@Tag("kernel")
class DiscoveryEndToEndTest {
    private static final int PODS = 3;
    private static final String APPLIED = "applied the changed configuration";

    @TempDir
    private Path directory;

    private ServiceLab lab;

    /** For each slice that the node applied, what it said and whether a datagram came through at that moment. */
    private final BlockingQueue<Published> published = new LinkedBlockingQueue<>();

    private record Published(boolean ready, boolean terminating, boolean forwards) {}

    @BeforeEach
    void setUp() throws IOException {
        lab = new ServiceLab(directory, PODS);
        lab.leadVipToDummy();
        lab.server().api().put(FakeService.withVips("192.168.1.100"));
        lab.configureOnDummy("drain_secs: 1");
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    @Test
    void shouldSpreadDatagramsOverTheEndpointsOfTheService() throws Exception {
        lab.serveAll();
        lab.start();
        lab.awaitReady();
        try (SequenceTraffic traffic = lab.traffic()) {
            ServiceLab.awaitSent(traffic, 9_000);
            lab.assertNothingLost(traffic);
        }
        List<Long> received = lab.receivers().stream()
                .map(SequenceTraffic.Receiver::received)
                .sorted()
                .toList();
        int cpus = Runtime.getRuntime().availableProcessors();
        assertTrue(received.getLast() - received.getFirst() <= cpus, received::toString);
    }

    @Test
    void shouldFollowTheConditionsOfTheEndpoints() throws Exception {
        lab.serveAll();
        lab.start();
        lab.awaitInForce(1, 2, 3);
        lab.serve(lab.pod(1), lab.pod(2, false, true, true));
        lab.awaitInForce(1);
        lab.serve(lab.pod(1, false, false, true), lab.pod(2, false, true, true), lab.pod(3, false, false, false));
        lab.awaitInForce(2);
        lab.serve();
        lab.awaitInForce();
        assertEquals(503, lab.admin().code("/readyz"));
        lab.serve(lab.pod(3, null, null, null));
        lab.awaitInForce(3);
        assertEquals(200, lab.admin().code("/readyz"));
    }

    @Test
    void shouldDiscoverForANewListenerWhenTheChangeBecomesPossibleOnlyLater() throws Exception {
        lab.serveAll();
        LabProcess daemon = lab.start();
        lab.awaitInForce(1, 2, 3);
        try (DatagramSocket taken =
                lab.topology().node().call(() -> new DatagramSocket(new InetSocketAddress("192.168.1.1", 5601)))) {
            lab.addListeners("""
                    - { name: late, bind: "192.168.1.1:5601", interface: eth0, mode: userspace, io: epoll,
                        kubernetes: { namespace: logging, service: receivers, port: syslog } }
                    """);
            daemon.awaitLine("will retry", ServiceLab.LIMIT);
            assertTrue(BoundedWait.until(() -> lab.admin().metric("udp_fanout_config_valid") == 0, ServiceLab.LIMIT));
            assertFalse(daemon.lines().stream().anyMatch(line -> line.contains(APPLIED)), "it is not in force yet");
        }
        daemon.awaitLine(APPLIED, ServiceLab.LIMIT);
        lab.awaitInForce(1, 2, 3, 1, 2, 3);
        assertTrue(BoundedWait.until(() -> lab.admin().metric("udp_fanout_config_valid") == 1, ServiceLab.LIMIT));
    }

    @Test
    void shouldPublishReadinessOnlyWhileDatagramsAreForwarded() throws Exception {
        AtomicBoolean listsAnswered = new AtomicBoolean();
        lab.server()
                .api()
                .onApply(slice -> published.add(new Published(
                        slice.contains("\"ready\":true"), slice.contains("\"terminating\":true"), isForwarding())));
        lab.server()
                .api()
                .disturb((request, usual) -> request.method() == HttpMethod.GET
                                && request.getPath().contains("endpointslices")
                                && !listsAnswered.get()
                        ? new MockResponse().setResponseCode(500)
                        : usual.apply(request));
        lab.serveAll();
        LabProcess daemon = lab.start();
        assertEquals(new Published(false, false, false), nextPublished());
        assertEquals(503, lab.admin().code("/readyz"));

        listsAnswered.set(true);
        assertEquals(new Published(true, false, true), nextPublished());
        lab.awaitReady();

        daemon.signal("TERM");
        assertEquals(new Published(false, true, true), nextPublished());
        daemon.awaitExit(ServiceLab.LIMIT);
        assertFalse(isForwarding(), "detached");
        assertTrue(published.isEmpty(), published::toString);
    }

    @Test
    void shouldDeleteTheNodesSliceWhenDetachedWithTheConfiguration() {
        lab.serveAll();
        LabProcess daemon = lab.start();
        lab.awaitReady();
        daemon.signal("KILL");
        daemon.awaitExit(ServiceLab.LIMIT);

        LabProcess detach = lab.detach();
        assertEquals(0, detach.awaitExit(ServiceLab.LIMIT), () -> "" + detach.lines());
        assertEquals("EndpointSlices of node-a gone: 1 of 1", detach.lines().getLast());
        assertEquals(
                1,
                lab.server()
                        .requests(request -> request.method() == HttpMethod.DELETE
                                && request.getPath().endsWith("/endpointslices/syslog-udp-fanout-node-a-5514-ipv4"))
                        .size());
        assertFalse(isForwarding(), "detached");

        lab.server().goAway();
        LabProcess again = lab.detach();
        assertEquals(1, again.awaitExit(ServiceLab.LIMIT), () -> "" + again.lines());
        assertEquals("EndpointSlices of node-a gone: 0 of 1", again.lines().getLast());
        assertTrue(
                again.lines().stream().anyMatch(line -> line.contains("failed to delete this node's EndpointSlice")),
                () -> "" + again.lines());
    }

    @Test
    void shouldWithdrawTheNodeWhenTheListenerIsNotPublishedAnyMore() throws Exception {
        lab.server()
                .api()
                .onApply(slice -> published.add(
                        new Published(slice.contains("\"ready\":true"), slice.contains("\"terminating\":true"), true)));
        lab.serveAll();
        lab.start();
        while (!nextPublished().ready()) {
            // Not ready before its endpoints are known.
        }
        lab.configureUnpublished();
        assertEquals(new Published(false, true, true), nextPublished());
        assertTrue(isForwarding(), "the listener itself keeps forwarding");
    }

    private Published nextPublished() throws InterruptedException {
        Published next = published.poll(ServiceLab.LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertTrue(next != null, "nothing was published");
        return next;
    }

    /**
     * What the kernel did with a datagram of now: it goes all the way while the sender is in the call, or not at all.
     */
    private boolean isForwarding() {
        long before = lab.received();
        try (SequenceTraffic one = lab.traffic()) {
            ServiceLab.awaitSent(one, 1);
            long sent = one.stop();
            return BoundedWait.until(() -> lab.received() >= before + sent, ServiceLab.SHORT);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
