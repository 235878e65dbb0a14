package dev.udpfanout.loader.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.config.ConfigProblem;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** IPv6 addresses in the configuration, and what of them is refused. */
@Tag("unit")
class Ipv6ConfigTest {
    private static final String GOOD = """
            listeners:
              - bind: "[2001:db8::1]:5514"
                interface: eth0
                downstream:
                  - { address: "[2001:db8:42::11]:40514" }
            """;

    private static final ConfigReader READER = new ConfigReader(name -> true);

    private static List<String> problems(String yaml) {
        InvalidConfigException refused =
                assertThrows(InvalidConfigException.class, () -> READER.parse(yaml, "config.yaml"));
        return refused.problems().stream().map(ConfigProblem::toString).toList();
    }

    @Test
    void shouldReadAddressesInBracketsWhenTheyAreIpv6() throws InvalidConfigException {
        ListenerConfig listener = READER.parse(GOOD, "config.yaml").listeners().getFirst();
        assertEquals(InetAddress.ofLiteral("2001:db8::1"), listener.bind().getAddress());
        assertEquals(5514, listener.bind().getPort());
        assertEquals(
                "[2001:db8:42::11]:40514",
                listener.receivers().downstream().getFirst().name());
    }

    @Test
    void shouldTakeTheWildcardOfEachFamilyWhenBothAreThere() throws InvalidConfigException {
        String both = GOOD.replace("2001:db8::1", "::") + """
                  - bind: "0.0.0.0:5514"
                    interface: eth0
                    downstream: [ { address: "10.42.0.11:40514" } ]
                """;
        List<ListenerConfig> listeners = READER.parse(both, "config.yaml").listeners();
        assertTrue(listeners.getFirst().isWildcard());
        assertTrue(listeners.getLast().isWildcard());
    }

    @Test
    void shouldNameTheLineWhenAReceiverIsOfTheOtherFamily() {
        assertEquals(
                List.of("config.yaml:5: listeners[0].downstream[0].address: 10.42.0.11:40514 is IPv4, "
                        + "and the listener is IPv6"),
                problems(GOOD.replace("[2001:db8:42::11]", "10.42.0.11")));
        assertEquals(
                List.of("config.yaml:5: listeners[0].downstream[0].address: [2001:db8:42::11]:40514 is IPv6, "
                        + "and the listener is IPv4"),
                problems(GOOD.replace("[2001:db8::1]", "192.0.2.1")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2001:db8::1:5514 | not an IPv4 address; an IPv6 address goes into brackets",
                "[2001:db8::1%eth0]:5514 | is not an IPv6 address (no names, no zones)",
                "[2001:db8:::1]:5514 | is not an IPv6 address",
                "[1:2:3:4:5:6:7:8:9]:5514 | is not an IPv6 address",
                "[]:5514 | is not an IPv6 address",
                "[::ffff:192.0.2.1]:5514 | is an IPv4 address in IPv6's form; write 192.0.2.1",
                "[fe80::1]:5514 | fe80::1 is not a unicast address that the network can reach",
                "[ff02::1]:5514 | ff02::1 is not a unicast address that the network can reach",
                "[::1]:5514 | ::1 is not a unicast address that the network can reach",
                "[2001:db8::1]:0 | port 0 is not in 1..65535",
                "[2001:db8::1] | is not"
            })
    void shouldSayWhyWhenTheBindIsRefused(String bind, String why) {
        String problem = problems(GOOD.replace("[2001:db8::1]:5514", bind)).getFirst();
        assertTrue(problem.startsWith("config.yaml:2: listeners[0].bind: "), problem);
        assertTrue(problem.contains(why), problem);
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8:0:0:0:0:0:1, 2001:db8::1",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "2001:db8:0:1:0:0:0:1, 2001:db8:0:1::1",
        "2001:0:1:2:3:4:5:6, 2001:0:1:2:3:4:5:6",
        "fe80:0:0:1:0:0:1:0, fe80::1:0:0:1:0",
        "10.0.0.1, 10.0.0.1"
    })
    void shouldShortenAddressesAsRfc5952DoesWhenTheyAreWritten(String address, String text) {
        assertEquals(text, AddressText.of(InetAddress.ofLiteral(address)));
    }
}
