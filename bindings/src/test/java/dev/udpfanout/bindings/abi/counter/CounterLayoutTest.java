package dev.udpfanout.bindings.abi.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.generated.abi.Abi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Counters are read from where udp_fanout.h has them: every word has a value of its own, and each CPU's are ten times
 * the last one's.
 */
class CounterLayoutTest {
    private static final int CPUS = 3;
    private static final long FACTORS = 1 + 10 + 100;

    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
    }

    /** Of each CPU a structure that is nothing but words: 1000, 1001, ... at the first. */
    private MemorySegment perCpu(long bytes) {
        MemorySegment all = arena.allocate(bytes * CPUS, Long.BYTES);
        long words = bytes / Long.BYTES;
        long factor = 1;
        for (int cpu = 0; cpu < CPUS; cpu++, factor *= 10) {
            for (long word = 0; word < words; word++) {
                all.setAtIndex(ValueLayout.JAVA_LONG, cpu * words + word, factor * (1000 + word));
            }
        }
        return all;
    }

    private static long sumOfWord(long word) {
        return FACTORS * (1000 + word);
    }

    @Test
    void shouldReadRepliesAndWhyTheyWereDropped() {
        ListenerReplies replies = ListenerReplies.sum(perCpu(ListenerReplies.BYTES), CPUS);
        assertEquals(sumOfWord(0), replies.flowsCreated());
        assertEquals(sumOfWord(1), replies.flowsEvicted());
        assertEquals(sumOfWord(2), replies.flowsWithoutRoom());
        assertEquals(sumOfWord(3), replies.flowsExpectedElsewhere());
        assertEquals(sumOfWord(4), replies.packetsForwarded());
        assertEquals(sumOfWord(5), replies.bytesForwarded());
        for (DropReason reason : DropReason.values()) {
            assertEquals(sumOfWord(6 + reason.code()), replies.packetsDropped().get(reason), reason.label());
        }
    }

    @Test
    void shouldReadWhyDatagramsWereDropped() {
        ListenerDrops drops = ListenerDrops.sum(perCpu(ListenerDrops.BYTES), CPUS);
        for (DropReason reason : DropReason.values()) {
            assertEquals(sumOfWord(reason.code()), drops.of(reason), reason.label());
        }
    }

    @Test
    void shouldReadWhatBecameOfPacketsThatDidNotFit() {
        assertEquals(
                new ListenerPathMtu(sumOfWord(0), sumOfWord(1), sumOfWord(2), sumOfWord(3)),
                ListenerPathMtu.sum(perCpu(ListenerPathMtu.BYTES), CPUS));
    }

    @Test
    void shouldReadWhatAnEndpointWasSent() {
        assertEquals(new EndpointStats(sumOfWord(0), sumOfWord(1)), EndpointStats.sum(perCpu(2 * Long.BYTES), CPUS));
    }

    @Test
    void shouldReadProcessingTimes() {
        ProcessingTimes times = ProcessingTimes.sum(perCpu(ProcessingTimes.BYTES), CPUS);
        assertEquals(
                LongStream.rangeClosed(1, Abi.UF_LATENCY_BUCKETS())
                        .map(CounterLayoutTest::sumOfWord)
                        .boxed()
                        .toList(),
                times.counts());
        assertEquals(sumOfWord(0), times.sumNanos());
    }
}
