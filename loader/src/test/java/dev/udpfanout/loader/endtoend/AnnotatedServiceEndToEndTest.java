package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.cli.Distribution;
import dev.udpfanout.loader.datapath.kernel.pinned.PinnedLease;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.endtoend.services.VipService;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One annotation on a Service: its VIP and its ClusterIP are spread, and kube-proxy serves it before and after. */
@Tag("kernel")
@Timeout(180)
class AnnotatedServiceEndToEndTest {
    private static final String POLICY = "udpfanout.dev/policy";
    private static final int PODS = 3;

    @TempDir
    private Path directory;

    private ServiceLab lab;

    @BeforeEach
    void setUp() throws IOException {
        lab = new ServiceLab(directory, PODS);
        lab.serveAll();
        lab.configureServices("{ vip_interfaces: [eth0], pod_interfaces: [cni0] }");
        List<InetSocketAddress> endpoints = IntStream.rangeClosed(1, PODS)
                .mapToObj(n -> new InetSocketAddress(lab.topology().plan().podAddress(n), ServiceLab.POD_PORT))
                .toList();
        new KubeProxy(lab.topology())
                .load(KubeProxyRules.labService(ServiceLab.VIP, ExternalTrafficPolicy.CLUSTER, endpoints));
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    private boolean isSpread() {
        return podsServedBy(600) == PODS;
    }

    /** To how many pods the next so many datagrams go; each pod gets none, or many. */
    private long podsServedBy(long datagrams) {
        List<Long> before = counts();
        long until = lab.received() + datagrams;
        assertTrue(BoundedWait.until(() -> lab.received() >= until, ServiceLab.LIMIT));
        List<Long> after = counts();
        return IntStream.range(0, PODS)
                .filter(pod -> after.get(pod) > before.get(pod))
                .count();
    }

    private List<Long> counts() {
        return lab.receivers().stream().map(SequenceTraffic.Receiver::received).toList();
    }

    @Test
    void shouldLoseNothingWhenAServiceIsAnnotatedAndTheAnnotationTakenAway() throws Exception {
        lab.server().api().put(VipService.with(Map.of()));
        lab.start();
        lab.awaitReady();
        try (SequenceTraffic traffic = lab.traffic()) {
            ServiceLab.awaitSent(traffic, 4_000);
            assertEquals(1, podsServedBy(2_000), "one flow, one pod: kube-proxy's way");

            lab.server().api().put(VipService.with(Map.of(POLICY, "round_robin")));
            assertTrue(BoundedWait.until(this::isSpread, ServiceLab.LIMIT), () -> lab.admin()
                    .page("/status"));
            assertEvenlySpread(9_000);

            lab.server().api().put(VipService.with(Map.of()));
            assertTrue(BoundedWait.until(() -> podsServedBy(600) == 1, ServiceLab.LIMIT));
            assertEquals(1, podsServedBy(2_000), "kube-proxy's way again");
            long sent = traffic.stop();
            assertTrue(BoundedWait.until(() -> lab.received() >= sent, ServiceLab.LIMIT));
            assertEquals(sent, lab.received());
        }
    }

    @Test
    void shouldSpreadWhatAPodSendsToTheClusterIp() throws Exception {
        // With 1, the bridge has kube-proxy's rules change the destination before its own hook sees the datagram.
        lab.serve(lab.pod(1), lab.pod(2));
        lab.topology().node().exec("sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=0");
        lab.server().api().put(VipService.with(Map.of(POLICY, "round_robin")));
        lab.start();
        lab.awaitReady();
        LabNamespace pod = lab.topology().pod(PODS);
        try (SequenceTraffic traffic = new SequenceTraffic(pod, VipService.CLUSTER_IP, 2_000)) {
            assertTrue(BoundedWait.until(() -> podsServedBy(600) == PODS - 1, ServiceLab.LIMIT), () -> lab.admin()
                    .page("/status"));
            assertEvenlySpread(3_000);
        }
    }

    @Test
    void shouldTellWhatIsWrongAndLeaveTheServiceToKubeProxyWhenAnAnnotationIsBad() throws Exception {
        lab.server().api().put(VipService.with(Map.of(POLICY, "round-robin")));
        lab.start();
        lab.awaitReady();

        assertTrue(BoundedWait.until(
                () -> lab.admin().page("/metrics").contains("services{state=\"refused\"} 1"), ServiceLab.LIMIT));
        try (KubernetesClient client = lab.server().alsoOnLoopback().client()) {
            assertTrue(BoundedWait.until(() -> !events(client).isEmpty(), ServiceLab.LIMIT));
            Event event = events(client).getFirst();
            assertEquals(Slices.SERVICE.name(), event.getInvolvedObject().getName());
            assertTrue(
                    event.getMessage()
                            .contains("udpfanout.dev/policy: \"round-robin\" is not one of: round_robin, weighted"),
                    event::getMessage);
        }
        try (SequenceTraffic traffic = lab.traffic()) {
            ServiceLab.awaitSent(traffic, 2_000);
            long sent = traffic.stop();
            assertTrue(BoundedWait.until(() -> lab.received() >= sent, ServiceLab.LIMIT));
            assertEquals(1, podsWithDatagrams());
        }
    }

    @Test
    void shouldLeaveAServiceThatNobodyAnnotatesAnyMoreToKubeProxyOnceTheLeaseOfADeadDaemonHasRunOut() throws Exception {
        lab.configureServices("{ vip_interfaces: [eth0], pod_interfaces: [cni0], lease_secs: 60 }");
        lab.server().api().put(VipService.with(Map.of(POLICY, "round_robin")));
        LabProcess daemon = lab.start();
        lab.awaitReady();
        try (SequenceTraffic traffic = lab.traffic()) {
            assertTrue(BoundedWait.until(this::isSpread, ServiceLab.LIMIT));
            daemon.signal("KILL");
            daemon.awaitExit(ServiceLab.LIMIT);
            lab.server().api().put(VipService.with(Map.of()));

            assertEquals(PODS, podsServedBy(2_000), "the pinned program keeps spreading");
            String status = status();
            assertTrue(status.contains("lease: leased listeners are served for "), status);
            assertTrue(leaseLeft().toSeconds() < 60, () -> "left " + leaseLeft());

            endLease();
            assertTrue(BoundedWait.until(() -> podsServedBy(600) == 1, ServiceLab.LIMIT), "kube-proxy's way");
            String over = status();
            assertTrue(over.contains("lease: RAN OUT"), over);

            lab.server().api().put(VipService.with(Map.of(POLICY, "round_robin")));
            lab.start();
            assertTrue(BoundedWait.until(this::isSpread, ServiceLab.LIMIT), "a daemon that comes back renews");
            assertTrue(leaseLeft().toSeconds() > 30, () -> "left " + leaseLeft());
            lab.assertNothingLost(traffic);
        }
    }

    /** What {@code udp-fanout status} prints. */
    private String status() {
        LabProcess status = lab.topology()
                .node()
                .start(
                        lab.variables(),
                        line -> {},
                        Distribution.command(),
                        "status",
                        "--metrics",
                        "127.0.0.1:9090",
                        "--pin-dir",
                        lab.pins().toString());
        status.awaitExit(ServiceLab.LIMIT);
        return String.join("\n", status.lines());
    }

    private Duration leaseLeft() {
        return PinnedLease.read(lab.pins()).orElseThrow().left();
    }

    /** As if the daemon had been dead for the lease's term, which is longer than a test may take. */
    private void endLease() {
        try (BpfMap lease =
                BpfMap.openPinned(Pins.map(lab.pins(), SharedMaps.LEASE.name())).orElseThrow()) {
            SharedMaps.LEASE.open(lease).put(0, System.nanoTime());
        }
    }

    private long podsWithDatagrams() {
        return counts().stream().filter(count -> count > 0).count();
    }

    /**
     * By the kernel's counters, since receivers are not equally quick; between two of them a few datagrams may come.
     */
    private void assertEvenlySpread(long datagrams) {
        List<Long> before = sentToEndpoints();
        assertTrue(BoundedWait.until(() -> sum(sentToEndpoints()) >= sum(before) + datagrams, ServiceLab.LIMIT));
        List<Long> after = sentToEndpoints();
        LongSummaryStatistics shares = IntStream.range(0, before.size())
                .mapToLong(pod -> after.get(pod) - before.get(pod))
                .summaryStatistics();
        assertTrue(shares.getMax() - shares.getMin() < datagrams / 50, () -> "shares " + shares);
    }

    private static long sum(List<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    private List<Long> sentToEndpoints() {
        return Pattern.compile("(?m)^udp_fanout_endpoint_packets_total\\{.*} (.*)$")
                .matcher(lab.admin().page("/metrics"))
                .results()
                .map(found -> (long) Double.parseDouble(found.group(1)))
                .toList();
    }

    private static List<Event> events(KubernetesClient client) {
        return client.v1()
                .events()
                .inNamespace(Slices.SERVICE.namespace())
                .list()
                .getItems();
    }
}
