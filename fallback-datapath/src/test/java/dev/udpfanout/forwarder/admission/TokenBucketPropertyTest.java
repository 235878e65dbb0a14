package dev.udpfanout.forwarder.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** The bucket against the model: one that fills without rounding, in billionths of a datagram. */
@Tag("unit")
class TokenBucketPropertyTest {
    private static final BigInteger SECOND_NS = BigInteger.valueOf(1_000_000_000);

    /** The bucket's rounding: 1/64 of a datagram. */
    private static final BigInteger ROUNDING = SECOND_NS.divide(BigInteger.valueOf(64));

    @Property
    void whatPassesIsWhatAnExactBucketLetsThrough(
            @ForAll @IntRange(min = 1, max = RateLimit.MAX) int rate,
            @ForAll @IntRange(min = 1, max = 1000) int burst,
            @ForAll long startNs,
            @ForAll @Size(max = 50) List<@LongRange(max = 3_000_000_000L) Long> gapsNs,
            @ForAll @IntRange(min = 1, max = 300) int wanted) {
        TokenBucket bucket = new TokenBucket(new RateLimit(rate, burst), burst, startNs);
        BigInteger full = BigInteger.valueOf(burst).multiply(SECOND_NS);
        BigInteger level = full;
        long nowNs = startNs;
        for (long gapNs : gapsNs) {
            // Short and long pauses alike.
            long pauseNs = gapNs % 3 == 0 ? gapNs : gapNs / Math.max(rate, 1000);
            nowNs += pauseNs;
            level = level.add(BigInteger.valueOf(pauseNs).multiply(BigInteger.valueOf(rate)))
                    .min(full);
            int granted = bucket.take(wanted, nowNs);
            level = level.subtract(BigInteger.valueOf(granted).multiply(SECOND_NS));
            assertTrue(level.compareTo(ROUNDING.negate()) >= 0, "more than there was");
            assertTrue(granted == wanted || level.compareTo(SECOND_NS.add(ROUNDING)) < 0, "less than there was");
        }
    }

    @Property
    void noneIsLostOrAddedWhenTimesComeInDisorder(
            @ForAll @IntRange(min = 1, max = 1_000_000) int rate,
            @ForAll @IntRange(min = 1, max = 1000) int burst,
            @ForAll @Size(max = 50) List<@LongRange(max = 2_000_000_000L) Long> timesNs) {
        TokenBucket bucket = new TokenBucket(new RateLimit(rate, burst), burst, 0);
        long granted = 0;
        long latestNs = 0;
        for (long timeNs : timesNs) {
            granted += bucket.take(10, timeNs);
            latestNs = Math.max(latestNs, timeNs);
        }
        BigInteger most = BigInteger.valueOf(latestNs)
                .multiply(BigInteger.valueOf(rate))
                .divide(SECOND_NS)
                .add(BigInteger.valueOf(burst + 1L));
        assertTrue(BigInteger.valueOf(granted).compareTo(most) <= 0);
    }

    @Example
    void severalThreadsTogetherGetTheBurstAndNoMore() {
        RateLimiter limiter = new RateLimiter(new RateLimit(1, 100_000), () -> 0);
        List<CompletableFuture<Long>> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(CompletableFuture.supplyAsync(() -> {
                long taken = 0;
                for (int j = 0; j < 10_000; j++) {
                    taken += limiter.take(7);
                }
                return taken;
            }));
        }
        assertEquals(
                100_000, threads.stream().mapToLong(CompletableFuture::join).sum());
    }

    @Example
    void aNewLimitGoesOnWithWhatIsLeftOfTheOldOne() {
        RateLimiter limiter = new RateLimiter(new RateLimit(1, 100), () -> 0);
        assertEquals(90, limiter.take(90));
        limiter.change(new RateLimit(5, 1000));
        assertEquals(10, limiter.take(500));
        RateLimiter full = new RateLimiter(new RateLimit(1, 100), () -> 0);
        full.change(new RateLimit(1, 30));
        assertEquals(30, full.take(500));
        full.change(new RateLimit(1, 30));
        assertEquals(0, full.take(500));
    }
}
