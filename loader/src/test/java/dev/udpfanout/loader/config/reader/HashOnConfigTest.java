package dev.udpfanout.loader.config.reader;

import static dev.udpfanout.loader.config.reader.ConfigProblemsTest.GOOD;
import static dev.udpfanout.loader.config.reader.ConfigProblemsTest.READER;
import static dev.udpfanout.loader.config.reader.ConfigProblemsTest.assertProblem;
import static dev.udpfanout.loader.config.reader.ConfigProblemsTest.problems;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.Payload;
import dev.udpfanout.loader.config.PayloadKey;
import dev.udpfanout.loader.config.PayloadKey.Match;
import dev.udpfanout.loader.config.PayloadKey.Named;
import dev.udpfanout.loader.config.PayloadKey.Otherwise;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys in the payload. */
@Tag("unit")
class HashOnConfigTest {
    private static String hashed(String hashOn) {
        return GOOD.replace("mode: tc_ebpf", "policy: hash\n    hash_on: " + hashOn);
    }

    private static PayloadKey key(String hashOn) throws InvalidConfigException {
        return READER.parse(hashed(hashOn), "config.yaml")
                .listeners()
                .getFirst()
                .receivers()
                .spreading()
                .key()
                .orElseThrow();
    }

    @Test
    void shouldReadAllOfAKeyAndTheDefaultsOfWhatIsNotThere() throws InvalidConfigException {
        assertEquals(
                new PayloadKey(2, 8, Optional.of(new Match(1, 0xabcdefL << 40, 3)), true, Otherwise.SOURCE),
                key("{ payload: { offset: 2, length: 8, when: { offset: 1, equals: \"0xAbcDef\" }, with_source: true,"
                        + " else: source } }"));
        assertEquals(
                new PayloadKey(0, 16, Optional.empty(), false, Otherwise.ROUND_ROBIN),
                key("{ payload: { length: 16 } }"));
    }

    @Test
    void shouldReadEightBytesWhoseFirstBitIsSet() throws InvalidConfigException {
        assertEquals(
                Optional.of(new Match(0, 0xffeeddccbbaa9988L, 8)),
                key("{ payload: { length: 1, when: { equals: \"0xffeeddccbbaa9988\" } } }")
                        .when());
    }

    @ParameterizedTest
    @EnumSource(Named.class)
    void shouldTakeANameForItsKey(Named named) throws InvalidConfigException {
        assertEquals(named.key(), key(named.text()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { payload: { offset: 4 } }            | .payload.length: is missing; say how many bytes decide, 1 to 16
            { payload: { length: 17 } }           | .payload.length: 17 is not in 1..16
            { payload: { length: 0 } }            | .payload.length: 0 is not in 1..16
            { payload: { length: 1, offset: -1 } }| .payload.offset: -1 is not in 0..65534
            { payload: { length: 1, else: drop } }| .payload.else: "drop" is not one of: round_robin, source
            { payload: { length: 1, mask: 1 } }   | .payload.mask: unknown key; known here: else, length, offset, when, \
            with_source
            { payload: 4 }                        | .payload: expected a mapping, found 4
            { offset: 4 }                         | .payload: is missing; say which bytes decide, for example \
            { offset: 4, length: 4 }
            { payload: { length: 1, when: { offset: 1 } } }   | .payload.when.equals: is missing
            { payload: { length: 1, when: { equals: "1e" } } }| .payload.when.equals: "1e" is not 1 to 8 bytes in \
            hexadecimal; write for example "0x1e0f", in quotes
            """)
    void shouldRefuseKeysThatAreNone(String hashOn, String problem) {
        assertEquals(
                "config.yaml:6: listeners[0].hash_on" + problem,
                problems(hashed(hashOn)).getFirst());
    }

    @Test
    void shouldRefuseAKeyThatWouldDecideNothing() {
        assertProblem(
                "config.yaml:6: listeners[0].hash_on: does not work with replies, which keep what a client's socket sends"
                        + " at one receiver; remove one of the two",
                hashed("gelf\n    replies: true"));
        assertProblem(
                "config.yaml:5: listeners[0].hash_on: works with policy: hash only; remove it, or set policy: hash",
                GOOD.replace("mode: tc_ebpf", "hash_on: gelf"));
    }

    @Test
    void shouldRefuseWhatDoesNotGoTogetherWithTheNamesOfMetrics() throws InvalidConfigException {
        String statsd = GOOD.replace("mode: tc_ebpf", "policy: hash\n    payload: statsd");
        assertEquals(
                Payload.STATSD,
                READER.parse(statsd, "config.yaml").listeners().getFirst().payload());
        assertProblem(
                "config.yaml:5: listeners[0].payload: statsd sends each metric where its name leads, so policy:"
                        + " round_robin does not work with it; set policy: hash",
                GOOD.replace("mode: tc_ebpf", "payload: statsd"));
        assertProblem(
                "config.yaml:7: listeners[0].hash_on: payload: statsd decides by the name of the metric; remove one of"
                        + " the two",
                statsd.replace("payload: statsd", "payload: statsd\n    hash_on: source"));
        assertProblem(
                "config.yaml:6: listeners[0].payload: statsd does not work with replies, which keep what a client's"
                        + " socket sends at one receiver; remove one of the two",
                statsd.replace("payload: statsd", "payload: statsd\n    replies: true"));
    }
}
