package dev.udpfanout.loader.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ConfigProblem;
import dev.udpfanout.loader.config.InvalidConfigException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node keeps one EndpointSlice for each port and family of a Service, so two listeners cannot share one. */
@Tag("unit")
class PublicationConflictTest {
    private static String listener(String bind, String publish) {
        return """
                  - bind: "%s"
                    interface: %s
                    publish: { %s }
                    downstream: [ { address: "%s:5514" } ]
                """.formatted(
                        bind,
                        bind.startsWith("vip") ? "eth0" : "dummy0",
                        publish,
                        bind.startsWith("[") ? "[fd00:1::9]" : "10.0.0.9");
    }

    private static Config read(String... listeners) throws InvalidConfigException {
        return new ConfigReader(name -> true, "mine").parse("listeners:\n" + String.join("", listeners), "c.yaml");
    }

    private static List<String> problems(String... listeners) {
        return assertThrows(InvalidConfigException.class, () -> read(listeners)).problems().stream()
                .map(ConfigProblem::toString)
                .toList();
    }

    @Test
    void shouldReadListenersOfOneServiceThatDifferInPortOrFamily() throws InvalidConfigException {
        Config config = read(
                listener("10.255.0.1:5514", "service: syslog"),
                listener("10.255.0.1:5515", "service: syslog"),
                listener("[fd00::1]:5514", "service: syslog"),
                listener("10.255.0.2:5514", "service: other, addresses: 10.254.0.0/16")
                        .replace("dummy0", "dummy1"),
                listener("10.255.0.3:5514", "service: syslog, namespace: theirs, addresses: bind"));

        assertEquals(5, config.listeners().size());
    }

    @Test
    void shouldRefuseTwoListenersForOnePortAndFamilyAlsoWhenOneLeavesTheNamespaceOut() {
        assertEquals(
                List.of("c.yaml:8: listeners[1].publish: IPv4 port 5514 of syslog is published by the listener on"
                        + " line 2; give one of the two another port or Service"),
                problems(
                        listener("10.255.0.1:5514", "service: syslog"),
                        listener("10.255.0.2:5514", "service: syslog, namespace: mine, addresses: bind")));
    }

    @Test
    void shouldRefuseAPortOfOneVipTwiceAlsoWhenOneLeavesTheNamespaceOut() {
        assertEquals(
                List.of("c.yaml:6: listeners[1].bind: port 5514 of the VIP of syslog is taken by the listener on"
                        + " line 2"),
                problems(
                        listener("vip:5514", "service: syslog"),
                        listener("vip:5514", "service: syslog, namespace: mine")));
    }

    /**
     * The kernel program has one range for a port of an interface: the second would have taken the first one's place.
     */
    @ParameterizedTest
    @ValueSource(strings = {"10.255.8.0/24", "10.254.0.0/16"})
    void shouldRefuseTwoRangesOnOnePortOfAnInterface(String range) {
        assertEquals(
                List.of(
                        "c.yaml:8: listeners[1].publish: addresses: the listener on line 2 has a range on the same port; use"
                                + " another port, another dummy interface with another range, or addresses: bind"),
                problems(
                        listener("10.255.0.1:5514", "service: syslog"),
                        listener("10.255.0.2:5514", "service: other, addresses: " + range)));
    }

    @Test
    void shouldRefuseTwoRangesOnOnePortWhenUserSpaceServesOne() {
        assertEquals(
                List.of(
                        "c.yaml:9: listeners[1].publish: addresses: the listener on line 2 has a range on the same port; use"
                                + " another port, or addresses: bind"),
                problems(
                        listener("10.255.0.1:5514", "service: syslog"),
                        listener("10.254.0.2:5514", "service: other, addresses: 10.254.0.0/16")
                                .replace("dummy0", "dummy1\n    mode: userspace")));
    }

    @Test
    void shouldRefuseARangeOnTwoInterfaces() {
        assertEquals(
                List.of(
                        "c.yaml:8: listeners[1].publish: addresses: 10.255.0.0/16 overlaps 10.255.0.0/16 of the listener on"
                                + " line 2, which has another interface; give one of the two another range, or addresses: bind"),
                problems(
                        listener("10.255.0.1:5514", "service: syslog"),
                        listener("10.255.0.2:5515", "service: other").replace("dummy0", "dummy1")));
    }
}
