package dev.udpfanout.bindings.abi.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

@Tag("unit")
class PacketLimitPropertyTest {
    @Property
    void shouldHoldTheBurstInBucketAndSharesTogether(
            @ForAll @IntRange(min = 1, max = 100_000_000) int rate,
            @ForAll @IntRange(min = 1, max = 100_000_000) int burst,
            @ForAll @IntRange(min = 1, max = 1024) int cpus) {
        PacketLimit limit = PacketLimit.of(rate, burst, cpus, 7);
        assertEquals(burst, limit.bucketPackets() + (long) cpus * limit.batchPackets());
        assertTrue(2 * limit.bucketPackets() >= burst && limit.batchPackets() <= 64, limit::toString);
        // The program multiplies them, in 64 bits.
        assertTrue(Math.multiplyHigh(limit.fillNs(), limit.packetsPerSecond()) == 0, limit::toString);
        assertTrue(limit.fillNs() * rate >= limit.bucketPackets() * 1_000_000_000, limit::toString);
        assertTrue((limit.fillNs() - 1) * rate < limit.bucketPackets() * 1_000_000_000, limit::toString);
    }

    @Property
    void shouldReadBackWhatWasWritten(@ForAll @IntRange(min = 1) int rate, @ForAll @IntRange(min = 1) int burst) {
        PacketLimit limit = PacketLimit.of(rate, burst, 2, 3);
        try (Arena arena = Arena.ofConfined()) {
            assertEquals(limit, PacketLimit.read(limit.write(arena)));
        }
    }
}
