package dev.udpfanout.loader.endtoend.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.loader.endtoend.ServiceLab;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node whose map LISTENERS is full: that takes interfaces of three kinds, by how the kernel judges sources there, and
 * two Services with thousands of addresses. The older one is served, the younger one is left to kube-proxy, and says
 * so.
 */
@Tag("kernel")
@Timeout(240)
class UnservedServiceEndToEndTest {
    private static final int KINDS = 3;
    /** Each has a key for each kind of interfaces that VIPs come in by, and of those that pods send by. */
    private static final int MANY = 2_700;

    private static final int SOME = 100;
    private static final InetSocketAddress SECOND_VIP = new InetSocketAddress(TopologyPlan.VIP, 5515);

    @TempDir
    private Path directory;

    private AnnotatedLab lab;

    @BeforeEach
    void setUp() throws IOException {
        lab = AnnotatedLab.open(directory);
        PodNetwork.ROUTED_VETHS.build(lab.topology());
        LabNamespace node = lab.topology().node();
        for (int kind = 0; kind < KINDS; kind++) {
            String nic = "eth" + kind;
            if (kind > 0) {
                node.exec("ip", "link", "add", nic, "type", "veth", "peer", "name", "peer" + kind);
                node.exec("ip", "address", "add", "192.168.5" + kind + ".1/24", "dev", nic);
                node.exec("ip", "link", "set", nic, "up");
                node.exec("ip", "link", "set", "peer" + kind, "up");
                node.exec(
                        "ip",
                        "route",
                        "add",
                        "default",
                        "via",
                        "192.168.5" + kind + ".2",
                        "dev",
                        nic,
                        "metric",
                        "5" + kind);
            }
            node.exec("sysctl", "-qw", "net.ipv4.conf." + nic + ".rp_filter=" + kind);
            node.exec("sysctl", "-qw", "net.ipv4.conf.veth" + (kind + 1) + ".rp_filter=" + kind);
        }
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    private static Service with(Service service, int network, int addresses) {
        return new ServiceBuilder(service)
                .editSpec()
                .withExternalIPs(IntStream.range(0, addresses)
                        .mapToObj(n -> "10.%d.%d.%d".formatted(network, n / 250, n % 250 + 1))
                        .toList())
                .endSpec()
                .build();
    }

    private static Service second() {
        return new ServiceBuilder(VipService.annotated())
                .editMetadata()
                .withUid("0e7e2a52-0000-4000-8000-000000000020")
                .withName("second")
                .withCreationTimestamp("2099-01-01T00:00:00Z")
                .endMetadata()
                .editSpec()
                .withClusterIP("10.43.0.15")
                .withClusterIPs("10.43.0.15")
                .editFirstPort()
                .withPort(SECOND_VIP.getPort())
                .endPort()
                .endSpec()
                .build();
    }

    private void awaitRefused(int count) {
        String metric = "udp_fanout_services{state=\"refused\"} " + count;
        assertTrue(
                BoundedWait.until(() -> lab.lab().admin().page("/metrics").contains(metric), ServiceLab.LIMIT),
                () -> lab.lab().admin().page("/status"));
    }

    @Test
    void shouldLeaveTheYoungerServiceToKubeProxyAndSayIt() throws Exception {
        lab.lab().server().api().put(with(VipService.annotated(), 120, MANY));
        lab.start("{ external_ips: true }");
        lab.assertSpread(lab.topology().client(), ServiceLab.VIP);

        lab.lab().server().api().put(with(second(), 121, SOME));
        awaitRefused(1);
        lab.assertSpread(lab.topology().client(), ServiceLab.VIP);
        try (KubernetesClient client = lab.lab().server().alsoOnLoopback().client()) {
            assertTrue(BoundedWait.until(() -> !events(client).isEmpty(), ServiceLab.LIMIT));
            Event event = events(client).getFirst();
            assertEquals("second", event.getInvolvedObject().getName());
            assertTrue(event.getMessage().contains("room for 16384 addresses"), event::getMessage);
        }

        lab.lab().server().api().put(with(VipService.annotated(), 120, SOME));
        awaitRefused(0);
        lab.assertSpread(lab.topology().client(), ServiceLab.VIP);
    }

    private static List<Event> events(KubernetesClient client) {
        return client.v1().events().inNamespace("logging").list().getItems();
    }
}
