package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.loader.cli.Distribution;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Debian's knot in the pods, behind a listener in user space, and at the client dig and dnsperf, which take no answer
 * that does not come from whom they have asked.
 */
@Tag("kernel")
class DnsServerTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int PODS = 3;
    private static final int PORT = NameServers.PORT;
    private static final int QUERIES = 60;
    private static final int QUERIES_UNDER_LOAD = 3_000;
    private static final int SOCKETS = 20;

    @TempDir
    private Path directory;

    private Topology topology;

    @BeforeEach
    void setUp() throws IOException {
        topology = Topology.builder().pods(PODS).verifyChecksums(true).build();
        new KubeProxy(topology)
                .load(KubeProxyRules.labService(
                        new InetSocketAddress(TopologyPlan.VIP, PORT),
                        ExternalTrafficPolicy.LOCAL,
                        List.of(new InetSocketAddress("10.255.0.1", PORT))));
        NameServers.start(topology, PODS, directory);
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private void serve(String mode, String bind, String interfaceName) throws IOException {
        String downstream = String.join(
                ", ",
                topology.podEndpoints(PORT).stream()
                        .map(pod -> "{ address: \"" + pod.getAddress().getHostAddress() + ":" + PORT + "\" }")
                        .toList());
        Path config = Files.writeString(
                directory.resolve("config.yaml"), """
                metrics: { enabled: false }
                flows: { max: 1024, idle_timeout_secs: 30 }
                listeners:
                  - { bind: "%s:%d", interface: %s, replies: true, %s, downstream: [ %s ] }
                """.formatted(bind, PORT, interfaceName, mode, downstream));
        topology.node()
                .start(
                        Distribution.command(),
                        "--config",
                        config.toString(),
                        "--pin-dir",
                        topology.pinDirectory().toString())
                .awaitLine("ready listeners=", LIMIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "nio"})
    void shouldAnswerEveryQueryWhenManyAreUnderWay(String io) throws IOException {
        serve("mode: userspace, workers: 2, io: " + io, "10.255.0.1", "dummy0");
        Path query = Files.writeString(directory.resolve("query"), "who.example.test TXT\n");
        Map<String, Integer> counts = NameServers.dnsperf(
                topology.client(),
                TopologyPlan.VIP,
                query,
                List.of(
                        "-n",
                        "" + QUERIES_UNDER_LOAD,
                        "-c",
                        "" + SOCKETS,
                        "-q",
                        "" + SOCKETS,
                        "-t",
                        "" + LIMIT.toSeconds()));
        assertEquals(QUERIES_UNDER_LOAD, counts.get("completed"));
        assertEquals(0, counts.get("lost"));
    }

    @ParameterizedTest
    @CsvSource({
        "mode: userspace, 10.255.0.1, dummy0, " + TopologyPlan.VIP,
        "'mode: userspace, io: epoll', 10.255.0.1, dummy0, " + TopologyPlan.VIP,
        "'mode: userspace, io: nio', 10.255.0.1, dummy0, " + TopologyPlan.VIP,
        "mode: userspace, 0.0.0.0, eth0, " + TopologyPlan.NODE_ADDRESS,
        "'mode: userspace, io: epoll', 0.0.0.0, eth0, " + TopologyPlan.NODE_ADDRESS
    })
    void shouldAnswerEveryQueryFromTheAddressThatWasAsked(String mode, String bind, String interfaceName, String asked)
            throws IOException {
        serve(mode, bind, interfaceName);
        Path queries = Files.write(directory.resolve("queries"), Collections.nCopies(QUERIES, "who.example.test TXT"));
        String printed = topology.client()
                .exec("dig", "@" + asked, "+short", "+tries=1", "+timeout=5", "-f", queries.toString());
        List<String> answers = printed.lines().toList();
        assertEquals(QUERIES, answers.size(), printed);
        assertEquals(List.of("\"pod1\"", "\"pod2\"", "\"pod3\""), List.copyOf(new TreeSet<>(answers)), printed);
    }
}
