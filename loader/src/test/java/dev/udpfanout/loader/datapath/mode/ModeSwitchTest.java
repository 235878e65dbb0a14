package dev.udpfanout.loader.datapath.mode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.kernel.ListenerText;
import dev.udpfanout.loader.datapath.kernel.SequenceTraffic;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A listener goes from the kernel to user space and back while datagrams come in: each is handled, and by one of them. */
@Tag("kernel")
class ModeSwitchTest {
    private static final int SWITCHES = 10;
    private static final int PER_SECOND = 20_000;
    private static final int BETWEEN_SWITCHES = 2_000;
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String NAME = "listener-0";

    private static ListenerConfig listener(Topology topology, boolean dummy, String mode, String io) {
        ListenerText text = dummy ? NodeModes.onDummy() : NodeModes.onNic();
        return text.with("mode", mode)
                .with("io", io)
                .with("workers", 2)
                .listener(topology.podEndpoints(NodeModes.POD_PORT));
    }

    @ParameterizedTest
    @CsvSource({"true, io_uring", "true, epoll", "false, io_uring", "false, epoll"})
    void shouldLoseNothingWhenTheModeIsSwitchedUnderLoad(boolean dummy, String io) throws Exception {
        try (Topology topology = Topology.builder().pods(3).build()) {
            NodeModes.loadKubeProxy(topology);
            ListenerConfig kernel = listener(topology, dummy, "tc_ebpf", io);
            ListenerConfig userspace = listener(topology, dummy, "userspace", io);
            NodeModes modes = NodeModes.open(topology.node(), kernel);
            List<SequenceTraffic.Receiver> receivers = new ArrayList<>();
            for (LabNamespace pod : topology.pods()) {
                receivers.add(new SequenceTraffic.Receiver(pod, NodeModes.POD_PORT));
            }
            InetSocketAddress destination = dummy ? NodeModes.VIP : NodeModes.NODE;
            long sent;
            StringBuilder lost = new StringBuilder();
            try (SequenceTraffic traffic = new SequenceTraffic(topology.client(), destination, PER_SECOND)) {
                for (int i = 0; i < SWITCHES; i++) {
                    lost.append(lossAcross(traffic, receivers, () -> modes.configure(userspace)))
                            .append(" to userspace, ");
                    assertEquals("userspace", modes.state(NAME).mode());
                    lost.append(lossAcross(traffic, receivers, () -> modes.configure(kernel)))
                            .append(" to tc_ebpf; ");
                    assertEquals("tc_ebpf", modes.state(NAME).mode());
                }
                sent = traffic.stop();
            }
            awaitPast(sent, receivers);
            System.out.println("lost at switches, dummy=" + dummy + " io=" + io + ": " + lost);
            BitSet all = new BitSet();
            long received = 0;
            for (SequenceTraffic.Receiver receiver : receivers) {
                all.or(receiver.numbers());
                received += receiver.received();
            }
            assertEquals(sent, all.cardinality(), () -> "lost: " + lost);
            assertEquals(sent, received, "each once");
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
        awaitPast(to, receivers);
        BitSet all = new BitSet();
        receivers.forEach(receiver -> all.or(receiver.numbers()));
        return to - from - all.get((int) from, (int) to).cardinality();
    }

    private static void awaitNext(SequenceTraffic traffic, long number) {
        assertTrue(BoundedWait.until(() -> traffic.next() >= number, LIMIT), "the sender stands still");
    }

    /** Until all that was sent before has arrived, or nothing more of it comes. */
    private static void awaitPast(long number, List<SequenceTraffic.Receiver> receivers) {
        BoundedWait.until(
                () -> {
                    BitSet all = new BitSet();
                    receivers.forEach(receiver -> all.or(receiver.numbers()));
                    return all.nextClearBit(0) >= number;
                },
                Duration.ofSeconds(2));
    }
}
