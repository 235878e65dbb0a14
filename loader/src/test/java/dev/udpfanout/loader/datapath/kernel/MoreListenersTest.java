package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.NetflowConfig;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.kernel.program.ProgramSize;
import dev.udpfanout.loader.datapath.network.Network;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A daemon takes over from one whose maps have room for fewer listeners, while 20,000 datagrams a second pass. */
@Tag("kernel")
class MoreListenersTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int PER_SECOND = 20_000;
    private static final String NAME = "syslog";

    private static ListenerConfig listener(Topology topology) {
        return ListenerText.on("eth0", "0.0.0.0:" + WayIn.LISTENER_PORT)
                .with("name", NAME)
                .listener(topology.podEndpoints(WayIn.POD_PORT));
    }

    /** The listener, and so many others that nobody sends to. */
    private static List<ListenerConfig> listeners(Topology topology, int count) {
        List<ListenerConfig> all = new ArrayList<>(List.of(listener(topology)));
        for (int other = 1; other < count; other++) {
            all.add(ListenerText.on("eth0", "0.0.0.0:" + (10_000 + other))
                    .with("name", "other-" + other)
                    .listener(topology.podEndpoints(WayIn.POD_PORT)));
        }
        return all;
    }

    private static KernelDatapath open(Topology topology, ProgramSize size, int count) {
        Optional<Pins> pins = Pins.open(topology.pinDirectory());
        KernelProgram program = KernelProgram.load(
                KernelProgram.builtIn(), pins, FlowsConfig.DEFAULT, Set.of(KernelProgram.REWRITE), size);
        KernelDatapath datapath =
                new KernelDatapath(listeners(topology, count), NetflowConfig.IN_MEMORY, program, Network.open(), pins);
        datapath.reconcile();
        List<Endpoint> pods = topology.podEndpoints(WayIn.POD_PORT).stream()
                .map(address -> new Endpoint(address.toString(), address))
                .toList();
        for (ListenerConfig each : listeners(topology, count)) {
            datapath.apply(new EndpointSet(each.name(), pods))
                    .toCompletableFuture()
                    .join();
        }
        datapath.reconcile();
        return datapath;
    }

    private static int slotsPinned(Topology topology) {
        try (BpfMap names = BpfMap.openPinned(Pins.map(topology.pinDirectory(), SharedMaps.LISTENER_NAMES.name()))
                .orElseThrow()) {
            return names.shape().maxEntries();
        }
    }

    private static void onNode(Topology topology, Runnable code) {
        topology.node().call(() -> {
            code.run();
            return null;
        });
    }

    private static void awaitSent(SequenceTraffic traffic, int more) {
        long until = traffic.next() + more;
        assertTrue(BoundedWait.until(() -> traffic.next() >= until, LIMIT));
    }

    @Test
    void shouldLoseNothingAndCountOnWhenTheNextDaemonHasRoomForMoreListeners() throws Exception {
        try (Topology topology = Topology.builder().pods(1).build();
                SequenceTraffic.Receiver receiver = new SequenceTraffic.Receiver(topology.pod(1), WayIn.POD_PORT)) {
            KernelDatapath few = topology.node().call(() -> open(topology, ProgramSize.FEW, 1));
            assertEquals(Limits.MAX_LISTENERS_OF_FILE, slotsPinned(topology));
            try (SequenceTraffic traffic =
                    new SequenceTraffic(topology.client(), WayIn.NIC_TCX.destination(topology), PER_SECOND)) {
                awaitSent(traffic, 2_000);
                onNode(topology, few::release);
                awaitSent(traffic, 2_000);

                KernelDatapath many = topology.node().call(() -> open(topology, ProgramSize.MANY, 300));
                assertEquals(Limits.MAX_LISTENERS, slotsPinned(topology));
                assertEquals(
                        List.of(),
                        Pins.open(topology.pinDirectory()).orElseThrow().otherLayouts());
                awaitSent(traffic, 2_000);
                onNode(topology, many::release);

                KernelDatapath again = topology.node().call(() -> open(topology, ProgramSize.FEW, 300));
                assertEquals(Limits.MAX_LISTENERS, slotsPinned(topology), "what there is room for is kept");
                awaitSent(traffic, 2_000);

                long sent = traffic.stop();
                assertTrue(
                        BoundedWait.until(() -> receiver.received() >= sent, LIMIT),
                        () -> "sent " + sent + ", received " + receiver.received());
                long counted = topology.node()
                        .call(() -> again.counters().get(NAME).stats().packetsForwarded());
                assertEquals(sent, counted, "counted by all three programs together");
                onNode(topology, again::close);
            }
        }
    }
}
