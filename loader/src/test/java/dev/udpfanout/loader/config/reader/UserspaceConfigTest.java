package dev.udpfanout.loader.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.ConfigProblem;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.Mode;
import dev.udpfanout.loader.config.UserspaceConfig;
import dev.udpfanout.loader.config.UserspaceConfig.Io;
import dev.udpfanout.loader.config.UserspaceConfig.Source;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The keys of the datapath in user space, right and wrong. */
@Tag("unit")
class UserspaceConfigTest {
    private static final String LISTENER = """
            listeners:
              - bind: "10.255.0.1:5514"
                interface: dummy0
                downstream: [ { address: "10.42.0.11:40514" } ]
            """;
    private static final ConfigReader READER = new ConfigReader(name -> true);

    private static ListenerConfig read(String more) throws InvalidConfigException {
        return READER.parse(LISTENER + more.indent(4), "c.yaml").listeners().getFirst();
    }

    private static List<String> problems(String yaml) {
        return assertThrows(InvalidConfigException.class, () -> READER.parse(yaml, "c.yaml")).problems().stream()
                .map(ConfigProblem::toString)
                .toList();
    }

    @Test
    void shouldChooseModeAndTransportByItselfWhenNothingIsSaid() throws InvalidConfigException {
        ListenerConfig listener = read("");
        int workers = Math.min(64, Runtime.getRuntime().availableProcessors());
        assertEquals(Mode.AUTO, listener.mode());
        assertEquals(
                new UserspaceConfig(Io.AUTO, workers, List.of(), 64, 8 << 20, 65_507, Optional.empty()),
                listener.userspace());
    }

    @Test
    void shouldReadEveryKey() throws InvalidConfigException {
        assertEquals(
                new UserspaceConfig(Io.EPOLL, 3, List.of(0, 2), 32, 1 << 20, 1500, Optional.of(Source.NODE)),
                read("""
                        mode: userspace
                        io: epoll
                        workers: 3
                        cpus: [0, 2]
                        batch_size: 32
                        recv_buf_size: 1048576
                        max_packet_size: 1500
                        source: node
                        """).userspace());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            workers: 0            | workers: 0 is not in 1..64
            workers: 65           | workers: 65 is not in 1..64
            workers: many         | workers: expected a whole number, found "many"
            batch_size: 0         | batch_size: 0 is not in 1..1024
            recv_buf_size: 1      | recv_buf_size: 1 is not in 4096..1073741824
            max_packet_size: 65508| max_packet_size: 65508 is not in 1..65507
            cpus: [1, -1]         | cpus[1]: -1 is not in 0..1023
            cpus: []              | cpus: at least one CPU is needed; leave the key out for no pinning
            cpus: 1               | cpus: expected a list, found 1
            io: dpdk              | io: "dpdk" is not one of: auto, io_uring, epoll, nio
            source: pod           | source: "pod" is not one of: node, client
            """)
    void shouldNameLineAndPathWhenAValueIsWrong(String line, String problem) {
        assertEquals(List.of("c.yaml:5: listeners[0]." + problem), problems(LISTENER + line.indent(4)));
    }

    @Test
    void shouldRefuseWhatTheModeOrTheTransportCannotDo() {
        assertEquals(
                List.of("c.yaml:6: listeners[0].source: mode tc_ebpf always keeps the client's address; only user space"
                        + " can hide it"),
                problems(LISTENER + "    mode: tc_ebpf\n    source: node\n"));
        assertEquals(
                List.of(
                        "c.yaml:6: listeners[0].source: io nio cannot keep the client's address; io_uring and epoll can"),
                problems(LISTENER + "    io: nio\n    source: client\n"));
        String vip = """
                listeners:
                  - bind: "vip:5514"
                    interface: eth0
                    mode: userspace
                    publish: { service: syslog }
                    downstream: [ { address: "10.42.0.11:40514" } ]
                """;
        List<String> refused = problems(vip);
        assertEquals(1, refused.size(), refused::toString);
        assertTrue(
                refused.getFirst().startsWith("c.yaml:4: listeners[0].mode: a VIP cannot be served in user space"),
                refused::toString);
    }

    @Test
    void shouldRefuseARangeWhereNoFilterCanBeSet() throws InvalidConfigException {
        List<String> refused = problems(LISTENER + "    io: nio\n    publish: { service: syslog }\n");
        assertEquals(1, refused.size(), refused::toString);
        assertTrue(
                refused.getFirst().startsWith("c.yaml:5: listeners[0].io: nio cannot serve the range of addresses"),
                refused::toString);
        assertTrue(refused.getFirst().contains("publish.addresses: bind"), refused::toString);
        assertTrue(read("io: nio\npublish: { service: syslog, addresses: bind }")
                .range()
                .isEmpty());
        assertTrue(read("mode: tc_ebpf\nio: nio\npublish: { service: syslog }")
                .range()
                .isPresent());
    }

    @Test
    void shouldRefuseCopiesWhereTheyCouldGoRoundForEver() throws InvalidConfigException {
        List<String> refused = problems(LISTENER + "    io: nio\n    policy: replicate\n");
        assertEquals(1, refused.size(), refused::toString);
        assertTrue(
                refused.getFirst().startsWith("c.yaml:5: listeners[0].io: nio does not work with policy replicate"),
                refused::toString);
        assertTrue(refused.getFirst().endsWith("use io_uring or epoll"), refused::toString);
        assertTrue(read("mode: tc_ebpf\nio: nio\npolicy: replicate")
                .receivers()
                .spreading()
                .policy()
                .copies());
    }

    @Test
    void shouldRefuseListenersOfDifferentModesWhenTheyShareAnAddress() {
        String yaml = LISTENER + """
                  mode: tc_ebpf
                - bind: "10.255.0.1:5515"
                  interface: dummy0
                  mode: userspace
                  downstream: [ { address: "10.42.0.11:40514" } ]
                """.indent(2);
        assertEquals(
                List.of("c.yaml:8: listeners[1].mode: differs from the listener on line 2, which shares the address"),
                problems(yaml));
    }

    @Test
    void shouldTakeRepliesInUserSpaceWhenReceiversMaySeeTheNodesAddress() throws InvalidConfigException {
        assertTrue(read("mode: userspace\nreplies: true").replies());
        assertTrue(read("mode: userspace\nreplies: true\nsource: node").replies());
        assertTrue(read("mode: userspace\nreplies: true\nio: nio").replies());
        assertTrue(read("mode: tc_ebpf\nreplies: true\nsource: client").replies());
    }

    @Test
    void shouldRefuseRepliesWhenTheyCouldNotComeBack() {
        List<String> refused = problems(LISTENER + "mode: userspace\nreplies: true\nsource: client\n".indent(4));
        assertEquals(1, refused.size(), refused::toString);
        assertTrue(
                refused.getFirst()
                        .startsWith("c.yaml:7: listeners[0].source: with replies a receiver in user space mode"),
                refused::toString);
        List<String> wildcard =
                problems(LISTENER.replace("10.255.0.1", "0.0.0.0").replace("dummy0", "eth0")
                        + "replies: true\nio: nio\n".indent(4));
        assertEquals(1, wildcard.size(), wildcard::toString);
        assertTrue(
                wildcard.getFirst().startsWith("c.yaml:6: listeners[0].io: with replies nio cannot serve a wildcard"),
                wildcard::toString);
    }
}
