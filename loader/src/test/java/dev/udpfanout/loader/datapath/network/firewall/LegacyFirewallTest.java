package dev.udpfanout.loader.datapath.network.firewall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.xtables.XtablesLock;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.datapath.FirewallState;
import dev.udpfanout.loader.datapath.network.firewall.Opening.Direction;
import dev.udpfanout.loader.datapath.network.firewall.Opening.Hook;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules of ours in real tables of iptables-legacy, seen by iptables' own commands. */
@Tag("kernel")
@Timeout(60)
class LegacyFirewallTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(1).ipv6(true).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private static Opening opening(Hook hook, Direction direction, String network, int bits) {
        return new Opening(hook, direction, "dummy0", new Prefix(InetAddress.ofLiteral(network), bits), 5514, "syslog");
    }

    private static Opening toSyslog() {
        return opening(Hook.FORWARD, Direction.TO_LISTENER, "10.255.0.0", 16);
    }

    private Path lock() {
        return directory.resolve("xtables.lock");
    }

    private List<FirewallState> ensure(Path lock, Duration lockLimit, Hook hook, Opening... openings) {
        return topology.node()
                .call(
                        () -> new LegacyFirewall(hook, (chain, added) -> {}, lock, lockLimit).ensure(List.of(openings)),
                        LIMIT);
    }

    private String node(String command) {
        return topology.node().exec(command.split(" "));
    }

    /** What the node sends of its own, such as MLD reports, must not count: it is dropped before the table filter. */
    private void silence() {
        for (String tool : List.of("iptables-legacy", "ip6tables-legacy")) {
            node(tool + " -w 5 -t raw -A PREROUTING -j DROP");
            node(tool + " -w 5 -t raw -A OUTPUT -j DROP");
        }
    }

    /** With counters; without ours. */
    private List<String> others(String save) {
        return node(save + " -c -t filter")
                .lines()
                .filter(line -> !line.startsWith("#") && !line.contains("udp-fanout: "))
                .toList();
    }

    private long ours() {
        return Stream.of("iptables-legacy-save", "ip6tables-legacy-save")
                .flatMap(save -> node(save).lines())
                .filter(line -> line.contains("udp-fanout: "))
                .count();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            iptables-legacy, 10.255.0.0, 16, 192.0.2.1/32
            ip6tables-legacy, 2001:db8:255::, 64, 2001:db8:9::1/128
            """)
    void shouldAddOrdinaryRulesAndLeaveTheRestOfTheTableAsItIs(String tool, String network, int bits, String dropped) {
        silence();
        List.of(
                        "-N OWN",
                        "-A OWN -p tcp -c 5 500 -j ACCEPT",
                        "-A OWN -c 3 300 -j RETURN",
                        "-A INPUT -p tcp --dport 22 -c 2 200 -j ACCEPT",
                        "-A FORWARD -c 11 1100 -j OWN",
                        "-A FORWARD -s " + dropped + " -c 7 700 -j DROP",
                        "-A FORWARD -c 13 1300 -j DROP",
                        "-A OUTPUT -o lo -c 17 1700 -j ACCEPT")
                .forEach(rule -> node(tool + " -w 5 " + rule));
        List<String> before = others(tool + "-save");
        Opening to = opening(Hook.FORWARD, Direction.TO_LISTENER, network, bits);
        Opening from = opening(Hook.FORWARD, Direction.FROM_LISTENER, network, bits);

        List<FirewallState> states = ensure(lock(), Duration.ZERO, Hook.FORWARD, to, from);

        assertEquals(List.of(new FirewallState("iptables-legacy", "forward", tool + " FORWARD", 2, 0, "")), states);
        String addresses = network + "/" + bits;
        assertEquals(
                List.of(
                        "-P FORWARD ACCEPT",
                        "-A FORWARD -j OWN",
                        "-A FORWARD -s " + dropped + " -j DROP",
                        "-A FORWARD -d " + addresses + " -o dummy0 -p udp -m udp --dport 5514 -m comment --comment"
                                + " \"udp-fanout: to syslog, " + addresses + " port 5514 on dummy0\" -j ACCEPT",
                        "-A FORWARD -s " + addresses + " -i dummy0 -p udp -m udp --sport 5514 -m comment --comment"
                                + " \"udp-fanout: from syslog, " + addresses + " port 5514 on dummy0\" -j ACCEPT",
                        "-A FORWARD -j DROP"),
                node(tool + " -w 5 -S FORWARD").lines().toList());
        assertEquals(before, others(tool + "-save"));
        assertEquals(states, ensure(lock(), Duration.ZERO, Hook.FORWARD, to, from), "the second time");

        assertEquals(List.of(), ensure(lock(), Duration.ZERO, Hook.INPUT));
        assertEquals(2, ours(), "the other hook's rules are not touched");
        assertEquals(List.of(), ensure(lock(), Duration.ZERO, Hook.FORWARD));
        assertEquals(0, ours());
        assertEquals(before, others(tool + "-save"), "after the removal");
    }

    @Test
    void shouldMoveItsRuleBehindWhatSomebodyWantsToDrop() {
        node("iptables-legacy -w 5 -P INPUT DROP");
        Opening socket = opening(Hook.INPUT, Direction.TO_LISTENER, "10.255.0.1", 32);
        ensure(lock(), Duration.ZERO, Hook.INPUT, socket);
        node("iptables-legacy -w 5 -A INPUT -s 192.0.2.1 -j DROP");
        ensure(lock(), Duration.ZERO, Hook.INPUT, socket);
        assertEquals(
                List.of(
                        "-P INPUT DROP",
                        "-A INPUT -s 192.0.2.1/32 -j DROP",
                        "-A INPUT -d 10.255.0.1/32 -p udp -m udp --dport 5514 -m comment --comment"
                                + " \"udp-fanout: to syslog, 10.255.0.1 port 5514 on dummy0\" -j ACCEPT"),
                node("iptables-legacy -w 5 -S INPUT").lines().toList());
    }

    @Test
    void shouldWaitWhileSomebodyElseHoldsTheLock() throws Exception {
        node("iptables-legacy -w 5 -P FORWARD DROP");
        Thread waiting = topology.node()
                .thread("lock", () -> new LegacyFirewall(Hook.FORWARD, (chain, added) -> {}, lock(), LIMIT)
                        .ensure(List.of(toSyslog())));
        try (XtablesLock held = XtablesLock.acquire(lock(), Duration.ZERO)) {
            waiting.start();
            assertTrue(BoundedWait.until(() -> waiting.getState() == Thread.State.TIMED_WAITING, LIMIT));
            assertEquals(0, ours());
        }
        assertTrue(waiting.join(LIMIT));
        assertEquals(1, ours());
    }

    @Test
    void shouldNameTheCommandWhenTheLockIsHeldTooLong() {
        node("iptables-legacy -w 5 -P FORWARD DROP");
        try (XtablesLock held = XtablesLock.acquire(lock(), Duration.ZERO)) {
            String problem = ensure(lock(), Duration.ZERO, Hook.FORWARD, toSyslog())
                    .getFirst()
                    .problem();
            assertTrue(problem.contains("another process holds the lock"), problem);
            assertTrue(problem.contains("add a rule: iptables-legacy -I FORWARD -o dummy0 -d 10.255.0.0/16"), problem);
        }
        assertEquals(0, ours());
        assertEquals(
                "",
                ensure(lock(), Duration.ZERO, Hook.FORWARD, toSyslog())
                        .getFirst()
                        .problem());
        assertEquals(1, ours());
    }

    @Test
    void shouldNameTheCommandWhenTheLockCannotBeOpened() {
        node("iptables-legacy -w 5 -P FORWARD DROP");
        Path nowhere = directory.resolve("none/xtables.lock");
        String problem =
                ensure(nowhere, LIMIT, Hook.FORWARD, toSyslog()).getFirst().problem();
        assertTrue(problem.contains("add a rule: iptables-legacy -I FORWARD"), problem);
        assertTrue(problem.contains("ENOENT"), problem);
        assertEquals(0, ours());
    }

    @Test
    void shouldTakeOffWhatADaemonLeftWhenItIsDetached() {
        silence();
        node("iptables-legacy -w 5 -P FORWARD DROP");
        List<String> before = others("iptables-legacy-save");
        ensure(lock(), LIMIT, Hook.FORWARD, toSyslog());
        assertEquals(1, topology.node().<Integer>call(() -> Firewall.removeLeftovers()));
        assertEquals(before, others("iptables-legacy-save"));
        assertEquals(0, ours());
    }

    @Test
    void shouldMakeNoTableWhereThereIsNone() {
        assertEquals(List.of(), ensure(lock(), LIMIT, Hook.FORWARD, toSyslog()));
        assertFalse(lock().toFile().exists());
        assertEquals("", node("cat /proc/net/ip_tables_names"));
    }
}
