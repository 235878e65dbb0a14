package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.loader.SequenceTraffic;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daemon as it is installed, in user space: the rules and policies of its file, and what its metrics say of them.
 */
@Tag("kernel")
class UserspacePolicyEndToEndTest {
    private static final int PODS = 3;
    private static final int AT_LEAST = 600;

    @TempDir
    private Path directory;

    private ServiceLab lab;
    private long sent;

    @BeforeEach
    void setUp() throws IOException {
        lab = new ServiceLab(directory, PODS);
        lab.leadVipToDummy();
        lab.serveAll();
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    /** Starts the daemon with a key of the listener's, and sends from one socket. */
    private AdminClient sentWith(String key) throws Exception {
        lab.configure("bind: \"10.255.0.1:5514\"\n    interface: dummy0\n    mode: userspace\n    " + key, "");
        lab.start();
        lab.awaitInForce(1, 2, 3);
        lab.awaitReady();
        try (SequenceTraffic traffic = lab.traffic()) {
            ServiceLab.awaitSent(traffic, AT_LEAST);
            sent = traffic.stop();
        }
        return lab.admin();
    }

    private static void awaitMetric(AdminClient admin, String name, long value) {
        assertTrue(
                BoundedWait.until(() -> admin.metric(name) >= value, ServiceLab.LIMIT), () -> admin.page("/metrics"));
    }

    private static Map<String, Long> drops(AdminClient admin) {
        return admin.metricBy("reason", "udp_fanout_packets_dropped_total");
    }

    @Test
    void shouldForwardOnlyFromAllowedSources() throws Exception {
        AdminClient admin = sentWith("allow: [203.0.113.0/24]");
        awaitMetric(admin, "udp_fanout_packets_received_total", sent);
        assertEquals(sent, drops(admin).get("not_allowed").longValue());
        assertEquals(0, admin.metric("udp_fanout_packets_forwarded_total"));
    }

    @Test
    void shouldForwardNoMoreThanTheLimit() throws Exception {
        long beganNs = System.nanoTime();
        AdminClient admin = sentWith("rate_limit: { packets_per_second: 1, burst: 100 }");
        awaitMetric(admin, "udp_fanout_packets_received_total", sent);
        long most = 100 + Math.ceilDiv(System.nanoTime() - beganNs, 1_000_000_000L);
        double forwarded = admin.metric("udp_fanout_packets_forwarded_total");
        assertTrue(forwarded >= 100 && forwarded <= most, () -> forwarded + " of " + most);
        assertEquals(sent - (long) forwarded, drops(admin).get("rate_limited").longValue());
    }

    @Test
    void shouldSendAllOfAClientToOnePod() throws Exception {
        AdminClient admin = sentWith("policy: hash");
        awaitMetric(admin, "udp_fanout_packets_forwarded_total", sent);
        assertTrue(BoundedWait.until(() -> lab.received() == sent, ServiceLab.LIMIT));
        assertEquals(
                1,
                lab.receivers().stream()
                        .filter(receiver -> receiver.received() > 0)
                        .count());
    }

    @Test
    void shouldGiveEveryPodACopy() throws Exception {
        AdminClient admin = sentWith("policy: replicate");
        awaitMetric(admin, "udp_fanout_packets_forwarded_total", PODS * sent);
        assertTrue(BoundedWait.until(() -> lab.received() == PODS * sent, ServiceLab.LIMIT));
        lab.receivers().forEach(receiver -> assertEquals(sent, receiver.received()));
        assertEquals(PODS * sent, admin.metric("udp_fanout_packets_received_total"));
    }
}
