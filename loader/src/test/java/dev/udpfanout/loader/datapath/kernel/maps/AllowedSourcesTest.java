package dev.udpfanout.loader.datapath.kernel.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.admission.AllowedSource;
import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Bpffs;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A listener's sources in the kernel's table: while they change, and when an earlier daemon has left some. */
@Tag("kernel")
class AllowedSourcesTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final WayIn NIC = WayIn.NIC_TCX;

    private static ListenerConfig allowing(Topology topology, String prefixes) {
        return ListenerText.on("eth0", "0.0.0.0:" + WayIn.LISTENER_PORT)
                .with("attach", AttachMethod.TCX)
                .with("allow", "[" + prefixes + "]")
                .listener(topology.podEndpoints(WayIn.POD_PORT));
    }

    private static Set<String> inMap(NodeDatapath datapath, KernelProgram program) {
        return datapath.call(() -> program.map(SharedMaps.ALLOWED_SOURCES).keys()).stream()
                .map(source -> source.network().getHostAddress() + "/" + source.bits())
                .collect(Collectors.toSet());
    }

    @Test
    void shouldNeverRefuseASourceThatIsAllowedBeforeAndAfterWhenTheListChanges() {
        try (Topology topology = Topology.builder().pods(1).build()) {
            KernelProgram program = topology.node().call(() -> KernelProgram.load(KernelProgram.builtIn()));
            ListenerConfig narrow = allowing(topology, TopologyPlan.CLIENT_ADDRESS);
            ListenerConfig wide = allowing(topology, "192.168.0.0/16, 203.0.113.0/24");
            NodeDatapath datapath = NodeDatapath.open(topology.node(), program, narrow);
            int sent = 4000;
            Thread traffic = Thread.ofPlatform().start(() -> {
                try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
                    sender.send(SendPlan.to(NIC.destination(topology))
                            .datagrams(sent)
                            .perSecond(4000));
                }
            });
            int changes = 0;
            while (traffic.isAlive()) {
                datapath.configure(++changes % 2 == 0 ? narrow : wide);
            }
            assertTrue(
                    BoundedWait.until(() -> datapath.counters(0).stats().packetsReceived() == sent, LIMIT),
                    () -> datapath.counters(0).toString());
            assertTrue(changes > 2, "it never changed");
            assertEquals(0, datapath.counters(0).drops().get(DropReason.NOT_ALLOWED.label()), "after " + changes);

            datapath.configure(allowing(topology, "203.0.113.0/24"));
            assertEquals(Set.of("203.0.113.0/24"), inMap(datapath, program));
            try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
                sender.send(SendPlan.to(NIC.destination(topology)).datagrams(3));
            }
            assertTrue(
                    BoundedWait.until(
                            () -> datapath.counters(0).drops().get(DropReason.NOT_ALLOWED.label()) == 3, LIMIT),
                    () -> datapath.counters(0).toString());
            datapath.configure(NIC.listener(topology));
            assertEquals(Set.of(), inMap(datapath, program), "nothing is left when everyone is allowed");
            datapath.close();
        }
    }

    @Test
    void shouldReplaceWhatAnEarlierDaemonLeftWhenItStartsWithOtherSources() {
        Bpffs.ensure();
        try (Topology topology = Topology.builder().pods(1).build()) {
            Pins pins = Pins.open(topology.pinDirectory()).orElseThrow();
            KernelProgram first = loaded(topology, pins);
            topology.node().call(() -> {
                // Of a listener that no longer is, and whose slot another one may get.
                AllowedSource stray = new AllowedSource(77, InetAddress.ofLiteral("10.0.0.0"), 8);
                new AllowedSources(first.map(SharedMaps.ALLOWED_SOURCES)).add(Set.of(stray), slot -> false);
                return null;
            });
            NodeDatapath before =
                    NodeDatapath.open(topology.node(), first, allowing(topology, "192.168.1.0/24, 203.0.113.0/24"));
            assertEquals(Set.of("192.168.1.0/24", "203.0.113.0/24"), inMap(before, first));
            before.close();

            KernelProgram second = loaded(topology, pins);
            assertEquals(
                    2,
                    topology.node()
                            .call(() -> second.map(SharedMaps.ALLOWED_SOURCES).keys())
                            .size(),
                    "the map outlives the daemon");
            NodeDatapath after = NodeDatapath.open(topology.node(), second, allowing(topology, "192.168.1.0/25"));
            assertEquals(Set.of("192.168.1.0/25"), inMap(after, second));
        }
    }

    private static KernelProgram loaded(Topology topology, Pins pins) {
        return topology.node().call(() -> KernelProgram.load(KernelProgram.builtIn(), Optional.of(pins)));
    }
}
