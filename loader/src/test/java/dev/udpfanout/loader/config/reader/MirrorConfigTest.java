package dev.udpfanout.loader.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.ConfigProblem;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.MirrorConfig;
import dev.udpfanout.loader.config.Policy;
import dev.udpfanout.loader.config.ReceiverSet;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class MirrorConfigTest {
    private static final String LISTENER = """
            listeners:
              - name: syslog
                bind: "10.255.0.1:5514"
                interface: dummy0
                downstream: [ { address: "10.42.0.11:40514" } ]
            """;
    private static final String MIRROR = "mirror: { downstream: [ { address: \"10.42.0.9:1\" } ], sample: 100 }";
    private static final ConfigReader READER = new ConfigReader(name -> true);

    private static List<ListenerConfig> read(String yaml) throws InvalidConfigException {
        return READER.parse(yaml, "c.yaml").listeners();
    }

    private static String with(String more) {
        return LISTENER + more.indent(4);
    }

    private static List<String> problems(String yaml) {
        return assertThrows(InvalidConfigException.class, () -> read(yaml)).problems().stream()
                .map(ConfigProblem::toString)
                .toList();
    }

    @Test
    void shouldCopyNothingWhenNothingIsSaid() throws InvalidConfigException {
        ListenerConfig listener = read(LISTENER).getFirst();
        assertEquals(Optional.empty(), listener.mirror());
        assertEquals(List.of(listener.receivers()), ListenerConfig.receiverSets(List.of(listener)));
    }

    @Test
    void shouldMakeTheMirrorASetOfItsOwn() throws InvalidConfigException {
        ListenerConfig listener =
                read(with(MIRROR + "\npolicy: hash\nallow: [ 192.0.2.0/24 ]")).getFirst();
        assertEquals(100, listener.mirror().orElseThrow().sample());
        assertEquals(Optional.of("mirror"), listener.kernelOnly());
        ReceiverSet set = listener.mirror().orElseThrow().receivers();
        assertEquals("syslog.mirror", set.name());
        assertEquals(
                List.of(new InetSocketAddress("10.42.0.9", 1)),
                set.downstream().stream().map(ReceiverSet.Downstream::address).toList());
        assertEquals(Policy.ROUND_ROBIN, set.policy());
        assertEquals(List.of(listener.receivers(), set), ListenerConfig.receiverSets(List.of(listener)));
    }

    @Test
    void shouldCopyAllWhenNoSampleIsGivenAndFindReceiversInKubernetes() throws InvalidConfigException {
        MirrorConfig mirror = read(with("mirror: { kubernetes: { service: probes, port: 514 } }"))
                .getFirst()
                .mirror()
                .orElseThrow();
        assertEquals(1, mirror.sample());
        assertEquals("probes", mirror.receivers().kubernetes().orElseThrow().service());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mirror: { sample: 2 } | mirror.downstream: no receivers; add at least one, or kubernetes: to discover them
            mirror: 10.42.0.9:1   | mirror: expected a mapping, found "10.42.0.9:1"
            mirror: { downstream: [ { address: "10.42.0.9:1" } ], sample: 0 } | mirror.sample: 0 is not in 1..1000000
            mirror: { downstream: [ { address: "10.42.0.9:1" } ], every: 2 } | mirror.every: unknown key; known here: downstream, kubernetes, sample
            mirror: { downstream: [ { address: "[2001:db8::9]:1" } ] } | mirror.downstream[0].address: [2001:db8::9]:1 is IPv6, and the listener is IPv4
            mirror: { downstream: [ { address: "10.255.0.1:5514" } ] } | mirror: 10.255.0.1:5514 is the listener on line 2: datagrams would loop
            """)
    void shouldSayWhatIsWrongWithIt(String line, String problem) {
        assertEquals("c.yaml:6: listeners[0]." + problem, problems(with(line)).getFirst());
    }

    @Test
    void shouldRefuseItWhereNoCopiesCanBeMade() {
        assertEquals(
                List.of(
                        "c.yaml:6: listeners[0].mirror: a mirror needs hook: ingress: copies go back in at ingress, where hook:"
                                + " egress has no program"),
                problems(with(MIRROR + "\nhook: egress")));
        assertEquals(
                List.of("c.yaml:6: listeners[0].mirror: mirror works in the kernel only; use mode tc_ebpf or auto, or"
                        + " remove it"),
                problems(with(MIRROR + "\nmode: userspace")));
    }

    @Test
    void shouldRefuseNamesThatCannotBeToldApartOrAreTooLong() {
        String other = """
                  - name: syslog.mirror
                    bind: "10.255.0.1:5515"
                    interface: dummy0
                    downstream: [ { address: "10.42.0.11:40515" } ]
                """;
        assertTrue(problems(with(MIRROR) + other)
                .contains(
                        "c.yaml:6: listeners[0].mirror: its counters go by \"syslog.mirror\", which is the name of the"
                                + " listener on line 7"));
        String longName = "x".repeat(57);
        assertEquals(1, problems(with(MIRROR).replace("syslog", longName)).size());
    }

    @Test
    void shouldCountMirrorsAsListenersWhereTheyTakeAListenersPlace() throws InvalidConfigException {
        assertEquals(128, read(many(128)).size());
        assertEquals(
                List.of("c.yaml:" + (1 + 127 * 4 + 4)
                        + ": listeners[127].mirror: more than 256 listeners and mirrors together; that is the limit"),
                problems(many(129)).stream().limit(1).toList());
    }

    private static String many(int count) {
        StringBuilder yaml = new StringBuilder("listeners:\n");
        for (int n = 0; n < count; n++) {
            yaml.append("  - bind: \"10.255.0.1:").append(1000 + n).append("\"\n");
            yaml.append("    interface: dummy0\n    downstream: [ { address: \"10.42.0.11:40514\" } ]\n    ");
            yaml.append(MIRROR).append('\n');
        }
        return yaml.toString();
    }
}
