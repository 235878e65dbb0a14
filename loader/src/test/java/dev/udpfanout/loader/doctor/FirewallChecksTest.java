package dev.udpfanout.loader.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.datapath.network.RepairLog;
import dev.udpfanout.loader.datapath.network.firewall.Firewall;
import dev.udpfanout.loader.datapath.network.firewall.Opening;
import dev.udpfanout.loader.doctor.Diagnosis.Result;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What doctor says of packet filters, in front of real ones. */
@Tag("kernel")
class FirewallChecksTest {
    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(1).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private static Config config(String keys) throws InvalidConfigException {
        return new ConfigReader(name -> true).parse("""
                listeners:
                  - bind: "10.255.0.1:5514"
                    name: syslog
                    interface: dummy0
                    %s
                    downstream: [ { address: "10.42.0.11:5514" } ]
                """.formatted(keys), "config.yaml");
    }

    private List<Diagnosis> examine(Config config) {
        return topology.node().call(() -> new FirewallChecks(new NodeFiles(Path.of("/proc"))).of(config));
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
                        "no chain of nftables or iptables-nft at the hook forward drops what listeners get")),
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
    void shouldLookAtTheChainsForSocketsWhenUserSpaceServes() throws Exception {
        node("iptables -P FORWARD DROP");
        assertEquals(Result.OK, examine(config("mode: userspace")).getFirst().result());
        node("iptables -P INPUT DROP");
        assertEquals(
                Result.PROBLEM, examine(config("mode: userspace")).getFirst().result());
    }

    @Test
    void shouldSayWhatItCannotJudgeWhenThereIsATableOfIptablesLegacy() throws Exception {
        node("iptables-legacy -P FORWARD DROP");
        Diagnosis found = examine(config("")).getLast();
        assertEquals(Result.NOT_CHECKED, found.result());
        String command = "iptables-legacy -I FORWARD -o dummy0 -d 10.255.0.1 -p udp --dport 5514 -j ACCEPT";
        assertTrue(found.mend().endsWith(command), found::mend);
        node(command);
    }
}
