package dev.udpfanout.loader.endtoend.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.datapath.kernel.pinned.PinnedListener;
import dev.udpfanout.loader.datapath.kernel.pinned.PinnedState;
import dev.udpfanout.loader.endtoend.ServiceLab;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The daemon finds by itself where the datagrams of Services come in, whatever the CNI plugin has made. */
@Tag("kernel")
@Timeout(180)
class FoundInterfacesEndToEndTest {
    private static final int PODS = 3;
    private static final long SOME = 600;

    @TempDir
    private Path directory;

    private ServiceLab lab;

    @BeforeEach
    void setUp() throws IOException {
        lab = new ServiceLab(directory, PODS);
        lab.serve(lab.pod(1), lab.pod(2));
        lab.configureServices("{}");
        List<InetSocketAddress> endpoints = IntStream.rangeClosed(1, PODS - 1)
                .mapToObj(n -> new InetSocketAddress(lab.topology().plan().podAddress(n), ServiceLab.POD_PORT))
                .toList();
        new KubeProxy(lab.topology())
                .load(KubeProxyRules.labService(ServiceLab.VIP, ExternalTrafficPolicy.CLUSTER, endpoints));
        lab.server().api().put(VipService.annotated());
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    /** To how many pods the next datagrams go; each pod gets none, or many. */
    private long podsServed() {
        List<Long> before = counts();
        long until = lab.received() + SOME;
        assertTrue(
                BoundedWait.until(() -> lab.received() >= until, ServiceLab.LIMIT),
                () -> counts() + lab.admin().page("/status"));
        List<Long> after = counts();
        return IntStream.range(0, PODS)
                .filter(pod -> after.get(pod) > before.get(pod))
                .count();
    }

    private List<Long> counts() {
        return lab.receivers().stream().map(SequenceTraffic.Receiver::received).toList();
    }

    private void assertSpread(LabNamespace sender, InetSocketAddress destination) throws Exception {
        long received = lab.received();
        try (SequenceTraffic traffic = new SequenceTraffic(sender, destination, 2_000)) {
            assertTrue(BoundedWait.until(() -> podsServed() == PODS - 1, ServiceLab.LIMIT), () -> lab.admin()
                    .page("/status"));
            List<Long> before = counts();
            ServiceLab.awaitSent(traffic, 3_000);
            long sent = traffic.stop();
            assertTrue(BoundedWait.until(() -> lab.received() - received >= sent, ServiceLab.LIMIT));
            assertEquals(sent, lab.received() - received);
            List<Long> after = counts();
            long first = after.get(0) - before.get(0);
            long second = after.get(1) - before.get(1);
            assertTrue(Math.abs(first - second) <= (first + second) / 50, first + " and " + second);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldSpreadWhatPodsAndOthersSend(PodNetwork network) throws Exception {
        network.build(lab.topology());
        LabProcess daemon = lab.start();
        lab.awaitReady();
        assertSpread(lab.topology().client(), ServiceLab.VIP);
        assertSpread(lab.topology().pod(PODS), VipService.CLUSTER_IP);
        String status = lab.admin().page("/status");
        assertTrue(status.contains("\"name\":\"" + network.interfaceOf(PODS) + "\",\"role\":\"pods\""), status);
        assertGoesOnWithoutTheDaemon(daemon, network);
    }

    /** After a crash the program goes on, and {@code status} knows where it is. */
    private void assertGoesOnWithoutTheDaemon(LabProcess daemon, PodNetwork network) throws Exception {
        daemon.signal("KILL");
        daemon.awaitExit(ServiceLab.LIMIT);
        assertSpread(lab.topology().pod(PODS), VipService.CLUSTER_IP);
        List<PinnedListener> pinned =
                lab.topology().node().call(() -> PinnedState.read(lab.pins())).orElseThrow();
        Set<String> places = pinned.stream()
                .flatMap(listener -> listener.places().stream())
                .map(place -> place.at().interfaceName() + " " + place.at().attachment())
                .collect(Collectors.toSet());
        assertEquals(
                Set.of("1 interface of services:vips tcx ingress", network.podInterfaces(PODS) + " tcx ingress"),
                places);
    }
}
