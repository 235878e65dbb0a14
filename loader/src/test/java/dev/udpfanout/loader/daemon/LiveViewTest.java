package dev.udpfanout.loader.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.loader.status.ConfigStatus;
import dev.udpfanout.loader.status.Readiness;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class LiveViewTest {
    private final AtomicLong clockNanos = new AtomicLong(Long.MAX_VALUE - 10);
    private final LiveView view = new LiveView("test", clockNanos::get);

    @Test
    void shouldMeasureByTheSteadyClockBeforeTheFirstTurn() {
        assertEquals(Duration.ZERO, view.sinceLastTurn());
        clockNanos.addAndGet(100);
        assertEquals(Duration.ofNanos(100), view.sinceLastTurn());
    }

    @Test
    void shouldMeasureFromTheLastTurnWhenThereWasOne() {
        long turnedNanos = clockNanos.addAndGet(100);
        view.turned(new LiveView.Turn(
                turnedNanos,
                null,
                new ConfigStatus("", true, Instant.EPOCH, 0, 0, List.of()),
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                Readiness.READY,
                Optional.empty(),
                new RecordingDatapath(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
        clockNanos.addAndGet(7);
        assertEquals(Duration.ofNanos(7), view.sinceLastTurn());
    }
}
