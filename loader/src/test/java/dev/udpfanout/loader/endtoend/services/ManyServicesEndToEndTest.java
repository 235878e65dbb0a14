package dev.udpfanout.loader.endtoend.services;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.endtoend.ServiceLab;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More annotated Services than a configuration file may have listeners. */
@Tag("kernel")
@Timeout(180)
class ManyServicesEndToEndTest {
    private static final int SERVICES = 300;
    private static final int PER_SECOND = 2_000;

    @TempDir
    private Path directory;

    @Test
    void shouldServeAllOfThemAndFollowTheEndpointsOfEach() throws IOException, InterruptedException {
        try (ServiceLab lab = new ServiceLab(directory, 1)) {
            lab.configureServices("{ vip_interfaces: [eth0], pod_interfaces: [cni0] }\nhealth: { enabled: false }");
            ManyServices.leadToNobody(lab.topology().node());
            ManyServices.put(lab.server().api(), SERVICES, 1);
            lab.start();
            assertTrue(
                    BoundedWait.until(() -> ManyServices.tablesInForce(lab.pins()) == SERVICES, ServiceLab.LIMIT),
                    () -> ManyServices.tablesInForce(lab.pins()) + " tables");

            SequenceTraffic.Receiver receiver = lab.receivers().getFirst();
            InetSocketAddress last = new InetSocketAddress(ManyServices.vip(SERVICES - 1), ManyServices.PORT);
            try (SequenceTraffic traffic = new SequenceTraffic(lab.topology().client(), last, PER_SECOND)) {
                lab.server().api().put(ManyServices.slice(SERVICES - 1, lab.pod(1)));
                assertTrue(BoundedWait.until(() -> receiver.received() > 0, ServiceLab.LIMIT));

                long received = receiver.received();
                long sent = traffic.next();
                ServiceLab.awaitSent(traffic, 1_000);
                long until = received + traffic.stop() - sent;
                assertTrue(BoundedWait.until(() -> receiver.received() >= until, ServiceLab.LIMIT), "nothing is lost");
            }
        }
    }
}
