package dev.udpfanout.loader.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ConfigProblem;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.Policy;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ReplicationConfigTest {
    private static Config read(int receivers, String more) throws InvalidConfigException {
        String downstream = IntStream.range(0, receivers)
                .mapToObj(i -> "{ address: \"10.42.0." + (i + 1) + ":514\" }")
                .collect(Collectors.joining(", "));
        return new ConfigReader(name -> true).parse("""
                listeners:
                  - bind: "10.255.0.1:5514"
                    interface: dummy0
                    policy: replicate
                %s    downstream: [ %s ]
                """.formatted(more.indent(4), downstream), "c.yaml");
    }

    private static List<String> problems(int receivers, String more) {
        return assertThrows(InvalidConfigException.class, () -> read(receivers, more)).problems().stream()
                .map(ConfigProblem::toString)
                .toList();
    }

    @Test
    void shouldTakeAsManyReceiversAsThereAreCopies() throws InvalidConfigException {
        assertEquals(
                Policy.REPLICATE,
                read(64, "").listeners().getFirst().receivers().policy());
        assertEquals(
                List.of("c.yaml:4: listeners[0].policy: replicate makes at most 64 copies, and there are 65 receivers"),
                problems(65, ""));
    }

    @Test
    void shouldRefuseWhereCopiesCannotBeMade() {
        assertEquals(
                List.of("c.yaml:4: listeners[0].policy: replicate needs hook: ingress: copies go back"
                        + " in at ingress, where hook: egress has no program"),
                problems(2, "hook: egress"));
    }
}
