package dev.udpfanout.loader.datapath.way;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.daemon.DaemonRun;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever makes the way to an endpoint narrower, the daemon hears of it; also that it is wide again. */
@Tag("kernel")
class WayChangeTest {
    /** Less than the daemon's own checking interval of 5 s: it hears of each change. */
    private static final Duration LIMIT = Duration.ofSeconds(4);

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(2).build();
        node("ip route add 10.42.0.12 dev cni0 mtu lock 1200 table 77");
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private void node(String command) {
        topology.node().exec(command.split(" "));
    }

    private void awaitSteering(Predicate<String> expected) {
        assertTrue(BoundedWait.until(() -> expected.test(steering()), LIMIT), this::steering);
    }

    private String steering() {
        return topology.node().exec("ip", "route", "show", "10.255.0.1");
    }

    @ParameterizedTest
    @CsvSource({
        "ip link set cni0 mtu 1200, ip link set cni0 mtu 1500",
        "ip route add 10.42.0.12 dev cni0 mtu lock 1200, ip route del 10.42.0.12",
        "ip rule add to 10.42.0.12 lookup 77, ip rule del to 10.42.0.12 lookup 77",
    })
    void shouldFollowEveryChange(String narrower, String wider) throws Exception {
        try (DaemonRun daemon = DaemonRun.start(topology.node(), """
                listeners:
                  - { interface: dummy0, bind: "10.255.0.1:5514",
                      downstream: [ { address: "10.42.0.11:40514" }, { address: "10.42.0.12:40514" } ] }
                """)) {
            awaitSteering(route -> route.contains("proto 117") && !route.contains("mtu"));
            node(narrower);
            awaitSteering(route -> route.contains("mtu lock 1200"));
            node(wider);
            awaitSteering(route -> route.contains("proto 117") && !route.contains("mtu"));
        }
    }
}
