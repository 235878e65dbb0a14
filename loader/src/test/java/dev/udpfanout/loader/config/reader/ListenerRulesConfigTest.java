package dev.udpfanout.loader.config.reader;

import static dev.udpfanout.loader.config.reader.ConfigProblemsTest.GOOD;
import static dev.udpfanout.loader.config.reader.ConfigProblemsTest.READER;
import static dev.udpfanout.loader.config.reader.ConfigProblemsTest.assertProblem;
import static dev.udpfanout.loader.config.reader.ConfigProblemsTest.problems;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Policy;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.config.RateLimit;
import dev.udpfanout.loader.config.ReceiverSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights, hashes, rate limits and allowed sources of a listener. */
@Tag("unit")
class ListenerRulesConfigTest {
    @Test
    void shouldReadWeightsWhenThePolicyGoesByThem() throws InvalidConfigException {
        String weighted = GOOD.replace("mode: tc_ebpf", "policy: weighted")
                .replace("40514\" }", "40514\", weight: 7 }\n      - { address: \"10.42.0.12:40514\" }");
        ListenerConfig listener =
                READER.parse(weighted, "config.yaml").listeners().getFirst();
        assertEquals(Policy.WEIGHTED, listener.receivers().policy());
        assertEquals(
                List.of(7, 1),
                listener.receivers().downstream().stream()
                        .map(ReceiverSet.Downstream::weight)
                        .toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { packets_per_second: 0 }             | .packets_per_second: 0 is not in 1..100000000
            { packets_per_second: 100000001 }     | .packets_per_second: 100000001 is not in 1..100000000
            { packets_per_second: many }          | .packets_per_second: expected a whole number, found "many"
            { packets_per_second: 9, burst: 0 }   | .burst: 0 is not in 1..100000000
            { burst: 9 }                          | .packets_per_second: is missing; set how many packets a second are forwarded
            { packets_per_second: 9, bytes: 1 }   | .bytes: unknown key; known here: burst, packets_per_second
            1000                                  | : expected a mapping, found 1000
            """)
    void shouldRefuseRateLimitsThatAreNone(String limit, String problem) {
        assertEquals(
                "config.yaml:5: listeners[0].rate_limit" + problem,
                problems(GOOD.replace("mode: tc_ebpf", "rate_limit: " + limit)).getFirst());
    }

    @Test
    void shouldTakeASecondsWorthAsBurstWhenNoneIsGiven() throws InvalidConfigException {
        String limited = GOOD.replace("mode: tc_ebpf", "rate_limit: { packets_per_second: 700 }");
        assertEquals(
                new RateLimit(700, 700),
                READER.parse(limited, "config.yaml")
                        .listeners()
                        .getFirst()
                        .admission()
                        .rateLimit()
                        .orElseThrow());
    }

    @Test
    void shouldReadWhatToHashWhenThePolicyIsToHash() throws InvalidConfigException {
        for (ReceiverSet.HashOn on : ReceiverSet.HashOn.values()) {
            String hashed = "policy: hash\n    hash_on: " + on.name().toLowerCase(Locale.ROOT);
            ListenerConfig listener = READER.parse(GOOD.replace("mode: tc_ebpf", hashed), "config.yaml")
                    .listeners()
                    .getFirst();
            assertEquals(Policy.HASH, listener.receivers().policy());
            assertEquals(on, listener.receivers().spreading().hashOn());
        }
    }

    @Test
    void shouldRefuseToHashWhatCannotBeOrForNoReason() {
        assertProblem(
                "config.yaml:5: listeners[0].hash_on: works with policy: hash only; remove it, or set policy: hash",
                GOOD.replace("mode: tc_ebpf", "hash_on: source"));
        assertProblem(
                "config.yaml:6: listeners[0].hash_on: \"payload\" is not one of: source, source_port, gelf, gtpu, rtp, vxlan,"
                        + " radius; or give a mapping with payload",
                GOOD.replace("mode: tc_ebpf", "policy: hash\n    hash_on: payload"));
        assertProblem(
                "config.yaml:7: listeners[0].downstream[0].weight: works with policy: weighted only, but for 0,"
                        + " which drains the receiver; remove it, or set policy: weighted",
                GOOD.replace("mode: tc_ebpf", "policy: hash").replace("40514\" }", "40514\", weight: 2 }"));
    }

    @Test
    void shouldReadPrefixesWhenSourcesAreGiven() throws InvalidConfigException {
        String allowing = GOOD.replace("mode: tc_ebpf", "allow: [10.0.0.0/8, 192.0.2.7, 0.0.0.0/0, 192.168.2.128/25]");
        assertEquals(
                List.of("10.0.0.0/8", "192.0.2.7/32", "0.0.0.0/0", "192.168.2.128/25"),
                READER.parse(allowing, "config.yaml").listeners().getFirst().admission().allow().stream()
                        .map(Prefix::toString)
                        .toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [10.0.0.0/33]        | allow[0]: "10.0.0.0/33" is not a prefix: "33" is not a length in 0..32
            [10.0.0.0/]          | allow[0]: "10.0.0.0/" is not a prefix: "" is not a length in 0..32
            [10.0.0.1/8]         | allow[0]: "10.0.0.1/8" has bits set behind the prefix; write 10.0.0.0/8, or the \
            address without / for itself alone
            [10.0.0/8]           | allow[0]: "10.0.0" is not an IPv4 address (names are not resolved)
            [clients]            | allow[0]: "clients" is not an IPv4 address (names are not resolved)
            ["2001:db8::/32"]    | allow[0]: 2001:db8::/32 is IPv6, and the listener is IPv4
            ["::ffff:10.0.0.0/104"]| allow[0]: "::ffff:10.0.0.0" is an IPv4 address in IPv6's form; write 10.0.0.0
            [10.0.0.1, 10.0.0.1/32]| allow[1]: 10.0.0.1/32 is there already
            [{ a: 1 }]           | allow[0]: expected text, found a mapping
            []                   | allow: no prefixes; add at least one, or remove the key to allow every source
            10.0.0.0/8           | allow: expected a list, found "10.0.0.0/8"
            """)
    void shouldRefuseSourcesThatAreNoPrefixes(String allow, String problem) {
        assertProblem("config.yaml:5: listeners[0]." + problem, GOOD.replace("mode: tc_ebpf", "allow: " + allow));
    }

    @Test
    void shouldRefuseMorePrefixesThanTheKernelHolds() {
        String prefixes = IntStream.range(0, 16_385)
                .mapToObj(i -> "10.1." + (i >> 8) + "." + (i & 255))
                .collect(Collectors.joining(", "));
        assertProblem(
                "config.yaml:5: listeners[0].allow: more than 16384 prefixes in all listeners together; join"
                        + " neighbouring ones",
                GOOD.replace("mode: tc_ebpf", "allow: [" + prefixes + "]"));
    }

    @Test
    void shouldTakeTheWeightZeroWithEveryPolicy() throws InvalidConfigException {
        for (String policy : List.of("round_robin", "weighted", "hash", "replicate")) {
            Config config = READER.parse(
                    GOOD.replace("mode: tc_ebpf", "policy: " + policy).replace("40514\" }", "40514\", weight: 0 }"),
                    "config.yaml");
            assertEquals(
                    0,
                    config.listeners()
                            .getFirst()
                            .receivers()
                            .downstream()
                            .getFirst()
                            .weight());
        }
    }

    @Test
    void shouldRefuseWeightsThatAreNoneOrForNoReason() {
        for (String weight : List.of("-1", "1001", "99999999999")) {
            assertProblem(
                    "config.yaml:7: listeners[0].downstream[0].weight: " + weight + " is not in 0..1000",
                    GOOD.replace("mode: tc_ebpf", "policy: weighted")
                            .replace("40514\" }", "40514\", weight: " + weight + " }"));
        }
        assertProblem(
                "config.yaml:7: listeners[0].downstream[0].weight: works with policy: weighted only, but for 0, which drains"
                        + " the receiver; remove it, or set policy: weighted",
                GOOD.replace("40514\" }", "40514\", weight: 2 }"));
        assertProblem(
                "config.yaml:5: listeners[0].policy: \"random\" is not one of: round_robin, weighted, hash, replicate",
                GOOD.replace("mode: tc_ebpf", "policy: random"));
    }
}
