package dev.udpfanout.loader.config.reader;

import static dev.udpfanout.loader.config.reader.ConfigProblemsTest.GOOD;
import static dev.udpfanout.loader.config.reader.ConfigProblemsTest.problems;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code payload: netflow}, and what does not go together with it. */
@Tag("unit")
class NetflowConfigTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            policy: hash      | so policy: hash does not work with it; remove one of the two
            policy: replicate | so policy: replicate does not work with it; remove one of the two
            policy: weighted  | so policy: weighted does not work with it; remove one of the two
            replies: true     | netflow does not work with replies, since no collector answers; remove replies
            hook: egress      | netflow needs hook: ingress
            mirror: { downstream: [{ address: "10.42.0.12:40514" }] } | netflow does not work with mirror
            source: node      | netflow needs source: client
            io: nio           | netflow does not work with io: nio
            """)
    void shouldRefuseWhatDoesNotGoTogetherWithNetflow(String other, String problem) {
        String yaml = GOOD.replace("mode: tc_ebpf", "payload: netflow\n    " + other);
        assertTrue(
                problems(yaml).stream()
                        .anyMatch(each ->
                                each.contains("config.yaml:5: listeners[0].payload: ") && each.contains(problem)),
                () -> problems(yaml).toString());
    }

    @Test
    void shouldRefuseMoreReceiversThanThereAreCopies() {
        String receivers = IntStream.rangeClosed(1, 65)
                .mapToObj(i -> "\n      - { address: \"10.42.1." + i + ":40514\" }")
                .collect(Collectors.joining());
        String yaml = GOOD.replace("mode: tc_ebpf", "payload: netflow")
                .replaceAll("\n      - \\{ name: pod-1[^\n]*", receivers);
        assertTrue(
                problems(yaml).stream()
                        .anyMatch(each ->
                                each.endsWith("netflow copies templates to at most 64 receivers, and there are 65")),
                () -> problems(yaml).toString());
    }
}
