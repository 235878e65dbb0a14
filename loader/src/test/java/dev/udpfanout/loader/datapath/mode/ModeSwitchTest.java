package dev.udpfanout.loader.datapath.mode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerText;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A listener goes from the kernel to user space and back while datagrams come in: each is handled, and by one of them.
 */
@Tag("kernel")
class ModeSwitchTest {
    private static final int SWITCHES = 10;
    private static final int PER_SECOND = 20_000;
    private static final int BETWEEN_SWITCHES = 2_000;
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration REST_LIMIT = Duration.ofSeconds(2);
    private static final String NAME = "listener-0";

    /** Where datagrams come in. */
    private enum Way {
        DUMMY,
        NIC,
        DUMMY6,
        NIC6;

        boolean isIpv6() {
            return this == DUMMY6 || this == NIC6;
        }

        ListenerConfig listener(Topology topology, String mode, String io) {
            ListenerText text =
                    switch (this) {
                        case DUMMY -> NodeModes.onDummy();
                        case NIC -> NodeModes.onNic();
                        case DUMMY6 -> NodeModes.onDummy6();
                        case NIC6 -> NodeModes.onNic6();
                    };
            List<InetSocketAddress> pods =
                    isIpv6() ? topology.podEndpoints6(NodeModes.POD_PORT) : topology.podEndpoints(NodeModes.POD_PORT);
            return text.with("mode", mode).with("io", io).with("workers", 2).listener(pods);
        }

        InetSocketAddress destination() {
            return switch (this) {
                case DUMMY -> NodeModes.VIP;
                case NIC -> NodeModes.NODE;
                case DUMMY6 -> NodeModes.VIP6;
                case NIC6 -> NodeModes.NODE6;
            };
        }
    }

    @ParameterizedTest
    @CsvSource({
        "DUMMY, io_uring",
        "DUMMY, epoll",
        "DUMMY, nio",
        "NIC, io_uring",
        "NIC, epoll",
        "DUMMY6, io_uring",
        "DUMMY6, epoll",
        "NIC6, io_uring"
    })
    void shouldHandleEachDatagramOnceWhenTheModeIsSwitchedUnderLoad(Way way, String io) throws Exception {
        try (Topology topology = Topology.builder().pods(3).ipv6(way.isIpv6()).build()) {
            if (way.isIpv6()) {
                NodeModes.loadKubeProxy6(topology);
            } else {
                NodeModes.loadKubeProxy(topology);
            }
            ListenerConfig kernel = way.listener(topology, "tc_ebpf", io);
            ListenerConfig userspace = way.listener(topology, "userspace", io);
            NodeModes modes = NodeModes.open(topology.node(), kernel);
            List<SequenceTraffic.Receiver> receivers = new ArrayList<>();
            for (LabNamespace pod : topology.pods()) {
                receivers.add(new SequenceTraffic.Receiver(pod, NodeModes.POD_PORT));
            }
            List<Long> lostToUserspace = new ArrayList<>();
            List<Long> lostToKernel = new ArrayList<>();
            long sent;
            try (SequenceTraffic traffic = new SequenceTraffic(topology.client(), way.destination(), PER_SECOND)) {
                for (int i = 0; i < SWITCHES; i++) {
                    lostToUserspace.add(lossAcross(traffic, receivers, () -> modes.configure(userspace)));
                    assertEquals("userspace", modes.state(NAME).mode());
                    lostToKernel.add(lossAcross(traffic, receivers, () -> modes.configure(kernel)));
                    assertEquals("tc_ebpf", modes.state(NAME).mode());
                }
                sent = traffic.stop();
            }
            BitSet all = awaitAll(0, sent, receivers);
            String figures = way + " " + io + ": lost to userspace " + lostToUserspace + ", to tc_ebpf " + lostToKernel;
            long received = receivers.stream()
                    .mapToLong(SequenceTraffic.Receiver::received)
                    .sum();
            assertEquals(all.cardinality(), received, "each once");
            assertEquals(Collections.nCopies(SWITCHES, 0L), lostToKernel, figures);
            // The JDK's channels cannot be bound before the address is there: the route comes first, then the socket.
            if (!io.equals("nio")) {
                assertEquals(sent, all.cardinality(), figures);
            }
        }
    }

    /** How many of the datagrams around one switch have not arrived. */
    private static long lossAcross(
            SequenceTraffic traffic, List<SequenceTraffic.Receiver> receivers, Runnable configure) {
        long from = traffic.next();
        awaitNext(traffic, from + BETWEEN_SWITCHES);
        configure.run();
        long to = traffic.next() + BETWEEN_SWITCHES;
        awaitNext(traffic, to);
        BitSet all = awaitAll(from, to, receivers);
        return to - from - all.get((int) from, (int) to).cardinality();
    }

    private static void awaitNext(SequenceTraffic traffic, long number) {
        assertTrue(BoundedWait.until(() -> traffic.next() >= number, LIMIT), "the sender stands still");
    }

    /** What has arrived, once all from a number up to another has, or nothing more of it comes. */
    private static BitSet awaitAll(long from, long to, List<SequenceTraffic.Receiver> receivers) {
        BoundedWait.until(() -> arrived(receivers).get((int) from, (int) to).cardinality() == to - from, REST_LIMIT);
        return arrived(receivers);
    }

    private static BitSet arrived(List<SequenceTraffic.Receiver> receivers) {
        BitSet all = new BitSet();
        receivers.forEach(receiver -> all.or(receiver.numbers()));
        return all;
    }
}
