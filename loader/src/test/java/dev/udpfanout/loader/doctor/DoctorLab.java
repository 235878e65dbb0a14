package dev.udpfanout.loader.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.daemon.NodeLock;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.endtoend.ServiceLab;
import dev.udpfanout.loader.kubernetes.api.NodeIdentity;
import dev.udpfanout.loader.kubernetes.fake.FakeApi;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A node with everything that a datagram needs on its way, and doctor to look at it. Faults are the tests' own. */
final class DoctorLab implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    private static final String POLICIES = "/networkpolicies";

    private final ServiceLab lab;
    private final WayIn way;
    private LabProcess daemon;
    private volatile String denied = "nothing";

    /** How datagrams come to the listener, and what serves it. */
    enum WayIn {
        DUMMY_INGRESS("bind: \"10.255.0.1:5514\"\n    interface: dummy0"),
        DUMMY_EGRESS("bind: \"10.255.0.1:5514\"\n    interface: dummy0\n    hook: egress"),
        DUMMY_TCX_KEEP("bind: \"10.255.0.1:5514\"\n    interface: dummy0\n    attach: tcx\n    order: keep"),
        DUMMY_CLSACT("bind: \"10.255.0.1:5514\"\n    interface: dummy0\n    attach: clsact\n    order: keep"),
        DUMMY_USERSPACE("bind: \"10.255.0.1:5514\"\n    interface: dummy0\n    mode: userspace"),
        NIC("bind: \"192.168.1.1:5514\"\n    interface: eth0"),
        NIC_USERSPACE("bind: \"192.168.1.1:5514\"\n    interface: eth0\n    mode: userspace"),
        VIP_DIRECT("bind: \"vip:5514\"\n    interface: eth0");

        final String place;

        WayIn(String place) {
            this.place = place;
        }

        boolean isOnDummy() {
            return name().startsWith("DUMMY");
        }
    }

    /** Builds it, with a daemon that is ready. */
    DoctorLab(Path directory, WayIn way) throws IOException {
        this.way = way;
        lab = new ServiceLab(Files.createDirectories(directory), 2);
        try {
            lab.server().api().put(service().build());
            lab.server().api().disturb(this::answer);
            lab.serveAll();
            lab.configure(way.place, "");
            if (way.isOnDummy()) {
                lab.leadVipToDummy();
            }
            daemon = lab.start();
            lab.awaitReady();
        } catch (RuntimeException | IOException | Error e) {
            lab.close();
            throw e;
        }
    }

    /** What MetalLB's example has for it. */
    ServiceBuilder service() {
        Service base = FakeService.withUdpPort("syslog", 5514, 5514).build();
        return new ServiceBuilder(base)
                .editSpec()
                .withExternalTrafficPolicy("Local")
                .endSpec()
                .withNewStatus()
                .withNewLoadBalancer()
                .addNewIngress()
                .withIp(TopologyPlan.VIP)
                .endIngress()
                .endLoadBalancer()
                .endStatus();
    }

    /** Accounts may do everything but {@code denied}, a verb or resource; there are no policies. */
    private MockResponse answer(RecordedRequest request, FakeApi.Usual usual) {
        String path = request.getPath().split("\\?")[0];
        if (path.equals(REVIEWS)) {
            boolean allowed = !request.getUtf8Body().contains("\"" + denied + "\"");
            return json("{\"status\":{\"allowed\":" + allowed + "}}");
        }
        return path.endsWith(POLICIES) ? json("{\"items\":[]}") : usual.apply(request);
    }

    static MockResponse json(String body) {
        return new MockResponse()
                .setResponseCode(200)
                .addHeader("Content-Type", "application/json")
                .setBody(body);
    }

    void deny(String verbOrResource) {
        denied = verbOrResource;
    }

    ServiceLab lab() {
        return lab;
    }

    LabProcess daemon() {
        return daemon;
    }

    /** Runs a command of a shell on the node. */
    void node(String command) {
        lab.topology().node().exec("sh", "-c", command);
    }

    /** Has kube-proxy lead the VIP to these addresses. */
    void kubeProxy(InetSocketAddress... endpoints) {
        new KubeProxy(lab.topology())
                .load(KubeProxyRules.labService(ServiceLab.VIP, ExternalTrafficPolicy.LOCAL, List.of(endpoints)));
    }

    List<Diagnosis> examine() {
        return lab.topology().node().call(() -> {
            Config config = new ConfigReader(name -> true).read(lab.config());
            try (KubernetesClient client = lab.server().client()) {
                Doctor.Node node = new Doctor.Node(
                        Path.of("/proc"),
                        lab.pins(),
                        client,
                        new NodeIdentity("node-a", "logging"),
                        NodeLock.holder().isPresent(),
                        "0.1.0");
                return new Doctor(node).examine(config, Set.of());
            }
        });
    }

    /** Nothing is wrong, nor soon will be. */
    void assertWell() {
        List<Diagnosis> found = examine();
        assertEquals(Set.of(), bad(found), () -> text(found));
    }

    /** This, and nothing else, is wrong; as soon as the daemon has noticed, where it has to. */
    Diagnosis assertOnly(Diagnosis.Result result, String check, String finding) {
        List<?>[] last = new List<?>[1];
        boolean isFound = BoundedWait.until(
                () -> {
                    last[0] = examine();
                    return last[0].stream()
                            .map(Diagnosis.class::cast)
                            .anyMatch(each -> each.check().equals(check) && each.isBad());
                },
                LIMIT);
        List<Diagnosis> found = last[0].stream().map(Diagnosis.class::cast).toList();
        assertTrue(isFound, () -> "no " + check + " in\n" + text(found));
        assertEquals(Set.of(check), bad(found), () -> text(found));
        Diagnosis named = found.stream().filter(Diagnosis::isBad).findFirst().orElseThrow();
        assertEquals(result, named.result(), named::toString);
        assertTrue(named.finding().contains(finding), () -> "not \"" + finding + "\" in " + named);
        assertTrue(!named.mend().isEmpty(), named::toString);
        return named;
    }

    /** Breaks the lab, has the fault named, mends it, and waits until nothing is wrong any more. */
    void assertNamed(Fault fault) throws Exception {
        fault.breaks().on(this);
        try {
            assertOnly(fault.result(), fault.check(), fault.finding());
        } finally {
            fault.mends().on(this);
        }
        assertTrue(BoundedWait.until(() -> bad(examine()).isEmpty(), LIMIT), () -> text(examine()));
    }

    /** Sends a datagram to the VIP, which may or may not arrive. */
    void sendToVip() {
        lab.topology().client().call(() -> {
            try (DatagramChannel sender = DatagramChannel.open()) {
                return sender.send(ByteBuffer.wrap(new byte[] {1}), ServiceLab.VIP);
            }
        });
    }

    /** Runs a command of a shell in a pod. */
    void pod(int n, String command) {
        lab.topology().pod(n).exec("sh", "-c", command);
    }

    /** Changes the configuration file, which the daemon reads again. */
    void edit(String from, String to) throws IOException {
        String text = Files.readString(lab.config());
        assertTrue(text.contains(from), text);
        Path next = Files.writeString(lab.config().resolveSibling("edited.yaml"), text.replace(from, to));
        Files.move(next, lab.config(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Puts a Service in the other one's place. */
    void put(Service service) {
        lab.server().api().put(service);
    }

    private static Set<String> bad(List<Diagnosis> found) {
        return found.stream().filter(Diagnosis::isBad).map(Diagnosis::check).collect(Collectors.toSet());
    }

    private static String text(List<Diagnosis> found) {
        return found.stream().map(Diagnosis::toString).collect(Collectors.joining("\n"));
    }

    WayIn way() {
        return way;
    }

    @Override
    public void close() {
        lab.close();
    }
}
