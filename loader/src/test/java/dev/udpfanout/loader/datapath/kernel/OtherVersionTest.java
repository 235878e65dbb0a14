package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.OtherLayout;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.NetflowConfig;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Network;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A daemon takes over from one of another version, whose maps it cannot read. */
@Tag("kernel")
class OtherVersionTest {
    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(1).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private EndpointSet pods(ListenerConfig listener) {
        InetSocketAddress pod = topology.podEndpoints(WayIn.POD_PORT).getFirst();
        return new EndpointSet(listener.name(), List.of(new Endpoint("pod", pod)));
    }

    private Pins pins() {
        return Pins.open(topology.pinDirectory()).orElseThrow();
    }

    private KernelDatapath open(ListenerConfig... listeners) {
        Optional<Pins> pins = Optional.of(pins());
        KernelProgram program = KernelProgram.load(KernelProgram.builtIn(), pins);
        return new KernelDatapath(List.of(listeners), NetflowConfig.IN_MEMORY, program, Network.open(), pins);
    }

    /** What the control loop goes by when it decides whether to tell MetalLB that this node is not ready any more. */
    private static void assertCarriedOn(KernelDatapath datapath, ListenerConfig listener) {
        assertTrue(datapath.hasAdopted(listener.name())
                && datapath.state(listener.name()).attached());
    }

    @Test
    void shouldStillHaveAdoptedAListenerWhenItsEndpointsAreKnownButAnotherInterfaceCannotBeMended() throws Exception {
        ListenerConfig syslog = ListenerText.on("dummy0", "10.255.0.1:5514")
                .with("name", "syslog")
                .listener(topology.podEndpoints(WayIn.POD_PORT));
        ListenerConfig onWire = ListenerText.on("wire0", "0.0.0.0:6000")
                .with("name", "on-wire")
                .listener(topology.podEndpoints(WayIn.POD_PORT));
        topology.node().call(() -> {
            KernelDatapath first = open(syslog);
            first.apply(pods(syslog)).toCompletableFuture().join();
            first.reconcile();
            first.release();
            OtherLayout.rename(topology.pinDirectory());

            KernelDatapath second = open(syslog, onWire);
            second.reconcile();
            assertCarriedOn(second, syslog);
            Path blocked = pins().link("wire0", HookPoint.INGRESS);
            Files.createDirectory(blocked);
            topology.node().exec("ip", "link", "add", "wire0", "type", "veth", "peer", "name", "wire1");

            assertThrows(RuntimeException.class, () -> second.apply(pods(syslog)));
            assertCarriedOn(second, syslog);

            Files.delete(blocked);
            assertDoesNotThrow(second::reconcile);
            assertEquals(List.of(), pins().otherLayouts());
            second.close();
            return null;
        });
    }
}
