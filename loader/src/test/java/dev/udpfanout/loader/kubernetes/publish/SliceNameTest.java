package dev.udpfanout.loader.kubernetes.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class SliceNameTest {
    @Test
    void shouldBeReadableWhenItFits() {
        assertEquals("syslog-udp-fanout-node-a-5514-ipv4", of("syslog", "node-a"));
        assertEquals("syslog-udp-fanout-node-a", SliceName.ofEarlierVersions("syslog", "node-a"));
    }

    private static String of(String service, String nodeName) {
        return SliceName.of(service, nodeName, 5514, AddressType.IPV4);
    }

    @Test
    void shouldDifferWhenTheListenersDoAlsoIfThatIsCutOff() {
        for (String node : List.of("a", "ip-10-0-0-1.a-rather-long-region-name.compute.internal.example")) {
            Set<String> names = new HashSet<>();
            for (AddressType type : AddressType.values()) {
                names.add(SliceName.of("syslog", node, 5514, type));
                names.add(SliceName.of("syslog", node, 5515, type));
            }
            names.add(SliceName.ofEarlierVersions("syslog", node));

            assertEquals(5, names.size(), names::toString);
        }
    }

    @Test
    void shouldDifferWhenTheNodesDifferOnlyInWhatIsCutOff() {
        String node = "ip-10-0-0-1.a-rather-long-region-name.compute.internal.example";

        assertNotEquals(of("syslog", node + ".org"), of("syslog", node + ".net"));
        assertNotEquals(of("syslog", "a.b"), of("syslog", "a-b"));
    }

    @Property
    @net.jqwik.api.Tag("unit")
    void shouldAlwaysBeADnsLabel(
            @ForAll @AlphaChars @NumericChars @Chars({'.', '-'}) @StringLength(min = 1, max = 253) String node,
            @ForAll @StringLength(min = 1, max = 63) @Chars({'a', 'b', '-'}) String service,
            @ForAll @IntRange(min = 1, max = 65_535) int port,
            @ForAll AddressType type) {
        String name = SliceName.of("s" + service, node, port, type);

        assertTrue(name.matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"), name);
    }
}
