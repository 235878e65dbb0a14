package dev.udpfanout.loader.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ConfigProblem;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.NetflowConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The section {@code netflow}: how much is remembered of exporters, how long, and where. */
@Tag("unit")
class NetflowMemoryConfigTest {
    private static Config read(String netflow) throws InvalidConfigException {
        return new ConfigReader(name -> true).parse("""
                listeners:
                  - bind: "10.255.0.1:2055"
                    interface: dummy0
                    payload: netflow
                    downstream: [ { address: "10.42.0.11:2055" } ]
                netflow: %s
                """.formatted(netflow), "c.yaml");
    }

    @Test
    void shouldTakeWhatIsGivenAndElseTheDefaults() throws InvalidConfigException {
        assertEquals(
                new NetflowConfig(
                        65_536, Duration.ofMinutes(30), Optional.of(Path.of("/run/udp-fanout")), Duration.ofMinutes(1)),
                read("{}").netflow());
        assertEquals(
                new NetflowConfig(
                        100, Duration.ofSeconds(600), Optional.of(Path.of("/var/lib/flows")), Duration.ofSeconds(5)),
                read("{ max_templates: 100, lifetime_secs: 600, directory: /var/lib/flows, retell_secs: 5 }")
                        .netflow());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { max_templates: 0 }       | netflow.max_templates: 0 is not in 1..1048576
            { max_templates: 1048577 } | netflow.max_templates: 1048577 is not in 1..1048576
            { lifetime_secs: 9 }       | netflow.lifetime_secs: 9 is not in 10..86400
            { lifetime_secs: 86401 }   | netflow.lifetime_secs: 86401 is not in 10..86400
            { retell_secs: 86401 }     | netflow.retell_secs: 86401 is not in 0..86400
            { directory: run/flows }   | netflow.directory: "run/flows" is not an absolute path
            { max: 1 }                 | netflow.max: unknown key; known here: directory, lifetime_secs, max_templates, retell_secs
            """)
    void shouldRefuseWhatIsNoBoundAndNoPlace(String netflow, String problem) {
        List<String> problems = assertThrows(InvalidConfigException.class, () -> read(netflow)).problems().stream()
                .map(ConfigProblem::toString)
                .toList();
        assertEquals(List.of("c.yaml:6: " + problem), problems);
    }
}
