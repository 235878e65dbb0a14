package dev.udpfanout.loader.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.udpfanout.loader.config.ConfigProblem;
import dev.udpfanout.loader.config.InvalidConfigException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class InterfacesConfigTest {
    private static final String LISTENER = """
            listeners:
              - bind: "0.0.0.0:5514"
                downstream: [ { address: "10.42.0.11:40514" } ]
            """;
    private static final ConfigReader READER =
            new ConfigReader(name -> name.startsWith("eth") || name.equals("bond0.100"));

    private static List<String> interfaces(String more) throws InvalidConfigException {
        return READER.parse(LISTENER + more.indent(4), "c.yaml")
                .listeners()
                .getFirst()
                .interfaces();
    }

    private static List<String> problems(String yaml) {
        return assertThrows(InvalidConfigException.class, () -> READER.parse(yaml, "c.yaml")).problems().stream()
                .map(ConfigProblem::toString)
                .toList();
    }

    private static List<String> problemsOf(String more) {
        return problems(LISTENER + more.indent(4));
    }

    private static String names(int count) {
        return IntStream.range(0, count).mapToObj(n -> "eth" + n).collect(Collectors.joining(", ", "[", "]"));
    }

    @Test
    void shouldStandOnOneInterfaceOrOnSeveral() throws InvalidConfigException {
        assertEquals(List.of("eth0"), interfaces("interface: eth0"));
        assertEquals(List.of("eth1"), interfaces("interfaces: [eth1]"));
        assertEquals(List.of("eth1", "eth0", "bond0.100"), interfaces("interfaces: [eth1, eth0, bond0.100]"));
        assertEquals(16, interfaces("interfaces: " + names(16)).size());
        assertEquals(
                List.of("dummy3"),
                READER.parse(LISTENER.replace("0.0.0.0", "10.255.0.1") + "    interfaces: [dummy3]\n", "c.yaml")
                        .listeners()
                        .getFirst()
                        .interfaces());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            interfaces: [eth0, eth1, eth0] | interfaces[2]: "eth0" is there already
            interfaces: [eth0, wlan0]      | interfaces[1]: this node has no interface "wlan0" (the daemon creates dummy interfaces only)
            interfaces: [eth0, a/b]        | interfaces[1]: "a/b" is not an interface name: 1 to 15 bytes without space, / or :
            interfaces: [eth0, []]         | interfaces[1]: expected text, found a list
            interfaces: eth0               | interfaces: expected a list, found "eth0"
            interfaces: []                 | interfaces: at least one interface is needed
            interface: [eth0]              | interface: expected text, found a list
            """)
    void shouldSayWhatIsWrongWithAnInterface(String line, String problem) {
        assertEquals(List.of("c.yaml:4: listeners[0]." + problem), problemsOf(line));
    }

    @Test
    void shouldRefuseOneAndSeveralTogether() {
        assertEquals(
                List.of("c.yaml:5: listeners[0].interfaces: interface is given too; list all interfaces here"),
                problemsOf("interface: eth0\ninterfaces: [eth1]"));
    }

    @Test
    void shouldRefuseMoreThanFit() {
        assertEquals(
                List.of("c.yaml:4: listeners[0].interfaces: 17 interfaces; at most 16 are possible"),
                problemsOf("interfaces: " + names(17)));
    }

    @Test
    void shouldRefuseADummyInterfaceAmongOthers() {
        assertEquals(
                List.of(
                        "c.yaml:4: listeners[0].interfaces: \"dummy0\" is a dummy interface, and a dummy interface must stand"
                                + " alone: everything for its address is routed to it"),
                problemsOf("interfaces: [eth0, dummy0]"));
    }

    @Test
    void shouldSayThatItIsMissingWhenThereIsNone() {
        assertEquals(List.of("c.yaml:2: listeners[0].interface: is missing"), problems(LISTENER));
    }

    @Test
    void shouldTellADifferenceOfTheAttachmentOnceHoweverManyInterfacesAreShared() {
        String two = LISTENER + """
                    interfaces: [eth0, eth1]
                    attach: tcx
                  - bind: "0.0.0.0:5515"
                    downstream: [ { address: "10.42.0.11:40515" } ]
                    interfaces: [eth2, eth1, eth0]
                    attach: clsact
                """;
        assertEquals(
                List.of(
                        "c.yaml:9: listeners[1].attach: differs from the listener on line 2, which shares the interface"),
                problems(two));
    }
}
