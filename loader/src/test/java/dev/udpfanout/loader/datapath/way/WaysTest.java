package dev.udpfanout.loader.datapath.way;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.rtnetlink.route.ChosenRoute;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.datapath.network.Network;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ways are asked for again where the answer may be another, and not otherwise: each question is work for the kernel.
 */
@Tag("kernel")
class WaysTest {
    private static final int ENDPOINTS = 200;
    private static final int LEAST_ASKED = 64;
    private static final int LAST = 254;
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Set<InetAddress> asked = new LinkedHashSet<>();
    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(1).ipv6(true).build();
        // Carriers and new addresses settle by themselves, which rtnetlink tells, too.
        assertTrue(BoundedWait.until(this::isSettled, LIMIT), () -> node("ip -o link show"));
        // A next hop and a table that are there before, and that nothing uses yet.
        node("ip nexthop add id 7 dev cni0");
        node("ip route add 10.42.0.0/16 dev cni0 mtu lock 1200 table 77");
        node("ip -6 route add 2001:db8:42::/48 dev cni0 mtu lock 1300 table 77");
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private boolean isSettled() {
        return Stream.of("eth0", "cni0", "veth1")
                        .allMatch(link -> node("ip -o link show dev " + link).contains("state UP"))
                && node("ip -6 -o address show tentative").isBlank();
    }

    private String node(String command) {
        return topology.node().exec(command.split(" "));
    }

    private static Set<InetAddress> addresses(String prefix, int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(n -> InetAddress.ofLiteral(prefix + n))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Set<InetAddress> ofBothFamilies() {
        Set<InetAddress> all = addresses("10.42.0.", LAST - ENDPOINTS / 2 + 1, LAST);
        all.addAll(addresses("2001:db8:42::", 100, 99 + ENDPOINTS / 2));
        return all;
    }

    /** With ways whose questions are noted, on a thread of the node. */
    private void withWays(Steps steps) {
        topology.node().call(() -> {
            try (Network network = Network.open()) {
                Function<InetAddress, Optional<ChosenRoute>> chosen = address -> {
                    assertTrue(asked.add(address), "asked twice: " + address);
                    return network.routes().chosen(address);
                };
                steps.run(new Ways(network, chosen, LIMIT, LIMIT));
            }
            return null;
        });
    }

    @FunctionalInterface
    private interface Steps {
        void run(Ways ways);
    }

    private Set<InetAddress> askedBy(Runnable step) {
        asked.clear();
        step.run();
        return Set.copyOf(asked);
    }

    @Test
    void shouldAskForAPartOfAllWhenNothingHasChangedAndForEachInItsTurn() {
        Set<InetAddress> endpoints = ofBothFamilies();
        withWays(ways -> {
            assertEquals(endpoints, askedBy(() -> ways.know(endpoints)));
            Set<InetAddress> inTurn = new HashSet<>();
            for (int i = 0; i < 3; i++) {
                Set<InetAddress> part = askedBy(() -> ways.refresh(endpoints));
                assertEquals(LEAST_ASKED, part.size());
                inTurn.addAll(part);
            }
            assertEquals(3 * LEAST_ASKED, inTurn.size(), "nobody is asked for twice before all have been");
            inTurn.addAll(askedBy(() -> ways.refresh(endpoints)));
            assertEquals(endpoints, inTurn);
        });
    }

    @Test
    void shouldAskForAllOfAFewEachTime() {
        Set<InetAddress> few = addresses("10.42.0.", 1, LEAST_ASKED);
        withWays(ways -> {
            ways.know(few);
            assertEquals(few, askedBy(() -> ways.refresh(few)));
            assertEquals(few, askedBy(() -> ways.refresh(few)));
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ip route add 10.42.0.128/25 dev cni0 mtu lock 1200",
                "ip -6 route add 2001:db8:42::/65 dev cni0 mtu lock 1300",
                "ip rule add to 10.42.0.0/16 lookup 77",
                "ip -6 rule add to 2001:db8:42::/48 lookup 77",
                "ip link set cni0 mtu 1400",
                "ip nexthop del id 7",
                "sysctl -qw net.ipv6.conf.cni0.disable_ipv6=1"
            })
    void shouldAskForAllOnceAfterAChange(String change) {
        Set<InetAddress> endpoints = ofBothFamilies();
        withWays(ways -> {
            ways.know(endpoints);
            OptionalInt before = ways.smallestMtu(endpoints);
            node(change);
            assertEquals(endpoints, askedBy(() -> ways.refresh(endpoints)));
            if (change.contains("mtu") || change.contains("rule")) {
                assertTrue(ways.smallestMtu(endpoints).getAsInt() < before.getAsInt());
            }
            assertEquals(LEAST_ASKED, askedBy(() -> ways.refresh(endpoints)).size(), "the change has been followed");
        });
    }

    @Test
    void shouldNotLoseAChangeInABurstThatIsMoreThanTheSocketHolds() {
        Set<InetAddress> endpoints = ofBothFamilies();
        withWays(ways -> {
            ways.know(endpoints);
            String burst = IntStream.range(0, 5_000)
                    .mapToObj(n -> "route replace 10.42.0.%d dev cni0 table 78%n".formatted(n % LAST + 1))
                    .collect(Collectors.joining());
            topology.node().execWithInput(burst, "ip", "-batch", "-");
            assertEquals(endpoints, askedBy(() -> ways.refresh(endpoints)));
            assertEquals(LEAST_ASKED, askedBy(() -> ways.refresh(endpoints)).size());
        });
    }

    @Test
    void shouldForgetWhatIsNoEndpointAnyMore() {
        Set<InetAddress> endpoints = ofBothFamilies();
        Set<InetAddress> others = addresses("10.42.0.", 1, 3);
        withWays(ways -> {
            ways.know(endpoints);
            node("ip link set cni0 mtu 1400");
            // Once as new ones, and again, as the few that they are.
            asked.clear();
            assertEquals(List.of(), ways.states(others));
            ways.know(others);
            asked.clear();
            ways.refresh(others);
            assertEquals(others, asked);
            assertEquals(List.of(), ways.states(endpoints));
        });
    }
}
