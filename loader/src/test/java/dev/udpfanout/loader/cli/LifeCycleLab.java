package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.SequenceTraffic;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A daemon process in a lab of its own, with traffic that notices each lost datagram. */
abstract class LifeCycleLab {
    static final Duration LIMIT = Duration.ofMinutes(2);
    static final int PER_SECOND = 20_000;
    static final int PODS = 3;
    static final InetSocketAddress VIP = new InetSocketAddress(TopologyPlan.VIP, 5514);

    @TempDir
    Path directory;

    Topology topology;
    Path config;
    List<SequenceTraffic.Receiver> receivers;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(PODS).build();
        new KubeProxy(topology)
                .load(KubeProxyRules.labService(
                        VIP, ExternalTrafficPolicy.LOCAL, List.of(new InetSocketAddress("10.255.0.1", 5514))));
        config = directory.resolve("config.yaml");
        receivers = new ArrayList<>();
        topology.pods().forEach(pod -> receivers.add(new SequenceTraffic.Receiver(pod, 40514)));
    }

    @AfterEach
    void tearDown() throws IOException {
        for (SequenceTraffic.Receiver receiver : receivers) {
            receiver.close();
        }
        topology.close();
    }

    void write(String attach, String top, String more) throws IOException {
        Path next = directory.resolve("next.yaml");
        Files.writeString(next, """
                %s
                metrics: { bind: "127.0.0.1:9090" }
                listeners:
                  - name: syslog
                    bind: "10.255.0.1:5514"
                    interface: dummy0
                    attach: %s
                    downstream:
                      - { name: pod-1, address: "10.42.0.11:40514" }
                      - { name: pod-2, address: "10.42.0.12:40514" }
                      - { name: pod-3, address: "10.42.0.13:40514" }
                %s
                """.formatted(top, attach, more));
        // As a ConfigMap changes: another file takes the name in one step.
        Files.move(next, config, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    /** Starts one, and does not wait. */
    LabProcess launch() {
        return topology.node()
                .start(
                        Distribution.command(),
                        "--config",
                        config.toString(),
                        "--pin-dir",
                        topology.pinDirectory().toString());
    }

    LabProcess start() {
        LabProcess daemon = launch();
        daemon.awaitLine("ready listeners=", LIMIT);
        return daemon;
    }

    SequenceTraffic traffic() {
        return new SequenceTraffic(topology.client(), VIP, PER_SECOND);
    }

    void awaitSent(SequenceTraffic traffic, long more) {
        long until = traffic.next() + more;
        assertTrue(BoundedWait.until(() -> traffic.next() >= until, LIMIT));
    }

    long received(int pod) {
        return receivers.get(pod).received();
    }

    long received() {
        return receivers.stream().mapToLong(SequenceTraffic.Receiver::received).sum();
    }

    void assertNothingLost(SequenceTraffic traffic) throws InterruptedException {
        long sent = traffic.stop();
        assertTrue(
                BoundedWait.until(() -> received() >= sent, Duration.ofSeconds(5)),
                () -> "sent " + sent + ", received " + received());
        assertEquals(sent, received());
    }

    String page(String path) {
        return topology.node().call(() -> {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:9090" + path))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
        });
    }

    double metric(String name) {
        String page = page("/metrics");
        Matcher matcher =
                Pattern.compile("(?m)^" + Pattern.quote(name) + "[^ ]* (\\S+)$").matcher(page);
        assertTrue(matcher.find(), () -> name + " is not in\n" + page);
        return Double.parseDouble(matcher.group(1));
    }
}
