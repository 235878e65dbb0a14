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
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.cli.Distribution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people send and receive with: Debian's own programs, on the MetalLB way in. */
@Tag("kernel")
class DebianProgramsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int PODS = 3;
    private static final int SYSLOG_PORT = 5514;
    private static final int NETFLOW_PORT = 2055;
    private static final int MESSAGES = 1_500;
    private static final Pattern MESSAGE = Pattern.compile("message-(\\d{5})");

    @TempDir
    private Path directory;

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(PODS).verifyChecksums(true).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    /** The daemon, with one listener for the VIP's port. */
    private void serve(int port) throws IOException {
        InetSocketAddress vip = new InetSocketAddress(TopologyPlan.VIP, port);
        InetSocketAddress dummy = new InetSocketAddress("10.255.0.1", port);
        new KubeProxy(topology).load(KubeProxyRules.labService(vip, ExternalTrafficPolicy.LOCAL, List.of(dummy)));
        String downstream = topology.podEndpoints(port).stream()
                .map(pod -> "{ address: \"" + pod.getAddress().getHostAddress() + ":" + port + "\" }")
                .reduce((one, other) -> one + ", " + other)
                .orElseThrow();
        Path config = Files.writeString(directory.resolve("config.yaml"), """
                metrics: { enabled: false }
                listeners:
                  - { name: real, bind: "10.255.0.1:%d", interface: dummy0, downstream: [ %s ] }
                """.formatted(port, downstream));
        topology.node()
                .start(
                        Distribution.command(),
                        "--config",
                        config.toString(),
                        "--pin-dir",
                        topology.pinDirectory().toString())
                .awaitLine("ready listeners=", LIMIT);
    }

    private Path log(int pod) {
        return directory.resolve("pod" + pod + ".log");
    }

    /** rsyslogd in every pod, writing what it receives, one datagram a line. */
    private void receiveSyslog() throws IOException {
        for (int pod = 1; pod <= PODS; pod++) {
            Path config = Files.writeString(
                    directory.resolve("receive" + pod + ".conf"), """
                    global(workDirectory="%1$s")
                    module(load="imudp")
                    input(type="imudp" port="%2$d" rcvbufSize="4m")
                    template(name="raw" type="string" string="%%rawmsg%%\\n")
                    *.* action(type="omfile" file="%3$s" template="raw")
                    """.formatted(directory, SYSLOG_PORT, log(pod)));
            rsyslogd(topology.pod(pod), config);
            awaitSocket(topology.pod(pod), SYSLOG_PORT);
        }
    }

    private static void rsyslogd(LabNamespace namespace, Path config) {
        namespace.start("rsyslogd", "-n", "-i", "NONE", "-f", config.toString());
    }

    private static void awaitSocket(LabNamespace pod, int port) {
        assertTrue(BoundedWait.until(() -> pod.exec("ss", "-Hlun").contains(":" + port), LIMIT));
    }

    /** The numbers of the messages that a pod has logged. */
    private List<Integer> logged(int pod) {
        try {
            return Files.notExists(log(pod))
                    ? List.of()
                    : MESSAGE.matcher(Files.readString(log(pod)))
                            .results()
                            .map(match -> Integer.parseInt(match.group(1)))
                            .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Stream<Integer> logged() {
        return IntStream.rangeClosed(1, PODS).boxed().flatMap(pod -> logged(pod).stream());
    }

    private void assertEachOnceAndSpread(int messages) {
        assertTrue(BoundedWait.until(() -> logged().count() >= messages, LIMIT), () -> "only " + logged().count());
        assertEquals(
                IntStream.range(0, messages).boxed().toList(), logged().sorted().toList());
        int cpus = Runtime.getRuntime().availableProcessors();
        for (int pod = 1; pod <= PODS; pod++) {
            int count = logged(pod).size();
            assertTrue(Math.abs(count - messages / PODS) <= cpus, "pod " + pod + " has " + count);
        }
    }

    private Path messages(int count) throws IOException {
        return Files.write(
                directory.resolve("messages"),
                IntStream.range(0, count).mapToObj("message-%05d"::formatted).toList());
    }

    @Test
    void shouldSpreadWhatOneLoggerSendsFromOneSocket() throws IOException {
        serve(SYSLOG_PORT);
        receiveSyslog();
        topology.client()
                .exec(
                        "logger",
                        "--udp",
                        "--server",
                        TopologyPlan.VIP,
                        "--port",
                        "" + SYSLOG_PORT,
                        "--file",
                        messages(MESSAGES).toString());
        assertEachOnceAndSpread(MESSAGES);
    }

    @Test
    void shouldSpreadWhatOneSyslogRelaySends() throws IOException {
        serve(SYSLOG_PORT);
        receiveSyslog();
        Path relayed = directory.resolve("relayed");
        Path config = Files.writeString(
                directory.resolve("relay.conf"), """
                global(workDirectory="%1$s")
                module(load="imfile")
                input(type="imfile" file="%2$s" tag="lab:")
                *.* action(type="omfwd" target="%3$s" port="%4$d" protocol="udp")
                """.formatted(directory, relayed, TopologyPlan.VIP, SYSLOG_PORT));
        rsyslogd(topology.client(), config);
        Files.move(messages(MESSAGES), relayed);
        assertEachOnceAndSpread(MESSAGES);
    }

    @Test
    void shouldTakeWhatNetcatSends() throws IOException {
        serve(SYSLOG_PORT);
        receiveSyslog();
        for (int i = 0; i < 6; i++) {
            topology.client()
                    .execWithInput(
                            "<13>message-%05d".formatted(i), "nc", "-u", "-w", "1", TopologyPlan.VIP, "" + SYSLOG_PORT);
        }
        assertTrue(BoundedWait.until(() -> logged().count() >= 6, LIMIT), () -> "" + logged().toList());
        assertEquals(List.of(0, 1, 2, 3, 4, 5), logged().sorted().toList());
    }

    /**
     * Version 5: each datagram can be read by itself. Those of version 9 need the templates that came in an earlier
     * one.
     */
    @Test
    void shouldSpreadTheExportsOfOneNetflowExporter() throws Exception {
        int flows = 300;
        serve(NETFLOW_PORT);
        List<Path> collected = new ArrayList<>();
        List<LabProcess> collectors = new ArrayList<>();
        for (int pod = 1; pod <= PODS; pod++) {
            Path to = Files.createDirectory(directory.resolve("flows" + pod));
            collected.add(to);
            collectors.add(
                    topology.pod(pod).start("nfcapd", "-w", to.toString(), "-p", "" + NETFLOW_PORT, "-B", "4000000"));
            awaitSocket(topology.pod(pod), NETFLOW_PORT);
        }
        // From a capture: softflowd on an interface sees packets when libpcap's buffer is full, and that takes more
        // than a test's.
        topology.client()
                .exec(
                        "softflowd",
                        "-d",
                        "-r",
                        captured(flows).toString(),
                        "-v",
                        "5",
                        "-n",
                        TopologyPlan.VIP + ":" + NETFLOW_PORT,
                        "-c",
                        "none",
                        "-p",
                        directory.resolve("softflowd.pid").toString());
        List<Integer> byPod = new ArrayList<>();
        for (int pod = 0; pod < PODS; pod++) {
            // It writes what it has when it ends.
            Path to = collected.get(pod);
            LabProcess collector = collectors.get(pod);
            collector.signal("TERM");
            collector.awaitExit(LIMIT);
            byPod.add(flowsIn(to));
        }
        assertEquals(flows, byPod.stream().mapToInt(Integer::intValue).sum(), () -> "by pod " + byPod);
        assertTrue(byPod.stream().allMatch(count -> count > 0), () -> "by pod " + byPod);
    }

    /** A capture of datagrams from one socket to so many ports. */
    private Path captured(int flows) {
        Path capture = directory.resolve("capture");
        LabProcess tcpdump = topology.client()
                .start(
                        "tcpdump",
                        "-n",
                        "-U",
                        "-i",
                        "eth0",
                        "-c",
                        "" + flows,
                        "-w",
                        capture.toString(),
                        "udp portrange 20000-20999");
        tcpdump.awaitLine("listening on", LIMIT);
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
            for (int flow = 0; flow < flows; flow++) {
                sender.send(SendPlan.to(new InetSocketAddress(TopologyPlan.NODE_ADDRESS, 20_000 + flow)));
            }
        }
        assertEquals(0, tcpdump.awaitExit(LIMIT));
        return capture;
    }

    private int flowsIn(Path directory) {
        String printed = topology.node()
                .exec(
                        "nfdump",
                        "-q",
                        "-R",
                        directory.toString(),
                        "-o",
                        "fmt:%dp",
                        "dst port > 19999 and dst port < 21000");
        return (int) printed.lines().filter(line -> !line.isBlank()).count();
    }
}
