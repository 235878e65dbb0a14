package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.endpoint.OriginKey;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A receiver whose process is gone is taken out, though its pod answers probes, and put back when it listens again. */
@Tag("kernel")
class ClosedPortEndToEndTest {
    private static final String ON_DUMMY = "bind: \"10.255.0.1:5514\"\n    interface: dummy0";
    private static final String ON_NIC = "bind: \"vip:5514\"\n    interface: eth0";
    private static final int PER_SECOND = 2_000;

    @TempDir
    private Path directory;

    private ServiceLab lab;

    @BeforeEach
    void setUp() throws IOException {
        lab = new ServiceLab(directory, 3);
        lab.serveAll();
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    private void start(String place, String health) throws IOException {
        if (place.contains("vip")) {
            lab.server().api().put(FakeService.withVips(TopologyPlan.VIP));
        } else {
            lab.leadVipToDummy();
        }
        lab.configure(place, "health: { " + health + " }");
        lab.start();
        lab.awaitInForce(1, 2, 3);
        lab.awaitReady();
    }

    private SequenceTraffic traffic() {
        return new SequenceTraffic(lab.topology().client(), ServiceLab.VIP, PER_SECOND);
    }

    private boolean hasArrived(long number) {
        return lab.receivers().stream().anyMatch(receiver -> receiver.has(number));
    }

    private void assertArrived(long from, long until) {
        for (long number = from; number < until; number++) {
            long each = number;
            assertTrue(BoundedWait.until(() -> hasArrived(each), ServiceLab.LIMIT), () -> "lost " + each);
        }
    }

    private String place(String way) {
        return switch (way) {
            case "dummy0" -> ON_DUMMY;
            case "dummy0-peer" -> ON_DUMMY + "\n    local_delivery: peer";
            case "nic" -> ON_NIC;
            case "client" -> ON_DUMMY + "\n    mode: userspace\n    source: client";
            default -> ON_DUMMY + "\n    mode: userspace\n    io: " + way + "\n    source: node";
        };
    }

    @ParameterizedTest
    @CsvSource({
        "dummy0, interval_ms: 500",
        "dummy0-peer, interval_ms: 500",
        "nic, enabled: false",
        "epoll, interval_ms: 500",
        "io_uring, enabled: false",
        "client, enabled: false",
    })
    void shouldTakeAReceiverOutThatHasNoSocketAndPutItBack(String way, String health) throws Exception {
        start(place(way), health + (health.contains("interval") ? ", timeout_ms: 400" : ""));
        try (SequenceTraffic traffic = traffic()) {
            ServiceLab.awaitSent(traffic, 500);
            long closed = traffic.next();
            lab.receivers().get(1).close();
            lab.awaitInForce(1, 3);
            long out = traffic.next();
            ServiceLab.awaitSent(traffic, 2_000);
            assertTrue(lab.admin().page("/status").contains("\"port_closed_since\""), () -> lab.admin()
                    .page("/status"));
            assertEquals(1, lab.admin().metric("udp_fanout_ports_closed"));

            SequenceTraffic.Receiver again = lab.topology()
                    .pod(2)
                    .closedWithTopology(
                            new SequenceTraffic.Receiver(lab.topology().pod(2), ServiceLab.POD_PORT));
            lab.receivers().set(1, again);
            lab.awaitInForce(1, 2, 3);
            ServiceLab.awaitSent(traffic, 1_000);
            long sent = traffic.stop();
            assertArrived(out, sent);
            assertTrue(again.received() > 0);
            assertFalse(lab.admin().page("/status").contains("port_closed_since"));
            assertTrue(out - closed < 4L * PER_SECOND, () -> "out after " + (out - closed) + " datagrams");
        }
    }

    /** As an ICMP error would that somebody else has made up. */
    private void forge(InetSocketAddress endpoint) {
        Path pin = lab.pins().resolve("v" + Limits.LAYOUT_VERSION).resolve(SharedMaps.UNREACHABLE.name());
        try (BpfMap map = BpfMap.openPinned(pin).orElseThrow()) {
            SharedMaps.UNREACHABLE.open(map).put(new OriginKey(endpoint, 0), 1L);
        }
    }

    @Test
    void shouldAskAndKeepAReceiverThatListensWhenErrorsAreForged() throws Exception {
        start(ON_DUMMY, "enabled: false");
        InetSocketAddress pod = new InetSocketAddress(lab.topology().plan().podAddress(2), ServiceLab.POD_PORT);
        try (SequenceTraffic traffic = traffic()) {
            assertTrue(
                    BoundedWait.until(
                            () -> {
                                forge(pod);
                                return lab.admin()
                                                .metricBy("result", "udp_fanout_port_checks_total")
                                                .get("timeout")
                                        >= 3;
                            },
                            ServiceLab.LIMIT),
                    () -> lab.admin().page("/metrics"));
            assertEquals(0, lab.admin().metric("udp_fanout_ports_closed"));
            lab.assertNothingLost(traffic);
        }
    }

    @Test
    void shouldForwardToAllWhenNobodyListensAnywhere() throws Exception {
        start(ON_DUMMY, "on_all_unhealthy: forward");
        try (SequenceTraffic traffic = traffic()) {
            for (SequenceTraffic.Receiver receiver : lab.receivers()) {
                receiver.close();
            }
            assertTrue(
                    BoundedWait.until(() -> lab.admin().metric("udp_fanout_ports_closed") == 3, ServiceLab.LIMIT),
                    () -> lab.admin().page("/status"));
            lab.awaitInForce(1, 2, 3);
            assertEquals(200, lab.admin().code("/readyz"));
        }
    }
}
