package dev.udpfanout.loader.kubernetes.watch;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

class BackOffTest {
    private static final Duration LEAST = Duration.ofMillis(100);
    private static final Duration MOST = Duration.ofSeconds(5);

    @Property
    @Tag("unit")
    void shouldDoubleUpToTheBoundAndJitterDownToAHalf(
            @ForAll @IntRange(min = 0, max = 100) int failuresBefore, @ForAll long seed) {
        BackOff backOff = new BackOff(LEAST, MOST, new SplittableRandom(seed));
        for (int i = 0; i < failuresBefore; i++) {
            backOff.afterFailure();
        }

        long whole = Math.min(MOST.toMillis(), LEAST.toMillis() << Math.min(failuresBefore, 20));
        Duration wait = backOff.afterFailure();

        assertTrue(wait.compareTo(Duration.ofMillis(whole)) <= 0, wait::toString);
        assertTrue(wait.compareTo(Duration.ofMillis(whole / 2)) >= 0, wait::toString);
    }

    @Property
    @Tag("unit")
    void shouldBeginAnewWhenReset(@ForAll long seed) {
        BackOff backOff = new BackOff(LEAST, MOST, new SplittableRandom(seed));
        backOff.afterFailure();
        backOff.afterFailure();

        backOff.reset();

        assertTrue(backOff.afterFailure().compareTo(LEAST) <= 0);
    }
}
