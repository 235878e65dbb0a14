package dev.udpfanout.loader.kubernetes.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

class MendPaceTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Property
    @Tag("unit")
    void shouldMendAtOnceWhatHasBeenWellForAWhile(@ForAll long start) {
        MendPace pace = new MendPace(start, new SplittableRandom(1));
        pace.applied(start);

        assertEquals(start + MendPace.SETTLE.toNanos(), pace.earliestNanos());
    }

    @Property
    @Tag("unit")
    void shouldMendEverMoreSlowlyWhatSomeoneChangesOverAndOver(@ForAll long start, @ForAll long seed) {
        MendPace pace = new MendPace(start, new SplittableRandom(seed));
        long now = start;
        int mends = 0;
        while (now - start < 600 * SECOND) {
            now = pace.earliestNanos();
            pace.applied(now);
            pace.mended(now);
            mends++;
        }

        assertTrue(mends < 60, mends + " in ten minutes");
    }

    @Property
    @Tag("unit")
    void shouldMendAtOnceAgainAfterAPeace(@ForAll long start, @ForAll long seed) {
        MendPace pace = new MendPace(start, new SplittableRandom(seed));
        for (int i = 0; i < 10; i++) {
            pace.mended(start);
        }
        long later = start + 60 * SECOND;
        pace.mended(later);

        assertTrue(pace.earliestNanos() - later <= MendPace.SETTLE.toNanos());
    }
}
