package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.cli.Distribution;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Debian's DNS server in every pod, Debian's clients outside: every query is answered, from the address that was asked.
 * {@code dig} and {@code dnsperf} take no answer from another one.
 */
@Tag("kernel")
class DnsEndToEndTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int PODS = 3;
    private static final int PORT = NameServers.PORT;
    private static final int QUERIES = 60;
    private static final int PERFORMED = 2_000;

    @TempDir
    private Path directory;

    private Topology topology;

    @BeforeEach
    void setUp() throws IOException {
        topology =
                Topology.builder().pods(PODS).ipv6(true).verifyChecksums(true).build();
        // Or the bridge puts IPv6 fragments together, which then are a packet that is too big: docs/configuration.md.
        // Not
        // every machine has the module.
        topology.node().exec("sysctl", "-q", "-e", "-w", "net.bridge.bridge-nf-call-ip6tables=0");
        NameServers.start(topology, PODS, directory);
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private static String text(String address, int port) {
        return (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
    }

    /** The daemon, with one listener for the DNS servers of all pods, or of some. */
    private LabProcess serve(String interfaceName, String bind, String more) throws IOException {
        boolean isIpv6 = bind.contains(":");
        List<InetSocketAddress> pods = isIpv6 ? topology.podEndpoints6(PORT) : topology.podEndpoints(PORT);
        if (interfaceName.equals("dummy0")) {
            InetSocketAddress vip = new InetSocketAddress(isIpv6 ? TopologyPlan.VIP6 : TopologyPlan.VIP, PORT);
            new KubeProxy(topology)
                    .load(KubeProxyRules.labService(
                            vip, ExternalTrafficPolicy.LOCAL, List.of(new InetSocketAddress(bind, PORT))));
        }
        Files.writeString(directory.resolve("config.yaml"), """
                metrics: { bind: "127.0.0.1:9090" }
                listeners:
                  - { name: dns, interface: %s, bind: "%s", replies: true, %s downstream: [ %s ] }
                """.formatted(
                        interfaceName,
                        text(bind, PORT),
                        more,
                        pods.stream()
                                .map(InetSocketAddress::getAddress)
                                .map(InetAddress::getHostAddress)
                                .map(address -> "{ address: \"" + text(address, PORT) + "\" }")
                                .collect(Collectors.joining(", "))));
        return startDaemon();
    }

    private LabProcess startDaemon() {
        LabProcess daemon = topology.node()
                .start(
                        Distribution.command(),
                        "--config",
                        directory.resolve("config.yaml").toString(),
                        "--pin-dir",
                        topology.pinDirectory().toString());
        daemon.awaitLine("ready listeners=", LIMIT);
        return daemon;
    }

    /** What is answered to as many questions, each from a socket of its own. */
    private List<String> ask(String server, int questions) throws IOException {
        Path batch = Files.writeString(directory.resolve("questions"), "who.example.test TXT\n".repeat(questions));
        return topology.client()
                .exec("dig", "@" + server, "+short", "+tries=1", "+time=3", "+notcp", "-f", batch.toString())
                .lines()
                .toList();
    }

    private void assertAllAnswered(String server) throws IOException {
        List<String> answers = ask(server, QUERIES);
        assertEquals(QUERIES, answers.size(), () -> "" + answers);
        assertEquals(Set.of("\"pod1\"", "\"pod2\"", "\"pod3\""), Set.copyOf(answers));
    }

    private void assertNoneLostByDnsperf(String server) throws IOException {
        Path questions = Files.writeString(directory.resolve("load"), "who.example.test TXT\nns.example.test A\n");
        int times = PERFORMED / 2;
        Map<String, Integer> counts = NameServers.dnsperf(
                topology.client(), server, questions, List.of("-n", "" + times, "-c", "20", "-Q", "2000", "-t", "5"));
        assertEquals(Map.of("sent", PERFORMED, "completed", PERFORMED, "lost", 0), counts);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            dummy0 | 10.255.0.1      | 192.168.1.100   | attach: tcx,
            dummy0 | 10.255.0.1      | 192.168.1.100   | attach: clsact,
            dummy0 | 10.255.0.1      | 192.168.1.100   | 'hook: egress, attach: tcx,'
            dummy0 | 10.255.0.1      | 192.168.1.100   | local_delivery: peer,
            eth0   | 0.0.0.0         | 192.168.1.1     | attach: clsact,
            eth0   | 192.168.1.100   | 192.168.1.100   | attach: tcx,
            eth0   | 192.168.1.100   | 192.168.1.100   | 'policy: hash, hash_on: source_port, local_delivery: peer,'
            dummy0 | 2001:db8:255::1 | 2001:db8:1::100 | attach: tcx,
            dummy0 | 2001:db8:255::1 | 2001:db8:1::100 | 'hook: egress, attach: clsact,'
            eth0   | ::              | 2001:db8:1::1   | attach: tcx,
            eth0   | 2001:db8:1::100 | 2001:db8:1::100 | 'attach: clsact,'
            """)
    void shouldAnswerEveryQueryFromWhereItWasAsked(String interfaceName, String bind, String server, String more)
            throws IOException {
        serve(interfaceName, bind, more);
        assertAllAnswered(server);
        assertNoneLostByDnsperf(server);
        String large = topology.client()
                .exec("dig", "@" + server, "+bufsize=4096", "+ignore", "+tries=1", "TXT", "large.example.test");
        assertTrue(large.contains("status: NOERROR") && large.contains(NameServers.LARGE_PART), large);
    }

    @Test
    void shouldGoOnAnsweringWhenTheDaemonIsKilledAndStartedAgain() throws IOException {
        LabProcess first = serve("eth0", TopologyPlan.VIP, "");
        assertAllAnswered(TopologyPlan.VIP);
        first.signal("KILL");
        first.awaitExit(LIMIT);
        assertAllAnswered(TopologyPlan.VIP);
        LabProcess second = startDaemon();
        second.awaitLine(
                "attached TC eBPF program for replies to ingress interface=\"cni0\" method=\"tcx\" adopted=true",
                LIMIT);
        assertAllAnswered(TopologyPlan.VIP);
    }
}
