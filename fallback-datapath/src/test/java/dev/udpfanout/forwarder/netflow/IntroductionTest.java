package dev.udpfanout.forwarder.netflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who joins is told all, however little at a time, and never what no longer holds. */
@Tag("unit")
class IntroductionTest {
    private final Map<String, List<String>> known = new HashMap<>(Map.of(
            "one", List.of("1a", "1b"),
            "two", List.of("2a"),
            "none", List.of()));
    private final List<String> sent = new ArrayList<>();

    private boolean tell(Introduction<String, String, Integer> introduction, int most) {
        return tell(introduction, most, Long.MAX_VALUE);
    }

    private boolean tell(Introduction<String, String, Integer> introduction, int most, long forNs) {
        return introduction.tell(
                exporter -> known.getOrDefault(exporter, List.of()),
                (message, receiver) -> sent.add(message + " to " + receiver),
                most,
                System.nanoTime() + Math.min(forNs, 1L << 40));
    }

    private static Introduction<String, String, Integer> introduction(Integer... receivers) {
        return new Introduction<>(List.of("one", "none", "two"), List.of(receivers));
    }

    @Test
    void shouldTellAllAtOnceWhenThereIsTime() {
        assertTrue(tell(introduction(7, 8), Integer.MAX_VALUE));
        assertEquals(List.of("1a to 7", "1a to 8", "1b to 7", "1b to 8", "2a to 7", "2a to 8"), sent);
    }

    @Test
    void shouldSendNothingWhenTheTimeIsUpAndGoOnLater() {
        Introduction<String, String, Integer> introduction = introduction(7);
        assertFalse(tell(introduction, Integer.MAX_VALUE, 0));
        assertEquals(List.of(), sent);
        assertTrue(tell(introduction, Integer.MAX_VALUE));
        assertEquals(List.of("1a to 7", "1b to 7", "2a to 7"), sent);
    }

    @Test
    void shouldTellTheSameInBatchesOfAnySize() {
        tell(introduction(7, 8, 9), Integer.MAX_VALUE);
        List<String> atOnce = List.copyOf(sent);
        for (int batch = 1; batch < atOnce.size(); batch++) {
            sent.clear();
            Introduction<String, String, Integer> introduction = introduction(7, 8, 9);
            while (!tell(introduction, batch)) {
                assertTrue(sent.size() % batch == 0, "a batch is as large as it may be");
            }
            assertEquals(atOnce, sent);
        }
    }

    @Test
    void shouldTellWhatHoldsWhenItIsAnExportersTurn() {
        Introduction<String, String, Integer> introduction = introduction(7, 8);
        assertFalse(tell(introduction, 1));
        known.put("one", List.of("1c"));
        known.put("two", List.of("2c"));
        assertTrue(tell(introduction, Integer.MAX_VALUE));
        assertEquals(List.of("1a to 7", "1c to 8", "2c to 7", "2c to 8"), sent);
    }

    @Test
    void shouldTellNothingOfAnExporterThatIsForgottenMeanwhile() {
        Introduction<String, String, Integer> introduction = introduction(7);
        assertFalse(tell(introduction, 1));
        known.clear();
        assertTrue(tell(introduction, Integer.MAX_VALUE));
        assertEquals(List.of("1a to 7"), sent);
    }

    @Test
    void shouldAskForNobodyWhenThereIsNoReceiver() {
        assertTrue(tell(introduction(), 1));
        assertEquals(List.of(), sent);
    }
}
