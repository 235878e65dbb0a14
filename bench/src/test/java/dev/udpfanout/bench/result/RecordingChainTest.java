package dev.udpfanout.bench.result;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bench.contestant.Contestant;
import dev.udpfanout.bench.latency.LatencyRecording;
import dev.udpfanout.bench.latency.Series;
import dev.udpfanout.bench.report.Report;
import dev.udpfanout.bench.statistics.Judgement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Known distributions go in at one end, as send and receive times; the files at the other end must say what they were.
 */
@Tag("unit")
class RecordingChainTest {
    @TempDir
    private Path directory;

    @Test
    void shouldGiveKnownDistributionsBackWhenReadFromTheReport() throws IOException {
        Report.write(ResultsFixture.complete(), directory);
        Results results = Report.read(directory.resolve("results.json"));
        assertEquals(ResultsFixture.complete(), results);
        for (Results.Latency latency : results.latency()) {
            boolean polling = latency.series().equals("polling");
            double base = 7
                    + 0.4
                            * Contestant.valueOf(latency.contestant().toUpperCase(java.util.Locale.ROOT))
                                    .ordinal();
            double least = polling ? base : 2 * base;
            double spread = polling ? 1 : 4;
            assertNear(least + spread / 2, latency.p50().median(), spread);
            assertNear(least + 0.99 * spread, latency.p99().median(), spread);
            assertTrue(latency.p50().low() <= latency.p50().high());
            latency.curve()
                    .forEach((percentile, micros) -> assertNear(least + percentile / 100 * spread, micros, spread));
            assertEquals(ResultsFixture.ROUNDS, latency.lost(), "one a round");
        }
    }

    @Test
    void shouldNameAFileThatIsNotThereOrIsOfAnOlderBench() throws IOException {
        Path none = directory.resolve("none.json");
        IOException absent = assertThrows(IOException.class, () -> Report.read(none));
        assertTrue(absent.getMessage().contains(none.toString()), absent.getMessage());
        Report.write(ResultsFixture.complete(), directory);
        String now = Files.readString(directory.resolve("results.json"));
        Path older = Files.writeString(directory.resolve("older.json"), now.replace("\"workers\"", "\"others\""));
        IOException unlike = assertThrows(IOException.class, () -> Report.read(older));
        assertTrue(
                unlike.getMessage().startsWith(older + " is not a results.json of this version"), unlike.getMessage());
    }

    /** Within what 2,000 values and three digits allow. */
    private static void assertNear(double expected, double actual, double spread) {
        assertEquals(expected, actual, 0.04 * spread + expected / 500);
    }

    @Test
    void shouldCountAStallForEveryDatagramThatItHeldUp() {
        LatencyRecording recording = new LatencyRecording();
        // One a millisecond; the sender stands still from the 50th to the 100th, then sends all of them at once.
        for (long i = 0; i < 1000; i++) {
            long intendedNs = i * 1_000_000;
            long sentNs = i >= 50 && i < 100 ? 100_000_000 : intendedNs;
            recording.record(intendedNs, sentNs + 10_000);
        }
        assertEquals(10, recording.microseconds(94), 0.1);
        assertEquals(50_000, recording.microseconds(100), 100);
        assertTrue(recording.microseconds(97) > 15_000, "of 50 held up, 30 waited longer than 20 ms");
    }

    @Test
    void shouldCompareRoundByRound() {
        Map<String, Results.Target> targets = ResultsFixture.complete().targets().stream()
                .collect(Collectors.toMap(Results.Target::what, Function.identity()));
        Results.Target ingress = targets.get("dummy0 ingress over NIC ingress, p50 one way");
        double apart = 0.4 * (Contestant.DUMMY_INGRESS.ordinal() - Contestant.NIC_INGRESS.ordinal());
        assertEquals(apart, ingress.measured().median(), 0.05);
        assertEquals(Judgement.MET, ingress.judgement());
        assertEquals(
                Judgement.MET,
                targets.get("the program alone, IPv4, 1 sender, over the floor").judgement());
        Results.Target senders = targets.get("the same, 1,000 senders over 1");
        assertEquals(1.5, senders.measured().median(), 1e-9);
        assertEquals(Judgement.MISSED, senders.judgement());
        Results.Target rate = targets.get("NIC ingress over nftables stateless, delivered a second");
        assertEquals(
                (200.0 - Contestant.NIC_INGRESS.ordinal()) / (200 - Contestant.NFTABLES.ordinal()),
                rate.measured().median(),
                1e-9);
        assertEquals(Judgement.MISSED, rate.judgement());
    }

    @Test
    void shouldKeepTheSeriesApart() {
        Results.Latency polling = ResultsFixture.evenlySpread(Contestant.DIRECT, Series.POLLING, 1000, 5_000, 100);
        assertEquals("polling", polling.series());
        assertEquals(5.05, polling.p50().median(), 0.02);
    }
}
