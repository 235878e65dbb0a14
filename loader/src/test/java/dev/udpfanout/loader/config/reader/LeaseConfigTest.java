package dev.udpfanout.loader.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ConfigProblem;
import dev.udpfanout.loader.config.InvalidConfigException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code lease_secs}: of Services, and of listeners. */
@Tag("unit")
class LeaseConfigTest {
    private static Config read(String listener, String services) throws InvalidConfigException {
        return new ConfigReader(name -> true).parse("""
                listeners:
                  - { bind: "192.0.2.1:514", downstream: [ { address: "10.42.0.11:514" } ], %s }
                services: { vip_interfaces: [eth0], pod_interfaces: [cni0]%s }
                """.formatted(listener, services), "c.yaml");
    }

    @Test
    void shouldBeTenMinutesForServicesAndNoneForListenersUnlessGiven() throws InvalidConfigException {
        Config defaults = read("interface: eth0", "");
        assertEquals(Duration.ofMinutes(10), defaults.services().orElseThrow().lease());
        assertEquals(
                Duration.ZERO, defaults.listeners().getFirst().interception().lease());

        Config given = read("interface: eth0, lease_secs: 15", ", lease_secs: 0");
        assertEquals(Duration.ZERO, given.services().orElseThrow().lease());
        assertEquals(
                Duration.ofSeconds(15),
                given.listeners().getFirst().interception().lease());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            interface: eth0, lease_secs: 14      | ''                    | c.yaml:2: listeners[0].lease_secs: 14 s is too short, because the daemon renews a lease every 5 s; write 0 for no end, or 15 to 2592000
            interface: dummy0, lease_secs: 600   | ''                    | c.yaml:2: listeners[0].lease_secs: works on a NIC only: nobody else serves what is routed to a dummy interface; remove the key
            interface: eth0                      | , lease_secs: 1       | c.yaml:3: services.lease_secs: 1 s is too short, because the daemon renews a lease every 5 s; write 0 for no end, or 15 to 2592000
            interface: eth0                      | , lease_secs: 2592001 | c.yaml:3: services.lease_secs: 2592001 is not in 0..2592000
            """)
    void shouldRefuseWhatRunsOutWhileTheDaemonLives(String listener, String services, String problem) {
        List<String> problems =
                assertThrows(InvalidConfigException.class, () -> read(listener, services)).problems().stream()
                        .map(ConfigProblem::toString)
                        .toList();
        assertEquals(List.of(problem), problems);
    }
}
