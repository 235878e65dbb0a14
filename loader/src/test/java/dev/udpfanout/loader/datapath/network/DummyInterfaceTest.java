package dev.udpfanout.loader.datapath.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.lab.Topology;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is asked of dummy0 for the first time is set up; only what was in place and is gone is repaired. */
@Tag("kernel")
class DummyInterfaceTest {
    private static final InetAddress IPV4 = new InetSocketAddress("10.255.0.1", 0).getAddress();
    private static final InetAddress IPV6 = new InetSocketAddress("fd00:255::1", 0).getAddress();

    private Topology topology;
    private final RepairLog repairs = new RepairLog();

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(1).ipv6(true).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private long repaired(Repair repair) {
        return repairs.counts().get(repair);
    }

    private void assertNothingRepaired() {
        repairs.counts().forEach((repair, times) -> assertEquals(0L, times, repair.label()));
    }

    @Test
    void shouldRepairNothingWhenAnAddressIsAskedForLater() {
        topology.node().call(() -> {
            try (Network network = Network.open()) {
                DummyInterface dummy = new DummyInterface("dummy0", network, repairs);
                dummy.ensure(List.of(IPV4), false);
                dummy.ensure(List.of(IPV4, IPV6), true);
                assertNothingRepaired();
            }
            return null;
        });
    }

    @Test
    void shouldRepairWhenAnAddressIsGoneThatWasThere() {
        topology.node().call(() -> {
            try (Network network = Network.open()) {
                DummyInterface dummy = new DummyInterface("dummy0", network, repairs);
                dummy.ensure(List.of(IPV4, IPV6), true);
                topology.node().exec("ip", "address", "delete", "fd00:255::1/128", "dev", "dummy0");
                topology.node().exec("sysctl", "-q", "-w", "net.ipv4.conf.dummy0.accept_local=0");
                dummy.ensure(List.of(IPV4, IPV6), true);
                assertEquals(1, repaired(Repair.ADDRESS_ADDED));
                assertEquals(1, repaired(Repair.ACCEPT_LOCAL_ENABLED));
            }
            return null;
        });
    }
}
