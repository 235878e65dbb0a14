package dev.udpfanout.loader.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What grows without bound is found; what warms up, or goes up and down, is none. */
@Tag("unit")
class GrowthTest {
    /** Two hours. */
    private static final int COUNT = 720;

    private static List<String> growing(List<Sample> samples) {
        return Growth.judge(samples).orElseThrow().stream()
                .filter(Growth::isUnbounded)
                .map(Growth::figure)
                .toList();
    }

    @Test
    void shouldFindNothingWhenNothingGrows() {
        assertEquals(List.of(), growing(Samples.steady(COUNT)));
    }

    @Test
    void shouldFindADescriptorThatIsLeftEveryTenMinutes() {
        List<Sample> samples = Samples.of(COUNT, number -> 150_000, number -> 290 + number / 60, number -> 24);
        assertEquals(List.of("descriptors"), growing(samples));
    }

    @Test
    void shouldFindMemoryThatGrowsWhenGarbageHidesIt() {
        // 16 MiB an hour, below 20 MiB of garbage that comes and goes.
        List<Sample> samples = Samples.of(
                COUNT, number -> 150_000 + number * 16 * 1024 / 360 + number % 30 * 700, number -> 290, number -> 24);
        assertEquals(List.of("resident set, MiB"), growing(samples));
    }

    @Test
    void shouldFindEntriesThatNobodyRemoves() {
        List<Sample> samples = Samples.of(COUNT, number -> 150_000, number -> 290, number -> 24 + number / 50);
        assertEquals(List.of("entries of maps"), growing(samples));
    }

    @Test
    void shouldFindNothingWhenOnlyTheFirstQuarterGrows() {
        List<Sample> samples = Samples.of(
                COUNT,
                number -> 100_000 + Math.min(number, COUNT / 4) * 400,
                number -> 290 + Math.min(number, COUNT / 4),
                number -> 24);
        assertEquals(List.of(), growing(samples));
    }

    @Test
    void shouldFindNothingWhenGarbageAndAPoolGoUpAndDown() {
        List<Sample> samples = Samples.of(
                COUNT, number -> 150_000 + number % 40 * 1_000, number -> 290 + number % 7, number -> 22 + number % 3);
        assertEquals(List.of(), growing(samples));
    }

    @Test
    void shouldFindNothingWhenEntriesAreGoneForAMomentInTheSecondQuarterAlone() {
        List<Sample> samples =
                Samples.of(COUNT, number -> 150_000, number -> 290, number -> number == COUNT / 3 ? 18 : 24);
        assertEquals(List.of(), growing(samples));
    }

    @Test
    void shouldNotJudgeARunThatIsTooShort() {
        assertTrue(Growth.judge(Samples.steady((int) Growth.MIN_SECONDS / 10)).isEmpty());
        assertTrue(
                Growth.judge(Samples.steady((int) Growth.MIN_SECONDS / 10 + 1)).isPresent());
    }
}
