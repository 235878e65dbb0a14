package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a daemon with the memory of the shipped DaemonSet does with more than it was made for. */
@Tag("kernel")
@Timeout(300)
class MemoryLimitEndToEndTest {
    private static final int SHIPPED_LIMIT_MIB = 256;
    private static final int SLOW_CLIENTS = 310;
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int EXIT_ON_OUT_OF_MEMORY = 3;

    @TempDir
    private Path directory;

    private ServiceLab lab;

    @BeforeEach
    void setUp() throws IOException {
        lab = new ServiceLab(directory, 3);
        lab.leadVipToDummy();
        lab.server().api().put(FakeService.withVips("192.168.1.100"));
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    private Map<String, String> shippedLimit() throws IOException {
        Path cgroup = Files.createDirectories(directory.resolve("cgroup"));
        Files.writeString(cgroup.resolve("memory.max"), Long.toString((long) SHIPPED_LIMIT_MIB << 20));
        return Map.of("UDP_FANOUT_CGROUP", cgroup.toString());
    }

    private void serveSmall(Endpoint... endpoints) {
        EndpointSlice slice = Slices.ofService("small-1", "syslog", ServiceLab.POD_PORT, endpoints);
        slice.getMetadata().getLabels().put("kubernetes.io/service-name", "small");
        lab.server().api().put(slice);
    }

    private static long residentMib(LabProcess process, String key) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                .filter(line -> line.startsWith(key + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldTakeTheFirstOfAHundredThousandEndpointsAndServeTheOthersListeners() throws IOException {
        lab.server().api().disturb(new HugeService(100_000));
        serveSmall(lab.pod(1));
        lab.configureOnDummy("");
        lab.addListeners("""
                - name: small
                  bind: "10.255.0.1:5515"
                  interface: dummy0
                  kubernetes: { namespace: logging, service: small, port: syslog }
                """);
        lab.environment(shippedLimit());
        LabProcess daemon = lab.start();
        daemon.awaitLine("endpoints=65536", LONG);

        assertTrue(
                BoundedWait.until(
                        () -> lab.admin()
                                .metricBy("listener", "udp_fanout_endpoints_active")
                                .equals(Map.of("syslog", 65_536L, "small", 1L)),
                        LONG),
                () -> lab.admin().page("/metrics"));
        assertEquals(
                34_464L,
                lab.admin()
                        .metricBy("reason", "udp_fanout_kubernetes_endpoints_left_out")
                        .get("too_many"));
        serveSmall(lab.pod(1), lab.pod(2));
        assertTrue(BoundedWait.until(
                () -> lab.admin()
                                .metricBy("listener", "udp_fanout_endpoints_active")
                                .get("small")
                        == 2,
                LONG));
        floodWithSlowClients();
        assertTrue(daemon.isAlive());
        long highest = residentMib(daemon, "VmHWM");
        System.out.println("100,000 endpoints: resident set at its highest " + highest + " MiB");
        assertTrue(highest < SHIPPED_LIMIT_MIB, () -> highest + " MiB");
    }

    /** All ask, and read nothing; meanwhile the kubelet's probe must come through. */
    private void floodWithSlowClients() {
        lab.topology().node().call(() -> {
            List<Socket> clients = new ArrayList<>();
            try {
                for (int i = 0; i < SLOW_CLIENTS; i++) {
                    Socket client = new Socket();
                    clients.add(client);
                    client.setReceiveBufferSize(4096);
                    client.connect(new java.net.InetSocketAddress("127.0.0.1", 9090), 5_000);
                    client.getOutputStream()
                            .write("GET /status HTTP/1.1\r\nHost: node\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    if (i % 15 == 14) {
                        assertTrue(AdminClient.fetch("/healthz").startsWith("ok"));
                    }
                }
            } finally {
                for (Socket client : clients) {
                    client.close();
                }
            }
            return null;
        });
    }

    @Test
    void shouldEndAtOnceWithoutMemoryAndLeaveForwardingAtWork() throws Exception {
        lab.serveAll();
        lab.configureOnDummy("on_exit: keep");
        lab.environment(Map.of("UDP_FANOUT_JAVA_OPTS", "-Xmx40m"));
        LabProcess daemon = lab.start();
        lab.awaitInForce(1, 2, 3);
        lab.awaitReady();
        try (SequenceTraffic traffic = lab.traffic()) {
            ServiceLab.awaitSent(traffic, 2_000);
            lab.server().api().disturb(new HugeService(100_000));
            lab.server().api().watches().gone();
            assertEquals(EXIT_ON_OUT_OF_MEMORY, daemon.awaitExit(LONG));
            ServiceLab.awaitSent(traffic, 20_000);
            lab.assertNothingLost(traffic);
        }
    }
}
