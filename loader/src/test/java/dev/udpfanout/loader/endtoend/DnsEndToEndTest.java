package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.process.CommandFailedException;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.cli.Distribution;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Debian's DNS server in every pod, Debian's clients outside: every query is answered, from the address that was asked. {@code dig}
 * and {@code dnsperf} take no answer from another one.
 */
@Tag("kernel")
class DnsEndToEndTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int PODS = 3;
    private static final int PORT = 53;
    private static final int QUERIES = 60;
    private static final int PERFORMED = 2_000;
    /** Larger than what one frame of 1,500 bytes holds, and than what a server sends unless it is asked to. */
    private static final int LARGE_BYTES = 3_000;

    private static final Pattern COUNT = Pattern.compile("Queries (sent|completed|lost): +(\\d+)");

    @TempDir
    private Path directory;

    private Topology topology;

    @BeforeEach
    void setUp() throws IOException {
        topology =
                Topology.builder().pods(PODS).ipv6(true).verifyChecksums(true).build();
        // Or the bridge puts IPv6 fragments together, which then are a packet that is too big: docs/configuration.md.
        // Not every
        // machine has the module.
        topology.node().exec("sysctl", "-q", "-e", "-w", "net.bridge.bridge-nf-call-ip6tables=0");
        for (int pod = 1; pod <= PODS; pod++) {
            startServer(pod);
        }
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private void startServer(int pod) throws IOException {
        Path home = Files.createDirectory(directory.resolve("pod" + pod));
        String large = IntStream.range(0, LARGE_BYTES / 200)
                .mapToObj(i -> "\"" + "x".repeat(190) + "\"")
                .collect(Collectors.joining(" "));
        Files.writeString(home.resolve("zone"), """
                $ORIGIN example.test.
                $TTL 60
                @     SOA ns.example.test. admin.example.test. 1 60 60 60 60
                @     NS  ns
                ns    A   192.0.2.53
                who   TXT "pod%d"
                large TXT %s
                """.formatted(pod, large));
        Path config = Files.writeString(home.resolve("knot.conf"), """
                server:
                    rundir: "%1$s"
                    listen: [ "0.0.0.0@53", "::@53" ]
                    udp-workers: 1
                    tcp-workers: 1
                    background-workers: 1
                    udp-max-payload: 4096
                database:
                    storage: "%1$s"
                log:
                  - target: stderr
                    any: warning
                zone:
                  - domain: example.test
                    file: "%1$s/zone"
                """.formatted(home));
        LabNamespace namespace = topology.pod(pod);
        namespace.start("knotd", "-c", config.toString());
        assertTrue(BoundedWait.until(() -> answersItself(namespace, pod), LIMIT));
    }

    private static boolean answersItself(LabNamespace namespace, int pod) {
        try {
            return namespace
                    .exec("dig", "+short", "+tries=1", "+time=1", "@::1", "TXT", "who.example.test")
                    .contains("pod" + pod);
        } catch (CommandFailedException e) {
            // Nobody there yet.
            return false;
        }
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
        String printed = topology.client()
                .exec(
                        "dnsperf",
                        "-s",
                        server,
                        "-d",
                        questions.toString(),
                        "-n",
                        "" + times,
                        "-c",
                        "20",
                        "-Q",
                        "2000",
                        "-t",
                        "5");
        List<String> counts = COUNT.matcher(printed)
                .results()
                .map(match -> match.group(1) + " " + match.group(2))
                .toList();
        assertEquals(List.of("sent " + PERFORMED, "completed " + PERFORMED, "lost 0"), counts, printed);
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
        assertTrue(large.contains("status: NOERROR") && large.contains("x".repeat(190)), large);
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
