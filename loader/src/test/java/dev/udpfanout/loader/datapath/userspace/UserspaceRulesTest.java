package dev.udpfanout.loader.datapath.userspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.mode.NodeModes;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a listener in user space forwards at all, and how that changes while its sockets are open. */
@Tag("kernel")
class UserspaceRulesTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int DATAGRAMS = 300;
    private static final String NAME = "listener-0";

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(2).ipv6(true).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private ListenerConfig listener(String io, String source, boolean ipv6, String key, String value) {
        ListenerText text = (ipv6 ? NodeModes.onNic6() : NodeModes.onNic())
                .with("mode", "userspace")
                .with("io", io)
                .with("workers", 2)
                .with("source", source);
        if (!key.isEmpty()) {
            text.with(key, value);
        }
        return text.listener(
                ipv6 ? topology.podEndpoints6(NodeModes.POD_PORT) : topology.podEndpoints(NodeModes.POD_PORT));
    }

    private void send(boolean ipv6) {
        try (DatagramSender sender = DatagramSender.open(
                topology.client(), ipv6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS)) {
            sender.send(SendPlan.to(ipv6 ? NodeModes.NODE6 : NodeModes.NODE)
                    .datagrams(DATAGRAMS)
                    .perSecond(20_000));
        }
    }

    private static long dropped(NodeModes modes, String reason) {
        return modes.counters(NAME).drops().get(reason);
    }

    private static void awaitForwarded(NodeModes modes, long count) {
        assertTrue(
                BoundedWait.until(() -> modes.counters(NAME).stats().packetsForwarded() == count, LIMIT),
                () -> modes.counters(NAME).toString());
    }

    @ParameterizedTest
    @CsvSource({
        "io_uring, client, false", "epoll, client, false", "io_uring, node, false", "epoll, node, true",
        "nio, node, false", "io_uring, client, true", "epoll, client, true", "nio, node, true"
    })
    void shouldFollowAChangeOfTheAllowedSources(String io, String source, boolean ipv6) {
        String client = ipv6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS;
        String stranger = ipv6 ? "2001:db8:ffff::/48" : "203.0.113.0/24";
        NodeModes modes = NodeModes.open(topology.node(), listener(io, source, ipv6, "", ""));
        send(ipv6);
        awaitForwarded(modes, DATAGRAMS);
        modes.configure(listener(io, source, ipv6, "allow", "[\"" + stranger + "\"]"));
        send(ipv6);
        assertTrue(
                BoundedWait.until(() -> dropped(modes, "not_allowed") == DATAGRAMS, LIMIT),
                () -> modes.counters(NAME).toString());
        modes.configure(listener(io, source, ipv6, "allow", "[\"" + stranger + "\", \"" + client + "\"]"));
        send(ipv6);
        awaitForwarded(modes, 2 * DATAGRAMS);
        assertEquals(DATAGRAMS, modes.counters(NAME).stats().packetsDropped());
        assertEquals(3 * DATAGRAMS, modes.counters(NAME).stats().packetsReceived());
    }

    @ParameterizedTest
    @CsvSource({"io_uring, client, false", "epoll, node, false", "nio, node, true"})
    void shouldForwardNoMoreThanTheLimitAndGoOnWithWhatIsLeftOfIt(String io, String source, boolean ipv6) {
        int burst = DATAGRAMS / 2;
        NodeModes modes = NodeModes.open(
                topology.node(),
                listener(io, source, ipv6, "rate_limit", "{ packets_per_second: 1, burst: " + burst + " }"));
        long beganNs = System.nanoTime();
        send(ipv6);
        assertTrue(
                BoundedWait.until(() -> modes.counters(NAME).stats().packetsReceived() == DATAGRAMS, LIMIT),
                () -> modes.counters(NAME).toString());
        // The same bucket, so as good as empty.
        modes.configure(
                listener(io, source, ipv6, "rate_limit", "{ packets_per_second: 2, burst: " + 10 * DATAGRAMS + " }"));
        send(ipv6);
        assertTrue(
                BoundedWait.until(() -> modes.counters(NAME).stats().packetsReceived() == 2 * DATAGRAMS, LIMIT),
                () -> modes.counters(NAME).toString());
        long accrued = 2 * Math.ceilDiv(System.nanoTime() - beganNs, 1_000_000_000L);
        long forwarded = modes.counters(NAME).stats().packetsForwarded();
        assertTrue(forwarded >= burst && forwarded <= burst + accrued, () -> forwarded + " of " + burst);
        assertEquals(2 * DATAGRAMS - forwarded, dropped(modes, "rate_limited"));
    }
}
