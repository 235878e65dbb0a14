package dev.udpfanout.lab.kubeproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class KubeProxyRulesTest {
    private static final InetSocketAddress VIP = new InetSocketAddress("192.168.1.100", 5514);
    private static final List<InetSocketAddress> PODS = List.of(
            new InetSocketAddress("10.42.0.11", 40514),
            new InetSocketAddress("10.42.0.12", 40514),
            new InetSocketAddress("10.42.0.13", 40514));
    private static final ChainNames CHAINS = new ChainNames(new ServicePortName("logging", "syslog", "syslog"), "udp");

    @Test
    void shouldChooseWithEvenChanceWhenThereAreThreeEndpoints() {
        List<String> rules = rules(ExternalTrafficPolicy.CLUSTER, PODS, "-A " + CHAINS.cluster());

        assertEquals(4, rules.size());
        assertTrue(rules.get(0).contains("\"logging/syslog:syslog cluster IP\""), rules.get(0));
        assertTrue(rules.get(1).contains("--mode random --probability 0.3333333333 -j"), rules.get(1));
        assertTrue(rules.get(2).contains("--mode random --probability 0.5000000000 -j"), rules.get(2));
        assertFalse(rules.get(3).contains("statistic"), rules.get(3));
        assertTrue(rules.get(3).contains("\"logging/syslog:syslog -> 10.42.0.13:40514\""), rules.get(3));
    }

    @Test
    void shouldRewriteToTheEndpointWhenThereIsOne() {
        InetSocketAddress dummy = new InetSocketAddress("10.255.0.1", 5514);

        assertEquals(
                List.of(
                        "-A " + CHAINS.endpoint(dummy)
                                + " -m comment --comment logging/syslog:syslog -s 10.255.0.1 -j KUBE-MARK-MASQ",
                        "-A " + CHAINS.endpoint(dummy)
                                + " -m comment --comment logging/syslog:syslog -m udp -p udp -j DNAT --to-destination"
                                + " 10.255.0.1:5514"),
                rules(ExternalTrafficPolicy.LOCAL, List.of(dummy), "-A KUBE-SEP"));
    }

    @Test
    void shouldMasqueradeWhatComesFromOutsideWhenThePolicyIsCluster() {
        assertEquals(
                List.of(
                        "-A " + CHAINS.external() + " -m comment --comment \"masquerade traffic for"
                                + " logging/syslog:syslog external destinations\" -j KUBE-MARK-MASQ",
                        "-A " + CHAINS.external() + " -j " + CHAINS.cluster()),
                rules(ExternalTrafficPolicy.CLUSTER, PODS, "-A " + CHAINS.external()));
    }

    @Test
    void shouldSendWhatComesFromOutsideToTheLocalChainWhenThePolicyIsLocal() {
        List<String> rules = rules(ExternalTrafficPolicy.LOCAL, PODS, "-A " + CHAINS.external());

        assertEquals("-A " + CHAINS.external() + " -j " + CHAINS.local(), rules.getLast());
        assertTrue(
                rules.stream()
                        .filter(rule -> rule.contains("KUBE-MARK-MASQ"))
                        .allMatch(rule -> rule.contains("--src-type LOCAL")),
                rules.toString());
        assertEquals(
                3,
                rules(ExternalTrafficPolicy.LOCAL, PODS, "-A " + CHAINS.local()).size());
    }

    @Test
    void shouldSendNodePortsToTheExternalChainLastOfAllServices() {
        assertEquals(
                List.of("-A KUBE-NODEPORTS -m comment --comment logging/syslog:syslog -m udp -p udp --dport 30514 -j "
                        + CHAINS.external()),
                rules(ExternalTrafficPolicy.LOCAL, PODS, "-A KUBE-NODEPORTS"));
        assertTrue(rules(ExternalTrafficPolicy.LOCAL, PODS, "-A KUBE-SERVICES")
                .getLast()
                .endsWith("-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS"));
    }

    @Test
    void shouldHaveRulesOfEachPortAndNodePortsLastWhenThereAreSeveral() {
        KubeProxyRules syslog = KubeProxyRules.labService(VIP, ExternalTrafficPolicy.LOCAL, PODS);
        KubeProxyRules traps = KubeProxyRules.labService(
                        new InetSocketAddress("192.168.1.100", 162), ExternalTrafficPolicy.LOCAL, PODS)
                .withName(new ServicePortName("logging", "traps", "snmp"));

        List<String> services = KubeProxyRules.restoreInput(List.of(syslog, traps))
                .lines()
                .filter(line -> line.startsWith("-A KUBE-SERVICES "))
                .toList();

        assertEquals(5, services.size());
        assertTrue(services.get(1).contains("-d 192.168.1.100 --dport 5514"), services.get(1));
        assertTrue(services.get(3).contains("-d 192.168.1.100 --dport 162"), services.get(3));
        assertTrue(services.getLast().endsWith("-j KUBE-NODEPORTS"), services.getLast());
    }

    @Test
    void shouldDeclareEveryChainThatARuleNames() {
        String input = KubeProxyRules.labService(VIP, ExternalTrafficPolicy.LOCAL, PODS)
                .restoreInput();
        List<String> jumps = input.lines()
                .filter(line -> line.contains("-j KUBE-"))
                .map(line -> line.substring(line.indexOf("-j KUBE-") + 3))
                .toList();

        assertTrue(jumps.stream().allMatch(chain -> input.contains("\n:" + chain + " - [0:0]\n")), input);
    }

    @Test
    void shouldRefuseWhenThereAreNoEndpoints() {
        assertThrows(
                IllegalArgumentException.class,
                () -> KubeProxyRules.labService(VIP, ExternalTrafficPolicy.LOCAL, List.of()));
    }

    private static List<String> rules(ExternalTrafficPolicy policy, List<InetSocketAddress> endpoints, String start) {
        return KubeProxyRules.labService(VIP, policy, endpoints)
                .restoreInput()
                .lines()
                .filter(line -> line.startsWith(start))
                .toList();
    }
}
