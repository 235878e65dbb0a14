package dev.udpfanout.lab.traffic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.traffic.Payload;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class TrafficTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int UNREAD = 64;

    private static Topology topology;
    private static InetSocketAddress pod;

    @BeforeAll
    static void build() {
        topology = Topology.builder().pods(1).verifyChecksums(true).build();
        pod = topology.podEndpoints(40514).getFirst();
    }

    @AfterAll
    static void remove() {
        topology.close();
    }

    @Test
    void shouldDeliverEverySizeByteForByte() {
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
                DatagramReceiver receiver = DatagramReceiver.in(topology.pod(1))
                        .expecting(sender.runId())
                        .keepPayloads(Payload.MAX_BYTES + 1)
                        .start()) {
            for (int size = 0; size <= Payload.MAX_BYTES; size++) {
                sender.send(SendPlan.to(pod).payloadBytes(size));
                // No more on the way than the receiver's socket has room for, also while nothing else lets it run.
                if (size % UNREAD == 0) {
                    assertTrue(receiver.awaitReceived(size + 1, LIMIT));
                }
            }
            assertTrue(receiver.awaitReceived(Payload.MAX_BYTES + 1, LIMIT));

            for (int size = 0; size <= Payload.MAX_BYTES; size++) {
                assertArrayEquals(
                        Payload.of(sender.runId(), size, size),
                        receiver.kept().get(size).payload());
            }
            ReceiverReport report = receiver.stop();
            assertEquals(0, report.corrupt() + report.foreign() + report.duplicates() + report.reordered());
            assertEquals(8, report.tooShort(), "sizes 0 to 7");
        }
    }

    @Test
    void shouldLoseNothingAtTheDemosRate() {
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
                DatagramReceiver receiver = DatagramReceiver.in(topology.pod(1))
                        .expecting(sender.runId())
                        .start()) {
            SendReport sent = sender.send(SendPlan.to(pod).datagrams(10_000).perSecond(20_000));
            assertTrue(receiver.awaitReceived(10_000, LIMIT), () -> "received " + receiver.received());

            ReceiverReport report = receiver.stop();
            assertEquals(10_000, report.sequences().cardinality());
            assertEquals(Map.of(sent.source(), 10_000L), report.sources());
            assertEquals(0, report.socketDrops());
            assertEquals(0, report.kernel().checksumErrors());
            assertEquals(10_000, report.kernel().inDatagrams());
        }
    }

    @Test
    void shouldReportWhatTheKernelDropsWhenTheBufferIsFull() {
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
                DatagramReceiver receiver = DatagramReceiver.in(topology.pod(1))
                        .expecting(sender.runId())
                        .receiveBufferBytes(1)
                        .start()) {
            long before = bufferErrors();
            long all = 0;
            for (int burst = 0; burst < 200 && bufferErrors() == before; burst++) {
                all += sender.send(SendPlan.to(pod).datagrams(1000).payloadBytes(1400))
                        .sent();
            }
            long sent = all;
            assertTrue(BoundedWait.until(() -> receiver.received() + bufferErrors() - before == sent, LIMIT));
            ReceiverReport report = receiver.stop();

            assertTrue(report.socketDrops() > 0, report.toString());
            assertEquals(report.socketDrops(), report.kernel().receiveBufferErrors());
            assertEquals(all, report.received() + report.socketDrops());
        }
    }

    @Test
    void shouldStopInTimeWhenThePlanTakesTooLong() {
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
            SendReport report = sender.send(
                    SendPlan.to(pod).datagrams(1_000_000).perSecond(100).within(Duration.ofMillis(100)));

            assertTrue(report.sent() < 100, report.toString());
        }
    }

    @Test
    void shouldRefuseWhenThePortIsTaken() {
        try (DatagramReceiver first =
                DatagramReceiver.in(topology.pod(1)).port(7000).start()) {
            assertEquals("pod1", first.role());
            assertThrows(
                    CompletionException.class,
                    () -> DatagramReceiver.in(topology.pod(1)).port(7000).start());
        }
    }

    @Test
    void shouldTellHowFarItIsWhileSending() {
        long[] last = {0};
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
            sender.send(SendPlan.to(pod).datagrams(500).perSecond(1000), sent -> last[0] = sent);
        }
        assertTrue(BoundedWait.until(() -> last[0] > 0, Duration.ZERO));
    }

    private static long bufferErrors() {
        return topology.pod(1).call(UdpCounters::read).receiveBufferErrors();
    }
}
