package dev.udpfanout.loader.endtoend.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.datapath.kernel.pinned.PinnedListener;
import dev.udpfanout.loader.datapath.kernel.pinned.PinnedState;
import dev.udpfanout.loader.endtoend.ServiceLab;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The daemon finds by itself where the datagrams of Services come in, whatever the CNI plugin has made. */
@Tag("kernel")
@Timeout(180)
class FoundInterfacesEndToEndTest {
    @TempDir
    private Path directory;

    private AnnotatedLab lab;

    @BeforeEach
    void setUp() throws IOException {
        lab = AnnotatedLab.dualStack(directory);
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldSpreadWhatPodsAndOthersSend(PodNetwork network) throws Exception {
        network.build(lab.topology());
        LabProcess daemon = lab.start("{}");
        lab.assertSpread(lab.topology().client(), ServiceLab.VIP);
        lab.assertSpread(lab.topology().client(), ServiceLab.VIP6);
        assertSpreadForPods();
        String status = lab.lab().admin().page("/status");
        assertTrue(
                status.contains("\"name\":\"" + network.interfaceOf(lab.senderNumber()) + "\",\"role\":\"pods\""),
                status);
        assertGoesOnWithoutTheDaemon(daemon, network);
    }

    private void assertSpreadForPods() throws Exception {
        lab.assertSpread(lab.sender(), VipService.CLUSTER_IP);
        lab.assertSpread(lab.sender(), VipService.CLUSTER_IP6);
    }

    /** After a crash the program goes on, and {@code status} knows where it is. */
    private void assertGoesOnWithoutTheDaemon(LabProcess daemon, PodNetwork network) throws Exception {
        daemon.signal("KILL");
        daemon.awaitExit(ServiceLab.LIMIT);
        assertSpreadForPods();
        List<PinnedListener> pinned = lab.topology()
                .node()
                .call(() -> PinnedState.read(lab.lab().pins()))
                .orElseThrow();
        Set<String> places = pinned.stream()
                .flatMap(listener -> listener.places().stream())
                .map(place -> place.at().interfaceName() + " " + place.at().attachment())
                .collect(Collectors.toSet());
        assertEquals(
                Set.of(
                        "1 interface of services:vips tcx ingress",
                        network.podInterfaces(lab.senderNumber()) + " tcx ingress"),
                places);
    }

    /** As Calico and Cilium name them. */
    @ParameterizedTest
    @ValueSource(strings = {"cali", "lxc"})
    void shouldSpreadWhatComesByTheInterfacesThatGlobsName(String prefix) throws Exception {
        PodNetwork.ROUTED_VETHS.build(lab.topology());
        rename(prefix);
        lab.start("{ vip_interfaces: [\"e?h*\"], pod_interfaces: [\"%s*\"] }".formatted(prefix));
        lab.assertSpread(lab.topology().client(), ServiceLab.VIP);
        lab.assertSpread(lab.topology().client(), ServiceLab.VIP6);
        assertSpreadForPods();
        assertEquals(
                Stream.of(prefix + 1, prefix + 2, prefix + 3, "eth0").sorted().toList(), lab.served());
    }

    @Test
    void shouldSpreadWhatComesByTheInterfacesThatAreNamed() throws Exception {
        PodNetwork.BRIDGE.build(lab.topology());
        lab.start("{ vip_interfaces: [eth0], pod_interfaces: [cni0] }");
        lab.assertSpread(lab.topology().client(), ServiceLab.VIP);
        lab.assertSpread(lab.topology().client(), ServiceLab.VIP6);
        assertSpreadForPods();
    }

    private void rename(String prefix) {
        LabNamespace node = lab.topology().node();
        for (int pod = 1; pod <= lab.senderNumber(); pod++) {
            node.exec("ip", "link", "set", "veth" + pod, "name", prefix + pod);
        }
    }
}
