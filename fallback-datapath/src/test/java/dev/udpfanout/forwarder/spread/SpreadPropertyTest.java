package dev.udpfanout.forwarder.spread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Batches, shares and runs against the plainest model: one datagram after the other to the next endpoint. */
@Tag("unit")
class SpreadPropertyTest {
    @Property
    void batchesTakeTurnsAsSingleDatagramsWould(
            @ForAll @Size(max = 30) List<@IntRange(min = 1, max = 200) Integer> batches,
            @ForAll @IntRange(min = 1, max = 70) int endpoints,
            @ForAll @IntRange(max = 64) int worker) {
        RoundRobin turns = new RoundRobin(worker);
        int next = worker % endpoints;
        for (int datagrams : batches) {
            assertEquals(next, turns.takeTurns(datagrams, endpoints));
            next = (next + datagrams) % endpoints;
        }
    }

    @Property
    void turnsStayInRangeWhenTheNumberOfEndpointsChanges(
            @ForAll @Size(max = 30) List<@IntRange(min = 1, max = 70) Integer> endpointCounts,
            @ForAll @IntRange(max = 64) int worker) {
        RoundRobin turns = new RoundRobin(worker);
        for (int endpoints : endpointCounts) {
            int first = turns.takeTurns(3, endpoints);
            assertTrue(first >= 0 && first < endpoints);
        }
    }

    @Property
    void runsOfAShareAreItsDatagramsInOrder(
            @ForAll("lengths") List<Integer> lengths,
            @ForAll @IntRange(min = 1, max = 9) int step,
            @ForAll @IntRange(max = 2000) int maxSegmentBytes) {
        int[] bytes = lengths.stream().mapToInt(Integer::intValue).toArray();
        for (int share = 0; share < Math.min(step, bytes.length); share++) {
            List<Integer> expected = new ArrayList<>();
            for (int i = share; i < bytes.length; i += step) {
                expected.add(i);
            }
            List<Integer> joined = new ArrayList<>();
            for (int i = share; i < bytes.length; ) {
                int run = SegmentRun.count(bytes, i, step, bytes.length, maxSegmentBytes);
                assertEquals(indexes(i, step, run), kernelCuts(bytes, i, step, run, maxSegmentBytes));
                joined.addAll(indexes(i, step, run));
                i += run * step;
            }
            assertEquals(expected, joined);
        }
    }

    @Provide
    Arbitrary<List<Integer>> lengths() {
        Arbitrary<Integer> length = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.of(200)),
                Tuple.of(2, Arbitraries.of(0, 1, 199, 201)),
                Tuple.of(1, Arbitraries.integers().between(0, 65_507)));
        return length.list().ofMaxSize(300);
    }

    private static List<Integer> indexes(int first, int step, int count) {
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            indexes.add(first + i * step);
        }
        return indexes;
    }

    /** Which datagrams come out when the kernel cuts the run's bytes every first-datagram's-length bytes. */
    private static List<Integer> kernelCuts(int[] bytes, int first, int step, int run, int maxSegmentBytes) {
        List<Integer> indexes = indexes(first, step, run);
        if (run == 1) {
            return indexes;
        }
        assertTrue(run <= SegmentRun.MAX_DATAGRAMS);
        assertTrue(bytes[first] > 0 && bytes[first] <= maxSegmentBytes);
        int total = indexes.stream().mapToInt(i -> bytes[i]).sum();
        assertTrue(total <= SegmentRun.MAX_BYTES);
        List<Integer> cut = new ArrayList<>();
        int index = first;
        for (int left = total; left > 0; index += step) {
            int piece = Math.min(left, bytes[first]);
            assertEquals(bytes[index], piece);
            cut.add(index);
            left -= piece;
        }
        return cut;
    }
}
