package dev.udpfanout.loader.datapath.kernel.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.NetflowConfig;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.KernelDatapath;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Network;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Other endpoints of a listener concern its table alone: what the program knows of the listeners, which is written
 * whole, is not written again. Each time it is, LISTENER_PORTS has another generation.
 */
@Tag("kernel")
class OtherEndpointsTest {
    private static final int PODS = 2;
    private static final int POD_PORT = 40514;

    private static ListenerConfig listener(Topology topology, String name, int port) {
        return ListenerText.on("eth0", TopologyPlan.VIP + ":" + port)
                .with("name", name)
                .listener(topology.podEndpoints(POD_PORT));
    }

    private static EndpointSet set(String name, Stream<InetSocketAddress> endpoints) {
        return new EndpointSet(
                name,
                endpoints
                        .map(address -> new Endpoint(address.toString(), address))
                        .toList());
    }

    private static long generation(Topology topology) {
        try (Arena arena = Arena.ofConfined();
                BpfMap ports = BpfMap.openPinned(Pins.map(topology.pinDirectory(), SharedMaps.LISTENER_PORTS.name()))
                        .orElseThrow()) {
            MemorySegment value = arena.allocate(ports.shape().valueBytes(), Long.BYTES);
            ports.get(arena.allocateFrom(ValueLayout.JAVA_INT, 0), value, "the only element");
            return value.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    @Test
    void shouldNotWriteWhatIsSaidOfAllListeners() throws Exception {
        try (Topology topology = Topology.builder().pods(PODS).build()) {
            List<ListenerConfig> listeners =
                    List.of(listener(topology, "one", 5514), listener(topology, "other", 5515));
            List<InetSocketAddress> pods = topology.podEndpoints(POD_PORT);
            topology.node().call(() -> {
                Optional<Pins> pins = Pins.open(topology.pinDirectory());
                KernelProgram program = KernelProgram.load(
                        KernelProgram.builtIn(), pins, FlowsConfig.DEFAULT, Set.of(KernelProgram.REWRITE));
                KernelDatapath datapath =
                        new KernelDatapath(listeners, NetflowConfig.IN_MEMORY, program, Network.open(), pins);
                datapath.reconcile();
                datapath.together(() -> listeners.forEach(each -> datapath.apply(set(each.name(), pods.stream()))));
                long before = generation(topology);

                datapath.apply(set("one", pods.stream().skip(1)))
                        .toCompletableFuture()
                        .join();
                datapath.together(() -> {
                    datapath.apply(set("one", pods.stream()));
                    datapath.apply(set("other", pods.stream().skip(1)));
                });
                assertEquals(before, generation(topology));

                datapath.reconcile();
                assertNotEquals(before, generation(topology), "a comparison writes");
                datapath.close();
                return null;
            });
        }
    }
}
