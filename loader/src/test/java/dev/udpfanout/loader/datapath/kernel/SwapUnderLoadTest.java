package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.SequenceTraffic;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Endpoint sets change while datagrams pass: none is lost, and none goes to an endpoint after its removal. */
@Tag("kernel")
class SwapUnderLoadTest {
    private static final int SWAPS = 10_000;
    private static final int PODS = 4;
    private static final int PER_SECOND = 20_000;

    /** A time in which a pod was out of the set, in numbers of the sender. */
    private record Absence(int pod, long from, long to) {}

    @Test
    void shouldLoseNothingAndSendNothingToRemovedEndpointsWhenSetsAreSwapped() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (Topology topology = Topology.builder().pods(PODS).build();
                NodeDatapath datapath = WayIn.DUMMY_TCX.open(topology)) {
            List<InetSocketAddress> pods = topology.podEndpoints(WayIn.POD_PORT);
            List<SequenceTraffic.Receiver> receivers = new ArrayList<>();
            for (int pod = 1; pod <= PODS; pod++) {
                receivers.add(new SequenceTraffic.Receiver(topology.pod(pod), WayIn.POD_PORT));
            }
            List<Absence> absences = new ArrayList<>();
            long sent;
            try (SequenceTraffic traffic =
                    new SequenceTraffic(topology.client(), WayIn.DUMMY_TCX.destination(topology), PER_SECOND)) {
                for (int swap = 0; swap < SWAPS; swap += 2) {
                    int absent = random.nextInt(PODS);
                    List<InetSocketAddress> present = new ArrayList<>(pods);
                    present.remove(absent);
                    datapath.apply(0, present);
                    // What has this number or a higher one is sent when the removal is in force.
                    long from = traffic.next();
                    long to = traffic.next();
                    datapath.apply(0, pods);
                    absences.add(new Absence(absent, from, to));
                }
                sent = traffic.stop();
            }
            long expected = sent;
            assertTrue(
                    BoundedWait.until(() -> received(receivers) >= expected, Duration.ofSeconds(5)),
                    () -> "sent " + expected + ", received " + received(receivers) + "; seed " + seed);
            assertEquals(sent, received(receivers), "no duplicates");
            assertNoneArrivedInAbsence(receivers, absences, seed);
            for (SequenceTraffic.Receiver receiver : receivers) {
                receiver.close();
            }
        }
    }

    private static long received(List<SequenceTraffic.Receiver> receivers) {
        return receivers.stream().mapToLong(SequenceTraffic.Receiver::received).sum();
    }

    private static void assertNoneArrivedInAbsence(
            List<SequenceTraffic.Receiver> receivers, List<Absence> absences, long seed) {
        List<BitSet> numbers =
                receivers.stream().map(SequenceTraffic.Receiver::numbers).toList();
        for (Absence absence : absences) {
            int first = numbers.get(absence.pod()).nextSetBit((int) absence.from());
            assertTrue(
                    first < 0 || first >= absence.to(),
                    () -> "pod" + (absence.pod() + 1) + " got " + first + " while it was out: " + absence + "; seed "
                            + seed);
        }
    }
}
