package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.SequenceTraffic;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods that do not answer probes are taken out, and put back when they do. */
@Tag("kernel")
class HealthEndToEndTest {
    @TempDir
    private Path directory;

    private ServiceLab lab;

    @BeforeEach
    void setUp() throws IOException {
        lab = new ServiceLab(directory, 3);
        lab.leadVipToDummy();
        lab.serveAll();
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    private LabProcess start(String onAllUnhealthy) throws IOException {
        lab.configureOnDummy("health: { interval_ms: 200, timeout_ms: 150, fall: 2, rise: 2, on_all_unhealthy: "
                + onAllUnhealthy + " }");
        LabProcess daemon = lab.start();
        lab.awaitInForce(1, 2, 3);
        return daemon;
    }

    /** A pod whose probes are not answered, though it still receives: so that what is sent to it is seen. */
    private void answer(int pod, boolean answers) {
        lab.topology().pod(pod).exec("sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=" + (answers ? 0 : 1));
    }

    private void down(int pod) {
        lab.topology().pod(pod).exec("ip", "link", "set", "eth0", "down");
    }

    private void up(int pod) {
        lab.topology().pod(pod).exec("ip", "link", "set", "eth0", "up");
        lab.topology().pod(pod).exec("ip", "route", "replace", "default", "via", "10.42.0.1");
    }

    @Test
    void shouldTakeADeadPodOutAndPutItBack() throws Exception {
        start("forward");
        down(2);
        lab.awaitInForce(1, 3);
        try (SequenceTraffic traffic = lab.traffic()) {
            ServiceLab.awaitSent(traffic, 4_000);
            up(2);
            lab.awaitInForce(1, 2, 3);
            ServiceLab.awaitSent(traffic, 4_000);
            lab.assertNothingLost(traffic);
        }
        assertTrue(lab.receivers().get(1).received() > 0);
    }

    @Test
    void shouldSendNothingToADeadPodWhenTheWayOfProbingChanges() throws Exception {
        LabProcess daemon = start("forward");
        answer(2, false);
        lab.awaitInForce(1, 3);
        try (SequenceTraffic traffic = lab.traffic()) {
            long before = lab.receivers().get(1).received();
            lab.configureOnDummy("health: { interval_ms: 2000, timeout_ms: 1000, fall: 2, rise: 1 }");
            daemon.awaitLine("applied the changed configuration", ServiceLab.LIMIT);
            ServiceLab.awaitSent(traffic, 10_000);
            assertEquals(before, lab.receivers().get(1).received());
            answer(2, true);
            lab.awaitInForce(1, 2, 3);
            lab.assertNothingLost(traffic);
        }
    }

    @Test
    void shouldForwardToAllWhenAllAreDownAndThatIsWanted() throws Exception {
        start("forward");
        answer(1, false);
        answer(2, false);
        lab.awaitInForce(3);
        answer(3, false);
        lab.awaitInForce(1, 2, 3);
        assertEquals(200, lab.admin().code("/readyz"));
        try (SequenceTraffic traffic = lab.traffic()) {
            ServiceLab.awaitSent(traffic, 3_000);
            lab.assertNothingLost(traffic);
        }
        answer(1, true);
        lab.awaitInForce(1);
    }

    @Test
    void shouldDropAndCountWhenAllAreDownAndThatIsWanted() throws Exception {
        start("drop");
        for (int pod = 1; pod <= 3; pod++) {
            answer(pod, false);
        }
        lab.awaitInForce();
        assertEquals(503, lab.admin().code("/readyz"));
        try (SequenceTraffic traffic = lab.traffic()) {
            ServiceLab.awaitSent(traffic, 1_000);
            long sent = traffic.stop();
            assertTrue(BoundedWait.until(
                    () -> lab.admin().metric("udp_fanout_packets_dropped_total") == sent, ServiceLab.LIMIT));
        }
        assertEquals(0, lab.received());
        answer(2, true);
        lab.awaitInForce(2);
    }
}
