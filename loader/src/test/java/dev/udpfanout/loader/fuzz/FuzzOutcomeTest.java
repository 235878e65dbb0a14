package dev.udpfanout.loader.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What {@code make fuzz} makes of a fuzzer that is slow, large, or does not end. */
@Tag("unit")
class FuzzOutcomeTest {
    private static final Duration TIME = Duration.ofSeconds(3);
    private static final FuzzLimits USUAL = FuzzLimits.USUAL;

    private final List<String> said = Collections.synchronizedList(new ArrayList<>());

    /** Takes every input at once. */
    public static class Quick {
        private static volatile long inputs;

        private Quick() {}

        public static void fuzzerTestOneInput(byte[] bytes) {
            inputs++;
        }
    }

    /** As on a machine that has no processor for the start. */
    public static final class SlowToBegin {
        private static final long START_MS = 12_000;

        private SlowToBegin() {}

        public static void fuzzerInitialize() throws InterruptedException {
            Thread.sleep(START_MS);
        }

        public static void fuzzerTestOneInput(byte[] bytes) {
            Quick.fuzzerTestOneInput(bytes);
        }
    }

    /** Has an input without an end. */
    public static final class Endless {
        private Endless() {}

        public static void fuzzerTestOneInput(byte[] bytes) {
            while (true) {
                Quick.fuzzerTestOneInput(bytes);
            }
        }
    }

    /** Keeps the process from ending. */
    public static final class Lingering {
        private Lingering() {}

        public static void fuzzerTestOneInput(byte[] bytes) {
            Quick.fuzzerTestOneInput(bytes);
        }

        public static void fuzzerTearDown() throws InterruptedException {
            Thread.currentThread().join();
        }
    }

    @Test
    void shouldCountTheTimeFromTheFirstInputWhenTheStartIsSlow() throws IOException {
        // The start alone takes longer than the time and the end together.
        FuzzLimits limits = new FuzzLimits(USUAL.start(), Duration.ofSeconds(10), 20, USUAL.residentMb());
        assertOutcome(FuzzOutcome.NOTHING_FOUND, SlowToBegin.class, limits);
    }

    @Test
    void shouldBlameNoInputWhenTheStartTakesTooLong() throws IOException {
        FuzzLimits limits = new FuzzLimits(Duration.ofMillis(500), USUAL.end(), 20, USUAL.residentMb());
        assertOutcome(FuzzOutcome.NOT_BEGUN, Quick.class, limits);
        assertEquals(List.of(), findings(FuzzOutcome.NOT_BEGUN, Quick.class));
    }

    @Test
    void shouldShowTheThreadsAndBlameNoInputWhenTheFuzzerDoesNotEnd() throws IOException {
        FuzzLimits limits = new FuzzLimits(USUAL.start(), Duration.ofSeconds(5), 20, USUAL.residentMb());
        assertOutcome(FuzzOutcome.NOT_ENDED, Lingering.class, limits);
        assertTrue(
                said.stream().anyMatch(line -> line.contains("Lingering.fuzzerTearDown")),
                () -> String.join("\n", said));
        assertEquals(List.of(), findings(FuzzOutcome.NOT_ENDED, Lingering.class));
    }

    @Test
    void shouldNameTheInputWhenItDoesNotEnd() throws IOException {
        assertOutcome(
                FuzzOutcome.TOO_SLOW, Endless.class, new FuzzLimits(USUAL.start(), USUAL.end(), 1, USUAL.residentMb()));
        assertTrue(
                findings(FuzzOutcome.TOO_SLOW, Endless.class).stream().anyMatch(name -> name.startsWith("timeout-")));
    }

    @Test
    void shouldSayThatMemoryLacksWhenTheProcessIsTooLarge() throws IOException {
        FuzzLimits limits = new FuzzLimits(USUAL.start(), USUAL.end(), 20, 1);
        assertOutcome(FuzzOutcome.TOO_LARGE, Quick.class, limits);
    }

    private void assertOutcome(FuzzOutcome expected, Class<?> type, FuzzLimits limits) throws IOException {
        assertEquals(
                expected,
                new Fuzzer(Path.of(".."), limits).run(target(expected, type), TIME, said::add),
                () -> String.join("\n", said));
    }

    private static FuzzTarget target(FuzzOutcome expected, Class<?> type) {
        return new FuzzTarget(expected.name(), type.getName(), 64, List.of(), root -> List.of());
    }

    private static List<String> findings(FuzzOutcome expected, Class<?> type) throws IOException {
        try (Stream<Path> files = Files.list(new Fuzzer(Path.of(".."), USUAL).findings(target(expected, type)))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
