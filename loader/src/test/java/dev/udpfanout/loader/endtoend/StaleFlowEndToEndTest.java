package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.kubeproxy.ServicePortName;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A client that sends before the rules and the daemon are there, and never stops. What connection tracking has noted of
 * it then holds for as long as it sends; measured without the daemon's help: 672 sent, 0 delivered.
 */
@Tag("kernel")
class StaleFlowEndToEndTest {
    private static final String CLEARED = "deleted entries of connection tracking that led datagrams past the listener";
    private static final String ON_DUMMY = "bind: \"10.255.0.1:5514\"\n    interface: dummy0";
    private static final int PER_SECOND = 1_000;
    private static final int PODS = 2;
    private static final int SENDERS = 500;
    private static final Pattern READY = Pattern.compile("\"ready\"\\s*:\\s*true");
    private static final InetSocketAddress DUMMY = new InetSocketAddress("10.255.0.1", 5514);
    private static final InetSocketAddress OTHER_VIP = new InetSocketAddress("192.168.1.101", 5514);

    @TempDir
    private Path directory;

    private ServiceLab lab;

    @BeforeEach
    void setUp() throws IOException {
        lab = new ServiceLab(directory, PODS);
        lab.serveAll();
        lab.server()
                .api()
                .put(FakeService.withUdpPort("syslog", ServiceLab.VIP.getPort(), DUMMY.getPort())
                        .editSpec()
                        .withClusterIP("10.43.0.14")
                        .endSpec()
                        .withNewStatus()
                        .withNewLoadBalancer()
                        .addNewIngress()
                        .withIp(TopologyPlan.VIP)
                        .endIngress()
                        .endLoadBalancer()
                        .endStatus()
                        .build());
        // Who sends to an address that is nobody's gets it back, and not an answer that ends the sender.
        lab.topology()
                .node()
                .exec(
                        "ip",
                        "neigh",
                        "replace",
                        TopologyPlan.VIP,
                        "lladdr",
                        TopologyPlan.CLIENT_MAC.toString(),
                        "dev",
                        "eth0");
        lab.topology().node().exec("sysctl", "-qw", "net.ipv4.conf.all.send_redirects=0");
        lab.topology().node().exec("sysctl", "-qw", "net.ipv4.conf.eth0.send_redirects=0");
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    /** Before kube-proxy knows the Service: another one's rules are there, so connections are tracked. */
    private void loadRulesOfAnotherService() {
        new KubeProxy(lab.topology())
                .load(KubeProxyRules.labService(OTHER_VIP, ExternalTrafficPolicy.LOCAL, List.of(DUMMY))
                        .withName(new ServicePortName("other", "other", "other")));
    }

    /** From before udp-fanout: an endpoint that is no more, like a pod of a Deployment. */
    private void loadRulesForAnOldPod() {
        new KubeProxy(lab.topology())
                .load(KubeProxyRules.labService(
                        ServiceLab.VIP,
                        ExternalTrafficPolicy.LOCAL,
                        List.of(new InetSocketAddress("10.42.0.200", ServiceLab.POD_PORT))));
    }

    private void loadRulesForTheListener() {
        new KubeProxy(lab.topology())
                .replaceRules(List.of(
                        KubeProxyRules.labService(ServiceLab.VIP, ExternalTrafficPolicy.LOCAL, List.of(DUMMY))));
    }

    static Stream<Arguments> waysAndEntries() {
        return Stream.of(ON_DUMMY, ON_DUMMY + "\n    hook: egress", ON_DUMMY + "\n    mode: userspace")
                .flatMap(way -> Stream.of(Arguments.of(way, false), Arguments.of(way, true)));
    }

    private BitSet arrived() {
        BitSet all = new BitSet();
        lab.receivers().forEach(receiver -> all.or(receiver.numbers()));
        return all;
    }

    private void assertEverythingArrivesFrom(long first, SequenceTraffic traffic) throws InterruptedException {
        ServiceLab.awaitSent(traffic, 2 * PER_SECOND);
        int sent = (int) traffic.stop();
        BoundedWait.until(() -> arrived().nextClearBit((int) first) >= sent, ServiceLab.LIMIT);
        assertEquals(sent, arrived().nextClearBit((int) first), "the first that did not arrive, from " + first + " on");
    }

    @ParameterizedTest
    @MethodSource("waysAndEntries")
    void shouldDeliverEverythingAfterTheTakeoverWhenTheSenderNeverStops(String way, boolean oldPod) throws Exception {
        if (oldPod) {
            loadRulesForAnOldPod();
        } else {
            loadRulesOfAnotherService();
        }
        lab.configure(way, "");
        try (SequenceTraffic traffic = new SequenceTraffic(lab.topology().client(), ServiceLab.VIP, PER_SECOND)) {
            ServiceLab.awaitSent(traffic, PER_SECOND / 2);
            loadRulesForTheListener();
            LabProcess daemon = lab.start();
            lab.awaitInForce(1, 2);
            daemon.awaitLine(CLEARED, ServiceLab.LIMIT);
            assertEverythingArrivesFrom(traffic.next(), traffic);
            assertTrue(lab.admin()
                    .page("/metrics")
                    .contains("udp_fanout_stale_flows_deleted_total{listener=\"syslog\"} 1"));
        }
    }

    @Test
    void shouldDeliverEverythingInTheEndWhenKubeProxyIsLate() throws Exception {
        loadRulesOfAnotherService();
        lab.configure(ON_DUMMY, "");
        try (SequenceTraffic traffic = new SequenceTraffic(lab.topology().client(), ServiceLab.VIP, PER_SECOND)) {
            ServiceLab.awaitSent(traffic, PER_SECOND / 2);
            LabProcess daemon = lab.start();
            lab.awaitInForce(1, 2);
            daemon.awaitLine(CLEARED, ServiceLab.LIMIT);
            assertEquals(0, lab.received(), "without kube-proxy's rules nothing leads to the listener");
            loadRulesForTheListener();
            assertTrue(BoundedWait.until(() -> lab.received() > 0, ServiceLab.LIMIT), "the entry made anew stays");
            assertEverythingArrivesFrom(traffic.next(), traffic);
        }
    }

    /** Whoever is told that the node is ready sends there at once, with what connection tracking remembers. */
    @ParameterizedTest
    @ValueSource(strings = {ON_DUMMY, ON_DUMMY + "\n    mode: userspace"})
    void shouldPublishReadinessOnlyWhenNothingLeadsPastTheListener(String way) throws Exception {
        loadRulesOfAnotherService();
        lab.configure(way, "");
        List<DatagramSender> senders = Stream.generate(
                        () -> DatagramSender.open(lab.topology().client(), TopologyPlan.CLIENT_ADDRESS))
                .limit(SENDERS)
                .toList();
        senders.forEach(sender -> sender.send(SendPlan.to(ServiceLab.VIP)));
        loadRulesForTheListener();
        assertEquals(SENDERS, tracked());
        List<Long> trackedWhenReady = new CopyOnWriteArrayList<>();
        lab.server().api().onApply(slice -> {
            if (READY.matcher(slice).find()) {
                trackedWhenReady.add(tracked());
            }
        });
        lab.start();
        assertTrue(BoundedWait.until(() -> !trackedWhenReady.isEmpty(), ServiceLab.LIMIT), "not published");
        assertEquals(List.of(0L), trackedWhenReady.subList(0, 1), "entries that led past the listener");
    }

    private long tracked() {
        return lab.topology()
                .node()
                .exec("conntrack", "-L", "-p", "udp", "--orig-dst", TopologyPlan.VIP)
                .lines()
                .count();
    }

    /** A program at a NIC's ingress runs before connection tracking: there is nothing in its way, and nothing to do. */
    @Test
    void shouldNeedNothingWhenTheVipIsTakenOnTheNic() throws Exception {
        loadRulesForAnOldPod();
        lab.configure("bind: \"vip:5514\"\n    interface: eth0", "");
        try (SequenceTraffic traffic = new SequenceTraffic(lab.topology().client(), ServiceLab.VIP, PER_SECOND)) {
            ServiceLab.awaitSent(traffic, PER_SECOND / 2);
            lab.start();
            lab.awaitInForce(1, 2);
            assertTrue(BoundedWait.until(() -> lab.received() > 0, ServiceLab.LIMIT));
            assertEverythingArrivesFrom(traffic.next(), traffic);
            assertFalse(lab.admin().page("/metrics").contains("udp_fanout_stale_flows_deleted_total{listener"));
        }
    }

    private int nextPort = 7_000;

    private void track(String protocol, String to, int port, String answersFrom) {
        int from = nextPort++;
        String state = protocol.equals("tcp") ? " --state ESTABLISHED" : "";
        lab.topology()
                .node()
                .exec(("conntrack -I -p " + protocol + " -t 600 -s 192.168.1.10 --sport " + from + " -d " + to
                                + " --dport " + port
                                + " -r " + answersFrom + " --reply-port-src " + port
                                + " -q 192.168.1.10 --reply-port-dst " + from + state)
                        .split(" "));
    }

    @Test
    void shouldTouchNothingElse() throws Exception {
        loadRulesForTheListener();
        String past = "10.42.0.200";
        track("udp", TopologyPlan.VIP, 5514, past);
        track("udp", "10.43.0.14", 5514, past);
        track("udp", "10.255.0.1", 5514, past);
        track("udp", TopologyPlan.VIP, 5515, past);
        track("udp", "192.168.1.102", 5514, past);
        track("udp", "192.168.1.103", 5514, "10.255.0.1");
        track("tcp", TopologyPlan.VIP, 5514, past);
        lab.configure(ON_DUMMY, "");
        LabProcess daemon = lab.start();
        daemon.awaitLine(CLEARED, ServiceLab.LIMIT);
        assertTrue(
                BoundedWait.until(
                        () -> lab.admin()
                                .page("/metrics")
                                .contains("udp_fanout_stale_flows_deleted_total{listener=\"syslog\"} 3"),
                        ServiceLab.LIMIT),
                () -> lab.admin().page("/metrics"));
        String left = lab.topology().node().exec("conntrack", "-L");
        assertEquals(
                4,
                left.lines().filter(line -> line.contains("src=192.168.1.10 ")).count(),
                () -> "left is " + left);
        assertTrue(left.contains("tcp") && left.contains("dport=5515") && left.contains("dst=192.168.1.102"), left);
    }
}
