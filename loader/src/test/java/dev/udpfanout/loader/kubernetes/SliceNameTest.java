package dev.udpfanout.loader.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class SliceNameTest {
    @Test
    void shouldBeReadableWhenItFits() {
        assertEquals("syslog-udp-fanout-node-a", SliceName.of("syslog", "node-a"));
    }

    @Test
    void shouldDifferWhenTheNodesDifferOnlyInWhatIsCutOff() {
        String node = "ip-10-0-0-1.a-rather-long-region-name.compute.internal.example";

        assertNotEquals(SliceName.of("syslog", node + ".org"), SliceName.of("syslog", node + ".net"));
        assertNotEquals(SliceName.of("syslog", "a.b"), SliceName.of("syslog", "a-b"));
    }

    @Property
    @net.jqwik.api.Tag("unit")
    void shouldAlwaysBeADnsLabel(
            @ForAll @AlphaChars @NumericChars @Chars({'.', '-'}) @StringLength(min = 1, max = 253) String node,
            @ForAll @StringLength(min = 1, max = 63) @Chars({'a', 'b', '-'}) String service) {
        String name = SliceName.of("s" + service, node);

        assertTrue(name.matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"), name);
    }
}
