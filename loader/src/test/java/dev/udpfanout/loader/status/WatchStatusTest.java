package dev.udpfanout.loader.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The watches of listeners and those of annotated Services are one to who looks at the metrics. */
@Tag("unit")
class WatchStatusTest {
    @Test
    void shouldTakeTheWorseOfBothAndAddUpWhatIsCounted() {
        WatchStatus ofListeners = new WatchStatus(
                true, true, 5, 1, 2, Map.of("bad_port", 3L), Optional.empty(), Optional.of(Duration.ofSeconds(9)));
        WatchStatus ofServices = new WatchStatus(
                false,
                true,
                7,
                4,
                6,
                Map.of("bad_port", 1L),
                Optional.of("no API server"),
                Optional.of(Duration.ofSeconds(3)));

        assertEquals(
                new WatchStatus(
                        false,
                        true,
                        12,
                        5,
                        8,
                        Map.of("bad_port", 4L),
                        Optional.of("no API server"),
                        Optional.of(Duration.ofSeconds(3))),
                ofListeners.and(ofServices));
    }
}
