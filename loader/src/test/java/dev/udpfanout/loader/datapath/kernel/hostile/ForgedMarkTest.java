package dev.udpfanout.loader.datapath.kernel.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A sender gives his packets a mark of ours: a filter of his own namespace, without any BPF privilege, writes its
 * classid to tc_index, and the veth leaves it there. It opens nothing.
 */
@Tag("kernel")
class ForgedMarkTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int SENT = 20;

    /** {@code UF_MARK_MIRRORED}, turned, a fragment's copy, a datagram's copy, and two of them with PAID. */
    private static final String[] MARKS = {"7564", "7565", "7566", "7581", "7764", "7765"};

    /** Classic BPF that takes every packet: {@code ret #-1}. */
    private static final String ALL = "1,6 0 0 4294967295";

    private static void mark(LabNamespace sender, String mark) {
        sender.exec("tc", "qdisc", "replace", "dev", "eth0", "clsact");
        sender.exec("tc", "filter", "del", "dev", "eth0", "egress");
        sender.exec("tc", "filter", "add", "dev", "eth0", "egress", "bpf", "bytecode", ALL, "flowid", "1:" + mark);
    }

    private static ListenerConfig listener(WayIn wayIn, Topology topology, String... keysAndValues) {
        ListenerConfig one = wayIn.listener(topology);
        ListenerText text = ListenerText.on(
                        one.interfaces().getFirst(),
                        one.bind().getAddress().getHostAddress() + ":"
                                + one.bind().getPort())
                .with("attach", one.attach())
                .with("hook", one.hook());
        for (int i = 0; i < keysAndValues.length; i += 2) {
            text = text.with(keysAndValues[i], keysAndValues[i + 1]);
        }
        return text.listener(topology.podEndpoints(WayIn.POD_PORT));
    }

    private static void send(DatagramSender sender, WayIn wayIn, Topology topology) {
        sender.send(SendPlan.to(wayIn.destination(topology, StandardProtocolFamily.INET))
                .datagrams(SENT)
                .perSecond(2000));
    }

    static Stream<Arguments> waysAndMeanings() {
        Stream<Arguments> egress = Stream.of(WayIn.DUMMY_EGRESS_TCX, WayIn.DUMMY_EGRESS_CLSACT)
                .map(wayIn -> Arguments.of(wayIn, "policy", "round_robin"));
        // With copies, a copy's mark would mean that the datagram has been judged; with a mirror, its own.
        Stream<Arguments> ingress = Stream.of(WayIn.NIC_TCX, WayIn.NIC_CLSACT, WayIn.DUMMY_TCX)
                .flatMap(wayIn -> Stream.of(
                        Arguments.of(wayIn, "policy", "round_robin"),
                        Arguments.of(wayIn, "policy", "replicate"),
                        Arguments.of(wayIn, "mirror", "{ downstream: [ { address: \"10.42.0.12:40514\" } ] }")));
        return Stream.concat(egress, ingress);
    }

    @ParameterizedTest
    @MethodSource("waysAndMeanings")
    void shouldRefuseWhoIsNotAllowedWhateverMarkHeSets(WayIn wayIn, String key, String value) {
        try (Topology topology = Topology.builder().pods(2).build();
                NodeDatapath datapath =
                        wayIn.open(topology, listener(wayIn, topology, "allow", "[203.0.113.0/24]", key, value));
                DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
            PodReceivers pods =
                    PodReceivers.start(topology.pods(), WayIn.POD_PORT, StandardProtocolFamily.INET, sender.runId());
            long sent = 0;
            for (String mark : MARKS) {
                mark(topology.client(), mark);
                send(sender, wayIn, topology);
                sent += SENT;
                long expected = sent;
                assertTrue(
                        BoundedWait.until(() -> datapath.counters(0).stats().packetsDropped() >= expected, LIMIT),
                        () -> mark + ": " + datapath.counters(0));
            }
            ListenerCounters counters = datapath.counters(0);
            assertEquals(0, counters.stats().packetsForwarded(), counters::toString);
            assertEquals(
                    sent,
                    counters.drops().get(DropReason.NOT_ALLOWED.label())
                            + counters.drops().get(DropReason.BAD_SOURCE.label()));
            assertEquals(0, pods.received());
        }
    }

    @ParameterizedTest
    @CsvSource({"NIC_TCX", "DUMMY_TCX"})
    void shouldNotTakeASendersPacketForACopy(WayIn wayIn) {
        try (Topology topology = Topology.builder().pods(2).build();
                NodeDatapath datapath = wayIn.open(topology, listener(wayIn, topology, "policy", "replicate"));
                DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
            mark(topology.client(), "7581");
            send(sender, wayIn, topology);
            assertTrue(BoundedWait.until(() -> datapath.counters(0).stats().packetsReceived() >= SENT, LIMIT));
            ListenerCounters counters = datapath.counters(0);
            if (wayIn.isOnDummy()) {
                // The turn replaces the mark, so these are datagrams as any other.
                assertTrue(
                        BoundedWait.until(() -> datapath.counters(0).stats().packetsForwarded() == 2L * SENT, LIMIT));
            } else {
                assertEquals(SENT, counters.drops().get(DropReason.BAD_SOURCE.label()), counters::toString);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"DUMMY_EGRESS_TCX, 7564", "DUMMY_TCX, 7564", "NIC_TCX, 7565", "NIC_TCX, 7765"})
    void shouldForwardAHarmlesslyMarkedDatagramAsAnyOther(WayIn wayIn, String mark) {
        try (Topology topology = Topology.builder().pods(2).build();
                NodeDatapath datapath = wayIn.open(topology, wayIn.listener(topology));
                DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
            mark(topology.client(), mark);
            send(sender, wayIn, topology);
            assertTrue(
                    BoundedWait.until(() -> datapath.counters(0).stats().packetsForwarded() == SENT, LIMIT),
                    () -> datapath.counters(0).toString());
        }
    }
}
