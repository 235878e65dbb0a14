package dev.udpfanout.loader.doctor.firewall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.datapath.network.RepairLog;
import dev.udpfanout.loader.datapath.network.firewall.Firewall;
import dev.udpfanout.loader.datapath.network.firewall.Opening;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import dev.udpfanout.loader.doctor.facts.DaemonStatus;
import dev.udpfanout.loader.doctor.facts.ServedListener;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What doctor says of packet filters, in front of real ones. */
@Tag("kernel")
class FirewallChecksTest {
    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(1).ipv6(true).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private static Config config(String keys) throws InvalidConfigException {
        return config(false, keys);
    }

    private static Config config(boolean ipv6, String keys) throws InvalidConfigException {
        return new ConfigReader(name -> true)
                .parse(
                        """
                listeners:
                  - bind: "%s:5514"
                    name: syslog
                    interface: dummy0
                    %s
                    downstream: [ { address: "%s:5514" } ]
                """.formatted(
                                        ipv6 ? "[2001:db8:255::1]" : "10.255.0.1",
                                        keys,
                                        ipv6 ? "[2001:db8:42::11]" : "10.42.0.11"),
                        "config.yaml");
    }

    private static List<ServedListener> served(Config config) {
        DaemonStatus none = new DaemonStatus(false, "", Optional.empty(), "");
        return config.listeners().stream()
                .map(listener -> ServedListener.of(listener, none))
                .toList();
    }

    private List<Diagnosis> examine(Config config) {
        return topology.node().call(() -> new FirewallChecks().of(served(config)));
    }

    private void node(String... commands) {
        Stream.of(commands).forEach(command -> topology.node().exec("sh", "-c", command));
    }

    @Test
    void shouldFindNothingWhenNoChainDrops() throws Exception {
        node("iptables -A FORWARD -s 1.2.3.4 -j DROP");
        assertEquals(
                List.of(Diagnosis.ok(
                        "forward_policy",
                        "no chain of nftables or iptables at the hook forward drops what listeners get")),
                examine(config("")));
    }

    @Test
    void shouldNameTheChainAndARuleThatWorksWhenOneDrops() throws Exception {
        node("iptables -A FORWARD -j REJECT");
        Diagnosis found = examine(config("firewall: leave")).getFirst();
        assertEquals(Result.PROBLEM, found.result());
        assertEquals("ip filter FORWARD drops what goes to syslog, 10.255.0.1 port 5514 on dummy0", found.finding());
        node(found.mend().substring(found.mend().indexOf("nft ")));
        assertEquals(Result.OK, examine(config("")).getFirst().result());
    }

    @Test
    void shouldBeContentWhenTheDaemonsRuleIsThere() throws Exception {
        node("iptables -P FORWARD DROP");
        topology.node().call(() -> {
            try (Firewall firewall = new Firewall(Opening.Hook.FORWARD, new RepairLog())) {
                firewall.ensure(Opening.of(Opening.Hook.FORWARD, config("").listeners()));
                return null;
            }
        });
        Diagnosis found = examine(config("")).getFirst();
        assertEquals(Result.OK, found.result());
        assertTrue(found.finding().contains("the daemon's rule lets it through"), found::finding);
    }

    @Test
    void shouldBeContentWhenTheDaemonsRuleIsThereInATableOfIptablesLegacy() throws Exception {
        node("iptables-legacy -w 5 -P FORWARD DROP");
        topology.node().call(() -> {
            try (Firewall firewall = new Firewall(Opening.Hook.FORWARD, new RepairLog())) {
                firewall.ensure(Opening.of(Opening.Hook.FORWARD, config("").listeners()));
                return null;
            }
        });
        Diagnosis found = examine(config("")).getFirst();
        assertEquals(Result.OK, found.result());
        assertTrue(found.finding().startsWith("iptables-legacy FORWARD would drop"), found::finding);
    }

    @Test
    void shouldLookAtTheChainsForSocketsWhenUserSpaceServes() throws Exception {
        node("iptables -P FORWARD DROP");
        assertEquals(Result.OK, examine(config("mode: userspace")).getFirst().result());
        node("iptables -P INPUT DROP");
        assertEquals(
                Result.PROBLEM, examine(config("mode: userspace")).getFirst().result());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -P FORWARD DROP                                                        | true
            -A FORWARD -j REJECT                                                   | true
            -N OWN; -A OWN -i eth1 -j RETURN; -A OWN -j DROP; -A FORWARD -g OWN    | true
            -N OWN; -A OWN -m comment --comment x; -A OWN -j RETURN; -A FORWARD -j OWN; -P FORWARD DROP | true
            -A FORWARD ! -o cni0 -p udp -m udp --dport 5000:6000 -j DROP           | true
            -A FORWARD -d %s -j DROP                                               | true
            -A FORWARD -s %s -j DROP                                               | false
            -A FORWARD -p tcp -j DROP                                              | false
            -A FORWARD -o cni+ -j DROP                                             | false
            -A FORWARD -o dum+ -j ACCEPT; -P FORWARD DROP                          | false
            -N OWN; -A OWN -d %s -o dummy0 -j ACCEPT; -A FORWARD -j OWN; -P FORWARD DROP | false
            -P OUTPUT DROP                                                         | false
            """)
    void shouldReadTablesOfIptablesLegacyAsTheKernelDoes(String rules, boolean drops) throws Exception {
        for (boolean ipv6 : List.of(false, true)) {
            String tool = ipv6 ? "ip6tables-legacy " : "iptables-legacy ";
            String address = ipv6 ? "2001:db8:255::1" : "10.255.0.1";
            for (String rule : rules.formatted(address).split(";")) {
                node(tool + rule.strip());
            }
            Config config = config(ipv6, "");
            Diagnosis found = examine(config).getLast();
            assertEquals(drops ? Result.PROBLEM : Result.OK, found.result(), () -> tool + rules + ": " + found);
            if (drops) {
                node(found.mend().substring(found.mend().indexOf(tool)));
                assertEquals(Result.OK, examine(config).getLast().result(), found::mend);
            }
        }
    }
}
