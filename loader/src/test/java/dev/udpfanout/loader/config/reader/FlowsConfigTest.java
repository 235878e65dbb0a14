package dev.udpfanout.loader.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ConfigProblem;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.config.InvalidConfigException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class FlowsConfigTest {
    private static Config read(String listener, String flows) throws InvalidConfigException {
        return new ConfigReader(name -> true).parse("""
                listeners:
                  - bind: "10.255.0.1:53"
                    interface: dummy0
                    downstream: [ { address: "10.42.0.11:53" } ]
                %sflows: %s
                """.formatted(listener.indent(4), flows), "c.yaml");
    }

    private static List<String> problems(String listener, String flows) {
        return assertThrows(InvalidConfigException.class, () -> read(listener, flows)).problems().stream()
                .map(ConfigProblem::toString)
                .toList();
    }

    @Test
    void shouldTakeWhatIsGivenAndElseTheDefaults() throws InvalidConfigException {
        Config plain = read("", "{}");
        assertFalse(plain.listeners().getFirst().replies());
        assertEquals(new FlowsConfig(65_536, Duration.ofSeconds(120)), plain.flows());

        Config given = read("replies: true", "{ max: 1024, idle_timeout_secs: 7 }");
        assertTrue(given.listeners().getFirst().replies());
        assertEquals(new FlowsConfig(1024, Duration.ofSeconds(7)), given.flows());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { max: 1023 }               | flows.max: 1023 is not in 1024..1048576
            { max: 1048577 }            | flows.max: 1048577 is not in 1024..1048576
            { max: many }               | flows.max: expected a whole number, found "many"
            { idle_timeout_secs: 0 }    | flows.idle_timeout_secs: 0 is not in 1..3600
            { idle_timeout_secs: 3601 } | flows.idle_timeout_secs: 3601 is not in 1..3600
            { most: 1 }                 | flows.most: unknown key; known here: idle_timeout_secs, max
            12                          | flows: expected a mapping, found 12
            """)
    void shouldRefuseWhatIsNoBound(String flows, String problem) {
        assertEquals(List.of("c.yaml:5: " + problem), problems("", flows));
    }

    @Test
    void shouldRefuseAnswersWhereTheyCannotBe() {
        assertEquals(
                List.of("c.yaml:5: listeners[0].replies: replies does not work with policy: replicate,"
                        + " because a client takes one answer; use another policy, or remove replies"),
                problems("replies: true\npolicy: replicate", "{}"));
        assertEquals(
                List.of("c.yaml:5: listeners[0].replies: expected true or false, found \"often\""),
                problems("replies: often", "{}"));
    }
}
