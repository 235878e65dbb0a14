package dev.udpfanout.lab.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ResultTableTest {
    private final List<String> lines = ResultTable.render(
                    List.of(PhaseFixture.spread(30_000, 0, 30_000), PhaseFixture.spread(30_000, 14_999, 15_000)), 2)
            .lines()
            .toList();

    @Test
    void shouldShowAShareOfEachPodInEachPhase() {
        assertEquals(row("pod1 received", "0    0.00 %", "14,999   50.00 %"), line("pod1"));
        assertEquals(row("pod2 received", "30,000  100.00 %", "15,000   50.00 %"), line("pod2"));
    }

    @Test
    void shouldShowWhatWasLost() {
        assertEquals(row("lost", "0", "1"), line("lost"));
    }

    @Test
    void shouldSayWhetherTheSpreadIsEven() {
        assertEquals(row("even spread", "no, differ by 30,000", "yes, differ by 1"), line("even spread"));
    }

    @Test
    void shouldFitATerminal() {
        assertTrue(lines.stream().allMatch(line -> line.length() <= 80), lines.toString());
    }

    private String line(String label) {
        return lines.stream()
                .filter(line -> line.strip().startsWith(label))
                .findFirst()
                .orElseThrow();
    }

    private static String row(String label, String first, String second) {
        return "  %-22s%24s%24s".formatted(label, first, second);
    }
}
