package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.datapath.network.Network;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pod of this node whose link goes down is out because of that: probes are minutes apart here, or there are none. */
@Tag("kernel")
class LinkDownEndToEndTest {
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

    /** Starts the daemon, and returns when it knows by which link each pod is reached. */
    private void start(String health) throws IOException, InterruptedException {
        lab.configureOnDummy("health: " + health);
        LabProcess daemon = lab.start("--log-level", "debug");
        lab.awaitInForce(1, 2, 3);
        try (SequenceTraffic traffic = lab.traffic()) {
            // So that the bridge learns where the pods are.
            ServiceLab.awaitSent(traffic, 1_000);
            lab.assertNothingLost(traffic);
        }
        for (int pod = 1; pod <= 3; pod++) {
            daemon.awaitLine(
                    "endpoint is behind link endpoint=\"%s\" ifindex=%s"
                            .formatted(lab.topology().plan().podAddress(pod), port(pod)),
                    ServiceLab.LIMIT);
        }
    }

    private int port(int pod) {
        return lab.topology().node().call(() -> {
            try (Network network = Network.open()) {
                return network.links().byName("veth" + pod).orElseThrow().index();
            }
        });
    }

    private void node(String... command) {
        lab.topology().node().exec(command);
    }

    /** The first three are that the pods are well. */
    private void awaitHealthChanges(int count) {
        assertTrue(BoundedWait.until(
                () -> lab.admin().metric("udp_fanout_health_changes_total") == count, ServiceLab.LIMIT));
    }

    @Test
    void shouldTakeAPodOutWhenItsVethGoesDownAndPutItBackWhenItComesUp() throws Exception {
        start("{ enabled: false }");
        node("ip", "link", "set", "veth2", "down");
        lab.awaitInForce(1, 3);
        long before = lab.received();
        try (SequenceTraffic traffic = lab.traffic()) {
            ServiceLab.awaitSent(traffic, 4_000);
            node("ip", "link", "set", "veth2", "up");
            lab.awaitInForce(1, 2, 3);
            long sent = traffic.stop();
            BoundedWait.until(() -> lab.received() >= before + sent, ServiceLab.LIMIT);
            assertEquals(before + sent, lab.received());
        }
        assertEquals(200, lab.admin().code("/readyz"));
    }

    @Test
    void shouldTakeAPodOutWhenTheOtherEndGoesDown() throws Exception {
        start("{ enabled: false }");
        lab.topology().pod(1).exec("ip", "link", "set", "eth0", "down");
        lab.awaitInForce(2, 3);
    }

    @Test
    void shouldTakeAPodOutWhenItsVethIsDeleted() throws Exception {
        start("{ enabled: false }");
        node("ip", "link", "del", "veth3");
        lab.awaitInForce(1, 2);
    }

    @Test
    void shouldLeaveItToProbesToBringAPodBackWhereThereAreProbes() throws Exception {
        start("{ interval_secs: 600, timeout_secs: 2, rise: 1 }");
        awaitHealthChanges(3);
        node("ip", "link", "set", "veth2", "down");
        lab.awaitInForce(1, 3);
        awaitHealthChanges(4);
        node("ip", "link", "set", "veth2", "up");
        lab.topology().pod(2).exec("ping", "-c", "1", "-W", "5", "10.42.0.1");
        lab.awaitInForce(1, 3);
    }
}
