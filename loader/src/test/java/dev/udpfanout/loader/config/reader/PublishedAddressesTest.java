package dev.udpfanout.loader.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Prefix;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class PublishedAddressesTest {
    private static ListenerConfig only(String bind, String interfaceName, String addresses)
            throws InvalidConfigException {
        return new ConfigReader(name -> true)
                .parse(
                        """
                        listeners:
                          - bind: "%s"
                            interface: %s
                            publish: { service: syslog%s }
                            downstream: [ { address: "%s" } ]
                        """.formatted(
                                        bind,
                                        interfaceName,
                                        addresses,
                                        bind.startsWith("[") ? "[fd00:1::9]:5514" : "10.0.0.9:5514"),
                        "c.yaml")
                .listeners()
                .getFirst();
    }

    private static String range(String bind, String interfaceName, String addresses) throws InvalidConfigException {
        return only(bind, interfaceName, addresses)
                .range()
                .map(Prefix::toString)
                .orElse("bind");
    }

    @Test
    void shouldPublishFromARangeOfTheListenersFamilyWhenNothingIsSaid() throws InvalidConfigException {
        assertEquals("10.255.0.0/16", range("10.255.0.1:5514", "dummy0", ""));
        assertEquals("fd00:10:255::/64", range("[fd00:10:255::1]:5514", "dummy0", ""));
    }

    @Test
    void shouldPublishTheListenersAddressWhereThatIsAskedForOrIsANodesOwn() throws InvalidConfigException {
        assertEquals("bind", range("10.255.0.1:5514", "dummy0", ", addresses: bind"));
        assertEquals("bind", range("192.168.1.5:5514", "eth0", ""));
        assertEquals("bind", range("vip:5514", "eth0", ""));
    }

    @Test
    void shouldReadARange() throws InvalidConfigException {
        assertEquals("172.31.8.0/29", range("10.255.0.1:5514", "dummy0", ", addresses: 172.31.8.0/29"));
    }

    @ParameterizedTest
    @CsvSource({
        "'fd00::/64', 'fd00::/64 is of the other address family than bind, 10.255.0.1'",
        "'10.255.0.0/31', '10.255.0.0/31 is no range of addresses for nodes: its length is not in 8..30'",
        "'10.255.0.0/4', '\"10.255.0.0/4\" has bits set behind the prefix; write 0.0.0.0/4, or the address without / for itself alone'",
        "'169.254.0.0/16', '169.254.0.0/16 has no addresses that Kubernetes takes as endpoints; use a range of private addresses that nothing in the cluster has'",
        "'each', '\"each\" is not an IPv4 address (names are not resolved)'"
    })
    void shouldRefuseWhatIsNoRangeForNodes(String text, String problem) {
        InvalidConfigException refused = assertThrows(
                InvalidConfigException.class, () -> only("10.255.0.1:5514", "dummy0", ", addresses: \"" + text + "\""));

        assertEquals(
                "c.yaml:4: listeners[0].publish.addresses: " + problem,
                refused.problems().getFirst().toString());
    }

    @Test
    void shouldRefuseARangeForANic() {
        InvalidConfigException refused = assertThrows(
                InvalidConfigException.class, () -> only("192.168.1.5:5514", "eth0", ", addresses: 10.255.0.0/16"));

        assertTrue(
                refused.problems()
                        .getFirst()
                        .toString()
                        .startsWith("c.yaml:4: listeners[0].publish.addresses: is for a"),
                refused::toString);
    }

    @Test
    void shouldTakeEveryAddressOfTheRangeAtThePort() throws InvalidConfigException {
        ListenerConfig listener = only("10.255.0.1:5514", "dummy0", "");

        assertTrue(listener.takes(new InetSocketAddress("10.255.200.7", 5514)));
        assertFalse(listener.takes(new InetSocketAddress("10.255.200.7", 5515)));
        assertFalse(listener.takes(new InetSocketAddress("10.254.200.7", 5514)));
    }

    @ParameterizedTest
    @CsvSource({
        "10.255.0.0, 16, 10.255.255.255, true",
        "10.255.0.0, 16, 10.254.255.255, false",
        "10.255.8.8, 29, 10.255.8.15, true",
        "10.255.8.8, 29, 10.255.8.16, false",
        "10.255.8.8, 29, ::ffff:1:2, false",
        "fd00:10:255::, 60, fd00:10:255:f::1, true",
        "fd00:10:255::, 60, fd00:10:255:10::1, false",
        "0.0.0.0, 0, 10.0.0.1, true",
        "10.0.0.1, 32, 10.0.0.1, true",
        "10.0.0.1, 32, 10.0.0.0, false"
    })
    void shouldKnowWhatLiesInAPrefix(String network, int bits, String address, boolean expected)
            throws UnknownHostException {
        Prefix prefix = new Prefix(InetAddress.getByName(network), bits);

        assertEquals(expected, prefix.contains(InetAddress.getByName(address)));
        assertEquals(expected, prefix.overlaps(Prefix.of(InetAddress.getByName(address))));
        assertEquals(expected, Prefix.of(InetAddress.getByName(address)).overlaps(prefix));
    }

    @Test
    void shouldBeFoundByConfigurationsThatShareAddresses() throws InvalidConfigException {
        ListenerConfig one = only("10.255.0.1:5514", "dummy0", "");
        ListenerConfig other = only("10.255.9.9:5515", "dummy0", ", addresses: bind");

        assertTrue(one.sharesAddresses(other));
        assertFalse(only("10.255.0.1:5514", "dummy0", ", addresses: bind").sharesAddresses(other));
        assertEquals(Optional.empty(), other.range());
    }
}
