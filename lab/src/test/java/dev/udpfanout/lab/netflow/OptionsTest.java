package dev.udpfanout.lab.netflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class OptionsTest {
    private static List<String> trials(String words) {
        return Options.parse("--trials", words).trials().stream()
                .map(Trial::text)
                .toList();
    }

    @Test
    void shouldRunAllWhenNoTrialIsNamed() {
        assertTrue(Options.parse("--trials", "").isWhole());
    }

    @Test
    void shouldRunThoseThatHaveAllWordsWhenSomeAreNamed() {
        assertEquals(
                List.of(
                        "exporters, kernel, IPv6, nic",
                        "killed, kernel, IPv4, dummy0",
                        "killed, kernel, IPv6, vip-direct"),
                trials("exporters kernel IPv6 nic,killed kernel"));
    }

    @Test
    void shouldSaySoWhenNoTrialHasTheWords() {
        assertThrows(IllegalArgumentException.class, () -> Options.parse("--trials", "killed nobody"));
        assertThrows(IllegalArgumentException.class, () -> Options.parse("--trials"));
        assertThrows(IllegalArgumentException.class, () -> Options.parse("--other", "x"));
    }
}
