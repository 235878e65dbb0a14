package dev.udpfanout.lab.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class OptionsTest {
    @Test
    void shouldRunAllWhenListsAreEmpty() {
        assertTrue(Options.parse("--networks", "", "--ways", "").isWhole());
    }

    @Test
    void shouldRunThoseThatAreNamedWhenListsAreNot() {
        Options options = Options.parse("--networks", "vxlan,flat", "--ways", "nic");

        assertEquals(
                List.of("flat", "vxlan"),
                options.networks().stream().map(Network::name).toList());
        assertEquals(List.of(Way.NIC), options.ways());
        assertFalse(options.isWhole());
    }

    @Test
    void shouldSayWhatThereIsWhenANameIsUnknown() {
        IllegalArgumentException problem =
                assertThrows(IllegalArgumentException.class, () -> Options.parse("--networks", "moon"));

        assertTrue(problem.getMessage().startsWith("--networks: there is no moon among flat, "), problem.getMessage());
    }

    @Test
    void shouldRefuseWhenAnArgumentIsNotUnderstood() {
        assertThrows(IllegalArgumentException.class, () -> Options.parse("--network", "flat"));
        assertThrows(IllegalArgumentException.class, () -> Options.parse("--networks"));
    }
}
