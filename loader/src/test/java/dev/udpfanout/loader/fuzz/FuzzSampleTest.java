package dev.udpfanout.loader.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The first seconds of {@code make fuzz}. */
@Tag("unit")
class FuzzSampleTest {
    private static final Duration TIME = Duration.ofSeconds(4);

    private final Fuzzer fuzzer = new Fuzzer(Path.of(".."), FuzzLimits.USUAL);
    private final List<String> said = Collections.synchronizedList(new ArrayList<>());

    static List<FuzzTarget> targets() {
        return FuzzTarget.ALL;
    }

    @ParameterizedTest
    @MethodSource("targets")
    void shouldFindNothingWhenATargetIsFuzzedForSomeSeconds(FuzzTarget target) throws IOException {
        assertEquals(FuzzOutcome.NOTHING_FOUND, fuzzer.run(target, TIME, said::add), () -> String.join("\n", said));
    }

    /** Throws for an input that only a fuzzer which sees branches comes upon. */
    public static final class Faulty {
        private Faulty() {}

        public static void fuzzerTestOneInput(byte[] bytes) {
            if (bytes.length > 2 && bytes[0] == 'u' && bytes[1] == 'd' && bytes[2] == 'p') {
                throw new IllegalStateException("found");
            }
        }
    }

    @Test
    void shouldFindAFaultWhenThereIsOne() throws IOException {
        FuzzTarget faulty = new FuzzTarget("faulty", Faulty.class.getName(), 64, List.of(), root -> List.of());
        assertEquals(
                FuzzOutcome.THROWN,
                fuzzer.run(faulty, Duration.ofSeconds(30), said::add),
                () -> String.join("\n", said));
    }
}
