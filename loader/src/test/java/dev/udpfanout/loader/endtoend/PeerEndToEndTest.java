package dev.udpfanout.loader.endtoend;

import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.SequenceTraffic;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daemon as it is installed, with {@code local_delivery: peer}: what goes straight into pods goes on while nobody
 * is there.
 */
@Tag("kernel")
class PeerEndToEndTest {
    @TempDir
    private Path directory;

    private ServiceLab lab;

    @BeforeEach
    void setUp() throws IOException {
        lab = new ServiceLab(directory, 2);
        lab.leadVipToDummy();
        lab.serveAll();
        lab.configure("bind: \"10.255.0.1:5514\"\n    interface: dummy0\n    local_delivery: peer", "");
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    @Test
    void shouldLoseNothingWhenTheDaemonIsKilledAndStartedAgain() throws Exception {
        LabProcess first = lab.start();
        lab.awaitInForce(1, 2);
        awaitBothPeers(first);
        try (SequenceTraffic traffic = lab.traffic()) {
            ServiceLab.awaitSent(traffic, 5_000);
            first.signal("KILL");
            first.awaitExit(ServiceLab.LIMIT);
            ServiceLab.awaitSent(traffic, 5_000);
            LabProcess second = lab.start();
            second.awaitLine("adopted the maps of an earlier daemon", ServiceLab.LIMIT);
            awaitBothPeers(second);
            ServiceLab.awaitSent(traffic, 5_000);
            lab.assertNothingLost(traffic);
        }
    }

    private static void awaitBothPeers(LabProcess daemon) {
        daemon.awaitLine("delivers straight into pods of this node listener_id=0 pods=2", ServiceLab.LIMIT);
    }
}
