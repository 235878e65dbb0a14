package dev.udpfanout.loader.kubernetes.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.Prefix;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class AddressSequenceTest {
    private static final Prefix DEFAULT = new Prefix(address("10.255.0.0"), 16);
    private static final InetAddress BIND = address("10.255.0.1");
    private static final int NODES = 5_000;

    private static InetAddress address(String text) {
        return InetAddress.ofLiteral(text);
    }

    private static AddressSequence of(Prefix range, String node) {
        return new AddressSequence(range, Set.of(BIND), node);
    }

    @Test
    void shouldGiveANodeTheSameAddressAlways() {
        Optional<InetAddress> first = of(DEFAULT, "node-1").first(Set.of());

        assertEquals(first, of(DEFAULT, "node-1").first(Set.of()));
        assertTrue(DEFAULT.contains(first.orElseThrow()));
        assertNotEquals(first, of(DEFAULT, "node-2").first(Set.of()));
    }

    @ParameterizedTest
    @CsvSource({"10.255.0.0, 16", "fd00:10:255::, 64", "10.240.0.0, 12"})
    void shouldGiveEachOfManyNodesAnAddressOfItsOwn(String network, int bits) {
        Prefix range = new Prefix(address(network), bits);
        Set<InetAddress> taken = new HashSet<>();
        for (int node = 0; node < NODES; node++) {
            InetAddress mine = of(range, "node-" + node).first(taken).orElseThrow();
            assertTrue(range.contains(mine));
            assertTrue(taken.add(mine), mine::toString);
        }
    }

    /** A /29 has eight addresses: without network, broadcast and bind, five. */
    @Test
    void shouldUseAllOfASmallRangeAndNoMore() {
        Prefix small = new Prefix(address("10.255.0.0"), 29);
        Set<InetAddress> taken = new HashSet<>();
        for (int node = 0; node < 5; node++) {
            taken.add(of(small, "node-" + node).first(taken).orElseThrow());
        }

        assertEquals(
                Set.of(
                        address("10.255.0.2"),
                        address("10.255.0.3"),
                        address("10.255.0.4"),
                        address("10.255.0.5"),
                        address("10.255.0.6")),
                taken);
        assertEquals(Optional.empty(), of(small, "node-6").first(taken));
    }

    @ParameterizedTest
    @CsvSource({
        "10.255.77.3, true",
        "10.255.0.1, false",
        "10.255.0.0, false",
        "10.255.255.255, false",
        "10.255.9.255, false",
        "10.255.9.0, false",
        "10.254.77.3, false",
        "fd00::1, false"
    })
    void shouldLeaveOutWhatIsBoundAndWhatLooksLikeANetworkOrABroadcastAddress(String text, boolean expected) {
        assertEquals(expected, of(DEFAULT, "node-1").has(address(text)));
    }

    @Test
    void shouldFindTheLastFreeAddressOfARange() {
        Prefix range = new Prefix(address("10.255.0.0"), 24);
        Set<InetAddress> taken = new HashSet<>();
        for (int host = 2; host < 255; host++) {
            taken.add(address("10.255.0." + host));
        }
        taken.remove(address("10.255.0.200"));

        assertEquals(Optional.of(address("10.255.0.200")), of(range, "node-1").first(taken));
        assertFalse(taken.contains(BIND));
    }
}
