package dev.udpfanout.loader.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ConfigProblem;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What bad input gets: every problem at once, each with file, line and path. */
@Tag("unit")
class ConfigProblemsTest {
    static final String GOOD = """
            listeners:
              - name: syslog
                bind: "10.255.0.1:5514"
                interface: dummy0
                mode: tc_ebpf
                downstream:
                  - { name: pod-1, address: "10.42.0.11:40514" }
            health:  { enabled: true, interval_secs: 5, timeout_secs: 2, protocol: icmp }
            metrics: { enabled: true, bind: "0.0.0.0:9090", path: /metrics }
            """;

    static final ConfigReader READER = new ConfigReader(name -> name.equals("eth0"));

    static List<String> problems(String yaml) {
        InvalidConfigException refused =
                assertThrows(InvalidConfigException.class, () -> READER.parse(yaml, "config.yaml"));
        return refused.problems().stream().map(ConfigProblem::toString).toList();
    }

    static void assertProblem(String expected, String yaml) {
        assertEquals(List.of(expected), problems(yaml));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            publish: { service: *svc }  | .publish.service: *svc
            allow: [ 10.0.0.0/8, *svc ] | .allow[1]: *svc
            <<: *svc                    | .<<: *svc
            """)
    void shouldRefuseAliasesRatherThanTakeThemForTexts(String withAlias, String problem) {
        assertProblem(
                "config.yaml:5: listeners[0]" + problem + ": aliases are not supported; write the value out",
                GOOD.replace("name: syslog", "name: &svc syslog").replace("mode: tc_ebpf", withAlias));
    }

    @Test
    void shouldSayOfAMergeKeyAloneThatItIsOne() {
        assertProblem(
                "config.yaml:5: listeners[0].<<: merge keys are not supported; write the keys out",
                GOOD.replace("mode: tc_ebpf", "<<: { mode: tc_ebpf }").replace("    interface: eth0\n", ""));
    }

    @Test
    void shouldReadWhatTheIssueShows() throws InvalidConfigException {
        Config config = READER.parse(GOOD, "config.yaml");
        ListenerConfig listener = config.listeners().getFirst();
        assertEquals("syslog", listener.name());
        assertEquals("/10.255.0.1:5514", listener.bind().toString());
        assertEquals("pod-1", listener.receivers().downstream().getFirst().name());
        assertEquals(
                40514, listener.receivers().downstream().getFirst().address().getPort());
        assertEquals(Duration.ofSeconds(5), config.health().interval());
        assertEquals("/metrics", config.metrics().path());
    }

    @Test
    void shouldNameLineAndPathWhenPortIsOutOfRange() {
        assertProblem("config.yaml:3: listeners[0].bind: port 70000 is not in 1..65535", GOOD.replace("5514", "70000"));
        assertProblem("config.yaml:3: listeners[0].bind: port 0 is not in 1..65535", GOOD.replace("5514", "0"));
    }

    @Test
    void shouldNameTheKeyWhenItIsUnknown() {
        assertTrue(problems(GOOD.replace("mode:", "mod:"))
                .getFirst()
                .startsWith("config.yaml:5: listeners[0].mod: unknown key; known here: "));
        assertTrue(problems(GOOD + "healt: 1\n").getFirst().startsWith("config.yaml:10: healt: unknown key"));
    }

    @Test
    void shouldNameTheTypeWhenItIsWrong() {
        assertProblem(
                "config.yaml:8: health.enabled: expected true or false, found \"maybe\"",
                GOOD.replace("health:  { enabled: true", "health:  { enabled: maybe"));
        assertProblem(
                "config.yaml:8: health.interval_secs: expected a whole number, found \"soon\"",
                GOOD.replace("interval_secs: 5", "interval_secs: soon"));
        assertProblem(
                "config.yaml:6: listeners[0].downstream: expected a list, found \"none\"",
                GOOD.substring(0, GOOD.indexOf("    downstream")) + "    downstream: none\n");
        assertProblem("config.yaml:1: expected a mapping, found a list", "- 1\n- 2\n");
    }

    @Test
    void shouldRefuseWhenListenersShareAnAddressAndPort() {
        String second = """
                  - bind: "10.255.0.1:5514"
                    interface: dummy0
                    downstream: [ { address: "10.42.0.12:40514" } ]
                """;
        String yaml = GOOD.replace("health:", second.indent(0).replaceAll("(?m)^(?=  )", "") + "health:");
        assertEquals(
                List.of("config.yaml:8: listeners[1].bind: 10.255.0.1:5514 is taken by the listener on line 2"),
                problems(yaml));
    }

    @Test
    void shouldRefuseWhenThereIsNothingToListenOnOrToSendTo() {
        assertTrue(problems("listeners: []\n").getFirst().contains("listeners: at least one listener is needed"));
        assertTrue(problems(GOOD.substring(0, GOOD.indexOf("      - {")) + "      []\n")
                .getFirst()
                .startsWith("config.yaml:6: listeners[0]"));
        assertTrue(problems("").getFirst().startsWith("config.yaml:1: the file is empty"));
        assertTrue(problems("# only a comment\n").getFirst().startsWith("config.yaml:1: the file is empty"));
    }

    @Test
    void shouldRefuseWhenTheInterfaceIsMissing() {
        assertProblem(
                "config.yaml:4: listeners[0].interface: this node has no interface \"eth7\" (the daemon creates"
                        + " dummy interfaces only)",
                GOOD.replace("dummy0", "eth7"));
    }

    @Test
    void shouldRefuseWhenThereAreMoreThanTheLimits() {
        String listeners = IntStream.range(0, 257)
                .mapToObj(i -> "  - { bind: \"10.0.0.1:" + (1000 + i)
                        + "\", interface: eth0, downstream: [ { address: \"10.42.0.1:1\" } ] }\n")
                .collect(Collectors.joining("", "listeners:\n", ""));
        assertProblem("config.yaml:1: listeners: 257 listeners; at most 256 are possible", listeners);
        String endpoints = IntStream.range(0, 65_537)
                .mapToObj(i -> "{ address: \"10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255) + ":1\" }")
                .collect(Collectors.joining(", ", "    downstream: [ ", " ]\n"));
        assertProblem(
                "config.yaml:6: listeners[0].downstream: 65537 receivers; at most 65536 are possible",
                GOOD.substring(0, GOOD.indexOf("    downstream")) + endpoints);
    }

    @Test
    void shouldRefuseALoopWhenAnEndpointIsAListener() {
        assertEquals(
                1, problems(GOOD.replace("10.42.0.11:40514", "10.255.0.1:5514")).size());
    }

    @Test
    void shouldReportAllProblemsAtOnceInTheOrderOfTheFile() {
        List<String> problems = problems(GOOD.replace("5514", "70000")
                .replace("tc_ebpf", "warp")
                .replace("10.42.0.11", "10.42.0.311")
                .replace("/metrics", "metrics"));
        assertEquals(4, problems.size(), problems::toString);
        assertTrue(problems.get(0).startsWith("config.yaml:3: listeners[0].bind"));
        assertTrue(problems.get(1).startsWith("config.yaml:5: listeners[0].mode: \"warp\" is not one of: "));
        assertTrue(problems.get(2).startsWith("config.yaml:7: listeners[0].downstream[0].address"));
        assertTrue(problems.get(3).startsWith("config.yaml:9: metrics.path"));
    }

    @Test
    void shouldSayWhereWhenTheTextIsNoYaml() {
        assertTrue(problems("listeners: [\n").getFirst().matches("config.yaml:\\d+: not valid YAML: .*"));
        assertTrue(problems("a: 1\na: 2\n").stream()
                .anyMatch(problem -> problem.startsWith("config.yaml:2: a: given twice")));
    }

    @Test
    void shouldSayWhyWhenTheFileCannotBeRead(@TempDir Path directory) throws IOException {
        Path missing = directory.resolve("missing.yaml");
        assertEquals(missing + ": there is no such file", refusal(missing));
        assertTrue(refusal(directory).startsWith(directory + ": cannot be read: "));
        Path binary = Files.write(directory.resolve("binary.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertEquals(binary + ": the file is not UTF-8 text", refusal(binary));
    }

    private static String refusal(Path file) {
        return assertThrows(InvalidConfigException.class, () -> READER.read(file))
                .getMessage();
    }

    /** Whatever is in the file: a configuration or problems, never another exception. */
    @Property
    void shouldNeverFailOtherwiseWhenTheTextIsMutated(@ForAll Random random) {
        StringBuilder yaml = new StringBuilder(GOOD);
        for (int edits = random.nextInt(1, 6); edits > 0; edits--) {
            int at = random.nextInt(yaml.length());
            switch (random.nextInt(3)) {
                case 0 -> yaml.deleteCharAt(at);
                case 1 -> yaml.insert(at, "{}[]:,\"'#&*!|>%@-?\n\t 0x".charAt(random.nextInt(23)));
                default -> yaml.setCharAt(at, (char) random.nextInt(1, 0x3000));
            }
        }
        try {
            assertTrue(!READER.parse(yaml.toString(), "config.yaml").listeners().isEmpty());
        } catch (InvalidConfigException e) {
            assertTrue(e.problems().stream().allMatch(problem -> problem.line() > 0), e::getMessage);
        }
    }
}
