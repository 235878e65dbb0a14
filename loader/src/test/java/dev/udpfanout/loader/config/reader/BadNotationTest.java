package dev.udpfanout.loader.config.reader;

import static dev.udpfanout.loader.config.reader.ConfigProblemsTest.GOOD;
import static dev.udpfanout.loader.config.reader.ConfigProblemsTest.READER;
import static dev.udpfanout.loader.config.reader.ConfigProblemsTest.assertProblem;
import static dev.udpfanout.loader.config.reader.ConfigProblemsTest.problems;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.InvalidConfigException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written in another way than it is to be: the place, the reason, and the way to write it. */
@Tag("unit")
class BadNotationTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            listeners:\\n\\t- name: a        | 2: not valid YAML: column 1: a tab cannot stand here; indent with spaces
            listeners: [\\na: b              | 3: not valid YAML: column 1: "]" is missing, while parsing a flow sequence that begins on line 1
            a: b: c                         | 1: not valid YAML: column 5: ": " cannot stand here; mind the indentation, leave a space behind each ":", or put the text in quotes
            listeners:\\n  - name: a\\n   b: c | 3: not valid YAML: column 4: it is indented like none of the lines above; indent what belongs together alike, while parsing a block collection that begins on line 2
            a: 1\\nb: @x                     | 2: not valid YAML: column 4: found character '@' that cannot start any token. (Do not use @ for indentation); put the text in quotes
            a: 1\\nb: "\\q"                  | 2: not valid YAML: column 6: found unknown escape character q(113)
            a: 1\\nb: [2001:db8::1]:5514     | 2: not valid YAML: column 17: the value has ended before; put the whole of it in quotes, as in "[2001:db8::1]:5514", while parsing a block mapping that begins on line 1
            a: { b: [2001:db8::1]:5514 }    | 1: not valid YAML: column 22: "," or "}" is missing here; a value with brackets goes into quotes, as in "[2001:db8::1]:5514"
            a: 1\\nfoo bar\\nb: 2             | 3: not valid YAML: column 1: a key without ":", while scanning a simple key that begins on line 2
            """)
    void shouldSayWhereAndWhyTheTextIsNoYaml(String text, String problem) {
        assertProblem("config.yaml:" + problem, text.replace("\\n", "\n").replace("\\t", "\t") + "\n");
    }

    @Test
    void shouldSayWhichCharacterIsNotAllowed() {
        assertProblem(
                "config.yaml:2: not valid YAML: column 4: the character U+0001 is not allowed in YAML",
                "a: 1\nb: \u0001\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            0x10    | 0x10 is hexadecimal; write 16
            0b11    | 0b11 is binary; write 3
            100_000 | 100_000 has underscores; write 100000
            010     | 010 begins with 0, which means octal in YAML 1.1; write 10, or 8 if that is meant
            "5"     | "5" is a text, because of its quotes; write 5
            5.0     | expected a whole number, found 5.0
            1:30    | expected a whole number, found "1:30"
            99999999999 | 99999999999 is not in 1..3600
            """)
    void shouldSayHowANumberIsToBeWritten(String number, String problem) {
        assertProblem(
                "config.yaml:8: health.interval_secs: " + problem,
                GOOD.replace("interval_secs: 5", "interval_secs: " + number));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            05514     | "05514" has a leading zero, which some programs read as octal; write 5514
            5514-5520 | "5514-5520" is a range of ports, and one port is needed here; of a range, write one listener for each port
            """)
    void shouldSayHowThePortOfAServiceIsToBeWritten(String port, String problem) {
        assertProblem(
                "config.yaml:6: listeners[0].kubernetes.port: " + problem,
                GOOD.replaceFirst(
                        "(?s)downstream:.*?health",
                        "kubernetes: { namespace: logging, service: receivers, port: " + port + " }\nhealth"));
    }

    @Test
    void shouldSayThatABooleanIsNoText() {
        assertProblem(
                "config.yaml:8: health.enabled: \"true\" is a text, because of its quotes; write it without them",
                GOOD.replace("enabled: true, interval", "enabled: \"true\", interval"));
    }

    @Test
    void shouldSayHowAPrefixIsToBeWritten() {
        assertProblem(
                "config.yaml:6: listeners[0].allow[0]: \"10.0.0.0/08\" has a leading zero in \"08\", which some programs"
                        + " read as octal; write 8",
                GOOD.replace("    downstream:", "    allow: [ 10.0.0.0/08 ]\n    downstream:"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            10.42.0.11:040514       | "040514" has a leading zero, which some programs read as octal; write 40514
            10.42.0.011:40514       | "10.42.0.011" has a leading zero in "011", which some programs read as octal; write 11
            010.42.0.11:40514       | "010.42.0.11" has a leading zero in "010", which some programs read as octal; write 10
            10.42.0.11:40514-40520  | "40514-40520" is a range of ports, and one port is needed here; of a range, write one listener for each port
            """)
    void shouldSayHowAnAddressIsToBeWritten(String address, String problem) {
        assertProblem(
                "config.yaml:7: listeners[0].downstream[0].address: " + problem,
                GOOD.replace("10.42.0.11:40514", address));
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, loopback", "224.0.0.1, multicast", "255.255.255.255, broadcast"})
    void shouldSayWhyNoListenerCanHaveAnAddress(String address, String why) {
        for (String mode : new String[] {"tc_ebpf", "userspace"}) {
            String problem = problems(GOOD.replace("10.255.0.1", address).replace("tc_ebpf", mode))
                    .getFirst();
            assertTrue(
                    problem.startsWith("config.yaml:3: listeners[0].bind: " + address + " is not a unicast"), problem);
            assertTrue(problem.contains(why), problem);
        }
    }

    @Test
    void shouldTakeALoopbackReceiverInUserSpaceAlone() throws InvalidConfigException {
        String yaml = GOOD.replace("10.42.0.11:40514", "127.0.0.1:40514");
        assertProblem(
                "config.yaml:6: listeners[0].downstream: 127.0.0.1:40514 is a loopback address, where the kernel's"
                        + " program cannot send; write the receiver's own address, or mode: userspace",
                yaml);
        assertEquals(
                1,
                READER.parse(yaml.replace("tc_ebpf", "userspace"), "config.yaml")
                        .listeners()
                        .size());
    }
}
