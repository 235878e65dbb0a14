package dev.udpfanout.loader.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.loader.trace.rules.RuleRemoval;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words are those of {@link dev.udpfanout.loader.trace.rules.RuleCounters} and of LegacyCounters. */
@Tag("unit")
class RuleRemovalTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "rule 12 of chain inet own forward (+2) | nft delete rule inet own forward handle 12"
                        + " | nft --handle list chain inet own forward",
                "rule 2 of chain ip6tables-legacy raw PREROUTING (+2) | ip6tables-legacy -t raw -D PREROUTING 2"
                        + " | ip6tables-legacy -t raw -vnL PREROUTING --line-numbers",
                "rule 3 of chain bridge own out (it drops, and counts nothing, hook output)"
                        + " | nft delete rule bridge own out handle 3 | nft --handle list chain bridge own out",
                "chain netdev own in (policy drop, hook ingress) | none | nft --handle list chain netdev own in"
            })
    void shouldGiveTheCommandThatTakesTheRuleAwayAndTheOneThatShowsIt(String suspect, String removal, String look) {
        assertEquals(removal, RuleRemoval.of(suspect).orElse(null));
        assertEquals(look, RuleRemoval.look(suspect));
    }
}
