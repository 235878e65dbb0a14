package dev.udpfanout.loader.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.datapath.network.Repair;
import dev.udpfanout.loader.datapath.network.firewall.Firewall;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The node's own packet filter drops what is forwarded: the daemon lets its listeners' datagrams through, and no more.
 */
@Tag("kernel")
class FirewallTest {
    private static final Duration LIMIT = Duration.ofSeconds(4);
    private static final int POD_PORT = 40514;
    private static final int DATAGRAMS = 20;
    private static final InetSocketAddress VIP = new InetSocketAddress(TopologyPlan.VIP, 5514);
    private static final InetSocketAddress VIP6 = new InetSocketAddress(TopologyPlan.VIP6, 5514);
    private static final String DUMMY = "10.255.0.1";
    private static final String DUMMY6 = "2001:db8:255::1";

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(2).ipv6(true).build();
        KubeProxy kubeProxy = new KubeProxy(topology);
        kubeProxy.load(KubeProxyRules.labService(
                VIP, ExternalTrafficPolicy.LOCAL, List.of(new InetSocketAddress(DUMMY, 5514))));
        kubeProxy.load(KubeProxyRules.labService(
                VIP6, ExternalTrafficPolicy.LOCAL, List.of(new InetSocketAddress(DUMMY6, 5514))));
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private String node(String command) {
        return topology.node().exec(command.split(" "));
    }

    private void filter(String commands) {
        for (String command : commands.split("; ?(?![^{]*})")) {
            topology.node()
                    .exec(
                            "sh",
                            "-c",
                            command.replace("{", "'{").replace("}", "}'").strip());
        }
    }

    private DaemonRun start(String keys) throws InterruptedException {
        return DaemonRun.start(topology.node(), """
                listeners:
                  - interface: dummy0
                    bind: "%s:5514"
                    name: sys log
                    %s
                    downstream:
                      - { address: "10.42.0.11:40514" }
                      - { address: "10.42.0.12:40514" }
                """.formatted(DUMMY, keys));
    }

    private DaemonRun start6(String keys) throws InterruptedException {
        return DaemonRun.start(topology.node(), """
                listeners:
                  - interface: dummy0
                    bind: "[%s]:5514"
                    %s
                    downstream:
                      - { address: "[2001:db8:42::11]:40514" }
                      - { address: "[2001:db8:42::12]:40514" }
                """.formatted(DUMMY6, keys));
    }

    private int delivered(InetSocketAddress vip) {
        boolean ipv6 = vip.equals(VIP6);
        try (DatagramSender sender = DatagramSender.open(
                        topology.client(), ipv6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS);
                PodReceivers pods = PodReceivers.start(
                        topology.pods(),
                        POD_PORT,
                        ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET,
                        sender.runId())) {
            sender.send(SendPlan.to(vip).datagrams(DATAGRAMS));
            pods.awaitReceived(DATAGRAMS, Duration.ofMillis(500));
            return Math.toIntExact(pods.received());
        }
    }

    /** The rules of all tables that there are: to list those of iptables-legacy makes none. */
    private Stream<String> rules() {
        return Stream.of("nft list ruleset", "iptables-legacy-save", "ip6tables-legacy-save")
                .flatMap(command -> node(command).lines());
    }

    /** All rules but ours, without what counters count and without the numbers of rules. */
    private String ruleset() {
        return rules().filter(line -> !line.contains("udp-fanout: ") && !line.startsWith("#"))
                .map(line -> line.replaceAll("packets \\d+ bytes \\d+|\\[\\d+:\\d+]", ""))
                .toList()
                .toString();
    }

    private long ours() {
        return rules().filter(line -> line.contains("udp-fanout: ")).count();
    }

    @ParameterizedTest
    @EnumSource
    void shouldDeliverWhenAFilterDropsWhatIsForwarded(PacketFilter filter) throws Exception {
        filter(filter.commands);
        String before = ruleset();
        try (DaemonRun daemon = start("firewall: leave")) {
            assertEquals(0, delivered(VIP), "without a rule of ours");
            assertEquals(0, ours(), "rules of ours");
        }
        try (DaemonRun daemon = start("")) {
            assertEquals(DATAGRAMS, delivered(VIP));
            assertEquals(filter == PacketFilter.TWO_OF_THEM ? 2 : 1, ours(), "rules of ours");
            assertEquals(before, ruleset(), "rules of others");
            assertEquals(0, daemon.repairs(Repair.FIREWALL_RULE_ADDED), "it was there from the start");
        }
        assertEquals(0, ours(), "rules of ours after the end");
        assertEquals(before, ruleset(), "rules of others after the end");
    }

    @ParameterizedTest
    @EnumSource
    void shouldDeliverWhenAFilterDropsWhatIsForwardedByIpv6(PacketFilter filter) throws Exception {
        filter(filter.commands6);
        String before = ruleset();
        try (DaemonRun daemon = start6("firewall: leave")) {
            assertEquals(0, delivered(VIP6), "without a rule of ours");
        }
        try (DaemonRun daemon = start6("")) {
            assertEquals(DATAGRAMS, delivered(VIP6));
            assertEquals(before, ruleset(), "rules of others");
        }
        assertEquals(0, ours(), "rules of ours after the end");
        assertEquals(before, ruleset(), "rules of others after the end");
    }

    @Test
    void shouldBeReadableByIptablesWhenItIsInATableOfIts() throws Exception {
        filter(PacketFilter.IPTABLES_POLICY.commands + "; " + PacketFilter.IPTABLES_POLICY.commands6);
        try (DaemonRun daemon = start("publish: { service: sys-log, addresses: 10.255.0.0/16 }")) {
            String rule = "-A FORWARD -d 10.255.0.0/16 -o dummy0 -p udp -m udp --dport 5514"
                    + " -m comment --comment \"udp-fanout: to sys_log, 10.255.0.0/16 port 5514 on dummy0\" -j ACCEPT";
            assertTrue(node("iptables -S FORWARD").contains(rule), node("iptables -S FORWARD"));
            assertTrue(node("iptables-save").contains(rule));
            assertFalse(node("iptables-save").contains("incompatible"));
        }
    }

    @Test
    void shouldBeReadableByIp6tablesWhenItIsInATableOfIts() throws Exception {
        filter(PacketFilter.IPTABLES_POLICY.commands6);
        try (DaemonRun daemon = start6("name: v6")) {
            String rule = "-A FORWARD -d 2001:db8:255::1/128 -o dummy0 -p udp -m udp --dport 5514"
                    + " -m comment --comment \"udp-fanout: to v6, 2001:db8:255::1 port 5514 on dummy0\" -j ACCEPT";
            assertTrue(node("ip6tables -S FORWARD").contains(rule), node("ip6tables -S FORWARD"));
            assertTrue(node("ip6tables-save").contains(rule));
        }
    }

    @Test
    void shouldStandBehindWhatSomebodyWantsToDropWhenItIsAdded() throws Exception {
        filter("iptables -P FORWARD DROP; iptables -A FORWARD -s " + TopologyPlan.CLIENT_ADDRESS + " -j DROP");
        try (DaemonRun daemon = start("")) {
            assertEquals(1, ours());
            assertEquals(0, delivered(VIP), "from a sender that the operator drops");
            // One that is added later comes to stand before it, too.
            filter("iptables -D FORWARD -s " + TopologyPlan.CLIENT_ADDRESS + " -j DROP");
            assertEquals(DATAGRAMS, delivered(VIP));
            filter("iptables -A FORWARD -s " + TopologyPlan.CLIENT_ADDRESS + " -j DROP");
            assertTrue(
                    BoundedWait.until(
                            () -> node("iptables -S FORWARD").stripTrailing().endsWith("-j ACCEPT"), LIMIT),
                    () -> node("iptables -S FORWARD"));
        }
    }

    @Test
    void shouldAddNoneWhenSomebodysRuleAcceptsAlready() throws Exception {
        filter("iptables -P FORWARD DROP; iptables -I FORWARD -o dummy0 -d 10.255.0.0/16 -p udp -j ACCEPT");
        try (DaemonRun daemon = start("")) {
            assertEquals(DATAGRAMS, delivered(VIP));
            assertEquals(0, ours());
        }
    }

    @Test
    void shouldBeAddedAgainWhenTheChainIsFlushed() throws Exception {
        filter("iptables -P FORWARD DROP");
        try (DaemonRun daemon = start("")) {
            node("iptables -F FORWARD");
            assertTrue(BoundedWait.until(() -> daemon.repairs(Repair.FIREWALL_RULE_ADDED) == 1, LIMIT));
            assertEquals(DATAGRAMS, delivered(VIP));
            node("nft flush ruleset");
            filter("iptables -P FORWARD DROP");
            assertTrue(BoundedWait.until(() -> ours() == 1, LIMIT));
        }
    }

    @Test
    void shouldBeAddedAgainWhenAChainOfIptablesLegacyIsFlushed() throws Exception {
        filter("iptables-legacy -w 5 -P FORWARD DROP");
        try (DaemonRun daemon = start("")) {
            node("iptables-legacy -w 5 -F FORWARD");
            // The kernel tells of no such change: it is looked for every few seconds.
            assertTrue(BoundedWait.until(() -> daemon.repairs(Repair.FIREWALL_RULE_ADDED) == 1, LIMIT.multipliedBy(4)));
            assertEquals(DATAGRAMS, delivered(VIP));
        }
        assertEquals(0, ours());
    }

    @Test
    void shouldStayWhenKubeProxyRestoresItsChains() throws Exception {
        filter("iptables -P FORWARD DROP");
        try (DaemonRun daemon = start("")) {
            topology.node().execWithInput("""
                    *filter
                    :KUBE-FORWARD - [0:0]
                    :KUBE-PROXY-FIREWALL - [0:0]
                    -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
                    -A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
                    COMMIT
                    """, "iptables-restore", "-w", "5", "--noflush", "--counters");
            assertEquals(1, ours());
            assertEquals(DATAGRAMS, delivered(VIP));
            assertEquals(0, daemon.repairs(Repair.FIREWALL_RULE_ADDED));
        }
    }

    @Test
    void shouldBeOneRuleWhenADaemonHasDiedAndThenNoneWhenItIsDetached() throws Exception {
        filter("iptables -P FORWARD DROP");
        String before = ruleset();
        // As a daemon that has died leaves it, with another listener's rule beside it.
        topology.node()
                .exec(
                        "nft",
                        "add rule ip filter FORWARD oifname dummy0 ip daddr 10.255.0.1 udp dport 5514 counter accept comment"
                                + " \"udp-fanout: to sys_log, 10.255.0.1 port 5514 on dummy0\"");
        topology.node()
                .exec(
                        "nft",
                        "add rule ip filter FORWARD oifname dummy0 ip daddr 10.255.0.9 udp dport 9 counter accept comment"
                                + " \"udp-fanout: to gone, 10.255.0.9 port 9 on dummy0\"");
        try (DaemonRun daemon = start("")) {
            assertEquals(1, ours());
            assertEquals(DATAGRAMS, delivered(VIP));
        }
        topology.node()
                .exec(
                        "nft",
                        "add rule ip filter FORWARD oifname dummy0 ip daddr 10.255.0.9 udp dport 9 counter accept comment"
                                + " \"udp-fanout: to gone, 10.255.0.9 port 9 on dummy0\"");
        assertEquals(1, topology.node().<Integer>call(() -> Firewall.removeLeftovers()));
        assertEquals(0, ours());
        assertEquals(before, ruleset());
    }

    @Test
    void shouldLetAnswersThroughWhenTheListenerHasReplies() throws Exception {
        filter("nft add table inet filter; "
                + "nft add chain inet filter forward { type filter hook forward priority 0 ; policy drop ; }");
        try (DaemonRun daemon = start("replies: true")) {
            assertEquals(2, ours());
            assertTrue(node("nft list ruleset").contains("iifname \"dummy0\" ip saddr 10.255.0.1 udp sport 5514"));
        }
    }
}
