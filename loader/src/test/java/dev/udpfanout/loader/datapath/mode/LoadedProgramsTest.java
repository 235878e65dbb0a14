package dev.udpfanout.loader.datapath.mode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.TunDevice;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.probe.Finding;
import dev.udpfanout.loader.datapath.probe.KernelProbe;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The kernel is given the programs that listeners need, no others, and each when it is needed. */
@Tag("kernel")
class LoadedProgramsTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int DATAGRAMS = 20;
    private static final String INGRESS = KernelProgram.REWRITE;
    private static final String EGRESS = KernelProgram.REWRITE_AT_EGRESS;

    private final OwnPrograms own = new OwnPrograms();
    private Topology topology;
    private ListenerConfig nic;
    private ListenerConfig egress;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(2).build();
        nic = NodeModes.onNic().with("name", "nic").listener(topology.podEndpoints(NodeModes.POD_PORT));
        egress = egress("auto");
    }

    private ListenerConfig egress(String mode) {
        return NodeModes.onDummy()
                .with("name", "egress")
                .with("hook", "egress")
                .with("mode", mode)
                .listener(topology.podEndpoints(NodeModes.POD_PORT));
    }

    @AfterEach
    void tearDown() {
        topology.close();
        assertEquals(Map.of(), own.mapsByProgram(), "what is loaded goes with the datapath");
    }

    private void assertDelivered(InetSocketAddress to) {
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
                PodReceivers pods = PodReceivers.start(topology.pods(), NodeModes.POD_PORT, sender.runId())) {
            sender.send(SendPlan.to(to).datagrams(DATAGRAMS));
            assertTrue(pods.awaitReceived(DATAGRAMS, LIMIT), () -> pods.received() + " of " + DATAGRAMS + " arrived");
        }
    }

    /** Wherever there are endpoints, there is also the one that sees ICMP errors about what they were sent. */
    private static Set<String> withIcmp(String... programs) {
        return Stream.concat(Stream.of(programs), Stream.of(KernelProgram.ICMP)).collect(Collectors.toSet());
    }

    private Set<String> loaded() {
        return own.mapsByProgram().keySet();
    }

    @Test
    void shouldLoadTheOneForANicAndAFurtherOneOnTheSameMapsWhenAListenerComesToAnEgress() {
        NodeModes.loadKubeProxy(topology);
        try (NodeModes datapath = NodeModes.open(topology.node(), nic)) {
            assertEquals(withIcmp(INGRESS), loaded());
            assertDelivered(NodeModes.NODE);

            datapath.configure(nic, egress);
            Map<String, Set<Integer>> maps = own.mapsByProgram();
            assertEquals(withIcmp(INGRESS, EGRESS), maps.keySet());
            assertTrue(maps.get(EGRESS).size() > 10, maps::toString);
            assertTrue(maps.get(INGRESS).containsAll(maps.get(EGRESS)), maps::toString);
            datapath.apply("egress", topology.podEndpoints(NodeModes.POD_PORT));
            assertDelivered(NodeModes.VIP);
            assertDelivered(NodeModes.NODE);
            assertEquals(DATAGRAMS, datapath.counters("egress").stats().packetsForwarded());
            assertEquals(2 * DATAGRAMS, datapath.counters("nic").stats().packetsForwarded());

            datapath.configure(nic);
            datapath.configure(nic, egress);
            assertEquals(withIcmp(INGRESS, EGRESS), loaded(), "one of each, also after a while without use");
        }
    }

    private void assertLoaded(Set<String> programs, ListenerConfig listener) {
        try (NodeModes datapath = NodeModes.open(topology.node(), listener)) {
            ListenerState state = datapath.state(listener.name());
            assertTrue(state.attached() && state.mode().equals(ListenerState.TC_EBPF), state::toString);
            assertEquals(programs, loaded());
        }
    }

    @Test
    void shouldLoadTheOneForEgressAloneWhenNothingElseIsAskedFor() {
        assertLoaded(withIcmp(EGRESS), egress);
    }

    @Test
    void shouldLoadTheTwoOfTheDetourWhenTheListenerIsOnADummy() {
        assertLoaded(
                withIcmp(INGRESS, KernelProgram.TURN),
                NodeModes.onDummy().listener(topology.podEndpoints(NodeModes.POD_PORT)));
    }

    @Test
    void shouldLoadWhatSeesAnswersWhenAListenerHasReplies() {
        assertLoaded(
                withIcmp(INGRESS, KernelProgram.REPLY),
                NodeModes.onNic().with("replies", true).listener(topology.podEndpoints(NodeModes.POD_PORT)));
    }

    @Test
    void shouldLoadTheOneWithoutLinkLayerAloneWhenTheInterfaceHasNone() {
        try (TunDevice tun = TunDevice.open(topology.node(), "tun0")) {
            topology.node().exec("ip", "address", "add", "10.9.0.1/24", "dev", "tun0");
            topology.node().exec("ip", "link", "set", "tun0", "up");
            assertLoaded(
                    withIcmp(KernelProgram.REWRITE_L3),
                    ListenerText.on("tun0", "0.0.0.0:5514").listener(topology.podEndpoints(NodeModes.POD_PORT)));
        }
    }

    @Test
    void shouldServeInUserspaceWhatNeedsAProgramThatTheKernelRefusesAtAReload() {
        NodeModes.loadKubeProxy(topology);
        try (NodeModes datapath = NodeModes.open(topology.node(), withoutEgress(), nic)) {
            assertEquals(ListenerState.AUTO, datapath.state("nic").modeReason());
            datapath.configure(nic, egress);
            assertRefused(datapath.state("egress"));
            assertTrue(datapath.state("egress").modeReason().contains(EGRESS), "which one");
            assertEquals(ListenerState.TC_EBPF, datapath.state("nic").mode());
            assertTrue(datapath.state("nic").attached());
            assertEquals(withIcmp(INGRESS), loaded());
            datapath.apply("egress", topology.podEndpoints(NodeModes.POD_PORT));
            assertDelivered(NodeModes.VIP);
            assertDelivered(NodeModes.NODE);
        }
    }

    @Test
    void shouldLeaveAllAsItWasWhenTheKernelRefusesAtAReloadWhatMustBeInTheKernel() {
        try (NodeModes datapath = NodeModes.open(topology.node(), withoutEgress(), nic)) {
            assertThrows(RuntimeException.class, () -> datapath.configure(nic, egress("tc_ebpf")));
            assertTrue(datapath.state("nic").attached());
            assertFalse(datapath.state("egress").attached());
            assertEquals(withIcmp(INGRESS), loaded());
            assertDelivered(NodeModes.NODE);
        }
    }

    @Test
    void shouldNotAskTheVerifierAgainWhenItHasRefused() {
        try (KernelProgram program = KernelProgram.load(withoutEgress())) {
            String refused = assertThrows(SystemCallException.class, () -> program.named(EGRESS))
                    .getMessage();
            assertTrue(refused.startsWith("bpf_object__load on " + EGRESS), refused);
            assertEquals(
                    refused + " (the kernel refused it before; restart the daemon to try again)",
                    assertThrows(SystemCallException.class, () -> program.named(EGRESS))
                            .getMessage());
            assertEquals(program.turn(), program.turn(), "another one is not concerned");
        }
    }

    @Test
    void shouldFallBackAtTheStartWhenTheKernelRefusesTheProgramThatIsNeeded() {
        try (NodeModes datapath = NodeModes.open(topology.node(), withoutEgress(), egress)) {
            assertRefused(datapath.state("egress"));
            assertEquals(Set.of(), loaded());
        }
    }

    @Test
    void shouldSayThatTheKernelCannotLoadItWhenOneProgramIsRefusedThatNobodyNeeds() {
        Finding load = KernelProbe.run(withoutEgress(), Path.of("/nowhere", "udp-fanout")).findings().stream()
                .filter(finding -> finding.capability().startsWith("load program"))
                .findFirst()
                .orElseThrow();
        assertEquals("no", load.answer(), load::toString);
    }

    private static byte[] withoutEgress() {
        return SpoiltProgram.in(KernelProgram.builtIn(), EGRESS);
    }

    private static void assertRefused(ListenerState state) {
        assertEquals(ListenerState.USERSPACE, state.mode(), state::toString);
        assertTrue(state.modeReason().contains("bpf_object__load"), state::toString);
    }
}
