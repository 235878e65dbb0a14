package dev.udpfanout.loader.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ConfigProblem;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** docs/configuration.md has the keys that the readers know, and no others. */
@Tag("unit")
class ConfigurationDocumentTest {
    private static final Path DOCUMENT = ConfigurationDocument.FILE;
    private static final ConfigReader READER = new ConfigReader(name -> true);
    private static final Pattern EXAMPLE = Pattern.compile("(?s)```yaml\n(.*?)```");

    /** One unknown key in each section. */
    private static final String UNKNOWN_EVERYWHERE = """
            unknown: 1
            listeners:
              - unknown: 1
                bind: "10.255.0.1:5514"
                interface: dummy0
                downstream:
                  - { unknown: 1, address: "10.42.0.11:5514" }
                kubernetes: { unknown: 1, service: a, port: 1 }
                publish: { unknown: 1, service: a }
                rate_limit: { unknown: 1, packets_per_second: 1 }
                mirror: { unknown: 1, downstream: [ { address: "10.42.0.12:5514" } ] }
            services: { unknown: 1, vip_interfaces: [eth0], pod_interfaces: [cni0] }
            flows: { unknown: 1 }
            netflow: { unknown: 1 }
            health: { unknown: 1 }
            metrics: { unknown: 1 }
            """;

    private static Map<String, Set<String>> keysOfTheReaders() {
        InvalidConfigException refused =
                assertThrows(InvalidConfigException.class, () -> READER.parse(UNKNOWN_EVERYWHERE, "config.yaml"));
        String known = "unknown key; known here: ";
        Map<String, Set<String>> keys = new TreeMap<>();
        for (ConfigProblem problem : refused.problems()) {
            if (problem.message().startsWith(known)) {
                String section = problem.path().replaceAll("\\.?unknown$", "").replaceAll("\\[\\d+]", "[]");
                keys.put(
                        section.isEmpty() ? "Top level" : section,
                        Arrays.stream(problem.message()
                                        .substring(known.length())
                                        .split(", "))
                                .collect(Collectors.toCollection(TreeSet::new)));
            }
        }
        return keys;
    }

    private static Map<String, Set<String>> keysOfTheDocument() throws IOException {
        Map<String, Set<String>> keys = new TreeMap<>();
        ConfigurationDocument.rows().forEach((section, rows) -> keys.put(section, rows.keySet()));
        return keys;
    }

    @Test
    void shouldHaveEveryKeyThatTheReadersKnow() throws IOException {
        assertEquals(keysOfTheReaders(), keysOfTheDocument());
    }

    @Test
    void shouldHaveAnExampleThatIsValidAndGivesTheDefaults() throws Exception {
        Matcher example = EXAMPLE.matcher(Files.readString(DOCUMENT));
        assertTrue(example.find());

        Config config = READER.parse(example.group(1), "example");

        Config defaults = READER.parse("""
                listeners:
                  - name: syslog
                    bind: "10.255.0.1:5514"
                    interface: dummy0
                    kubernetes: { namespace: logging, service: syslog-receivers, port: syslog }
                    publish: { namespace: logging, service: syslog }
                """, "defaults");
        assertEquals(defaults.listeners().getFirst(), config.listeners().getFirst());
        assertEquals(defaults.flows(), config.flows());
        assertEquals(defaults.health(), config.health());
        assertEquals(defaults.metrics(), config.metrics());
        assertEquals(defaults.shutdown(), config.shutdown());
    }

    /** A policy is named in the table of its key, and the page about choosing one says what it is good for. */
    @Test
    void shouldExplainEveryPolicy() throws IOException {
        List<String> policies = Arrays.stream(Policy.values())
                .map(policy -> policy.name().toLowerCase(Locale.ROOT))
                .toList();
        String values = policies.stream().map(policy -> "`" + policy + "`").collect(Collectors.joining(", "));
        assertTrue(Files.readString(DOCUMENT).contains("| `policy` | " + values + " |"), values);
        String choosing = Files.readString(DOCUMENT.resolveSibling("spreading.md"));
        policies.forEach(policy -> assertTrue(choosing.contains("`policy: " + policy + "`"), policy));
    }
}
