package dev.udpfanout.lab.cluster.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.cluster.scenario.Row.Promise;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class RowTest {
    private static Row row(long sent, long lostAlone, long lostFanOut, long duplicates, Promise promise) {
        return new Row("kill", "client -> VIP", sent, lostAlone, lostFanOut, duplicates, promise);
    }

    @Test
    void shouldNotBeKeptWhenNothingMayBeLostAndOneIs() {
        assertTrue(row(100, 50, 0, 0, new Promise.NothingLost()).kept());
        assertFalse(row(100, 50, 1, 0, new Promise.NothingLost()).kept());
    }

    @Test
    void shouldNotBeKeptWhenMoreIsLostThanByKubeProxyAndTheTolerance() {
        assertTrue(row(100, 5, 15, 0, new Promise.NotWorse(10)).kept());
        assertFalse(row(100, 5, 16, 0, new Promise.NotWorse(10)).kept());
    }

    @Test
    void shouldNotBeKeptWhenNothingWasSentOrSomethingCameTwice() {
        assertFalse(row(0, 0, 0, 0, new Promise.NothingLost()).kept());
        assertFalse(row(100, 0, 0, 1, new Promise.NothingLost()).kept());
    }

    @Test
    void shouldSayFailInTheTableWhenAPromiseIsNotKept() {
        Row kept = row(1_000, 3, 0, 0, new Promise.NothingLost());
        Row broken = row(1_000, 3, 40, 2, new Promise.NotWorse(0));

        String[] lines = LossTable.render("title", List.of(kept, broken)).split("\n");

        assertEquals("title", lines[0]);
        assertTrue(lines[2].matches("kill +client -> VIP +1,000 +3 +0 0 +ok"), lines[2]);
        assertTrue(lines[3].matches("kill +client -> VIP +1,000 +3 +40 not worse +FAIL, 2 duplicates"), lines[3]);
    }
}
