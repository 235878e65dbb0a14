package dev.udpfanout.loader.datapath.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.admission.NextHops;
import dev.udpfanout.bindings.abi.admission.SourcePrefix;
import dev.udpfanout.bindings.rtnetlink.address.Scope;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.RouteProtocol;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class WaysBackTest {
    private static final int OTHER_TABLE = 100;

    private static Route route(int table, String network, int bits, int metric, Integer... links) {
        boolean isSingle = links.length == 1;
        return new Route(
                table,
                RouteType.UNICAST,
                InetAddress.ofLiteral(network),
                bits,
                isSingle ? OptionalInt.of(links[0]) : OptionalInt.empty(),
                Optional.empty(),
                metric,
                Scope.UNIVERSE,
                RouteProtocol.STATIC,
                Optional.empty(),
                OptionalInt.empty(),
                isSingle ? List.of() : List.of(links));
    }

    private static Route main(String network, int bits, Integer... links) {
        return route(Route.MAIN_TABLE, network, bits, 0, links);
    }

    private static SourcePrefix prefix(String network, int bits) {
        return new SourcePrefix((Inet4Address) InetAddress.ofLiteral(network), bits);
    }

    private static NextHops hops(Integer... links) {
        return new NextHops(Set.of(links));
    }

    private static WaysBack of(Route... routes) {
        return WaysBack.of(List.of(routes), List.of(), Map.of());
    }

    @Test
    void shouldTellNothingWhereEachRouteHasOneNextHop() {
        assertEquals(new WaysBack(Map.of(), List.of()), of(main("0.0.0.0", 0, 2), main("10.0.0.0", 8, 3)));
    }

    @Test
    void shouldTellALongerPrefixWithOneNextHopAsWell() {
        assertEquals(
                Map.of(
                        prefix("10.0.0.0", 8), hops(2, 3),
                        prefix("10.1.0.0", 16), NextHops.SINGLE,
                        prefix("10.1.1.0", 24), hops(2, 4)),
                of(
                                main("0.0.0.0", 0, 2),
                                main("10.0.0.0", 8, 2, 3),
                                main("10.1.0.0", 16, 3),
                                main("10.1.1.0", 24, 4, 2),
                                main("172.16.0.0", 12, 3))
                        .byPrefix());
    }

    @Test
    void shouldTellTheRouteWithTheSmallestMetric() {
        assertEquals(
                Map.of(prefix("0.0.0.0", 0), NextHops.SINGLE),
                of(route(Route.MAIN_TABLE, "0.0.0.0", 0, 100, 2, 3), route(Route.MAIN_TABLE, "0.0.0.0", 0, 10, 2))
                        .byPrefix());
    }

    @Test
    void shouldNameAPortByItsGroup() {
        Map<Integer, Integer> groups = Map.of(7, 5, 5, 5);
        assertEquals(
                Map.of(prefix("0.0.0.0", 0), hops(5, 3)),
                WaysBack.of(List.of(main("0.0.0.0", 0, 7, 3)), List.of(), groups)
                        .byPrefix());
    }

    @Test
    void shouldJoinNextHopsWhereAnotherTableOrTooManyInterfacesHaveASay() {
        Integer[] many =
                IntStream.rangeClosed(1, Limits.MAX_NEXT_HOPS + 1).boxed().toArray(Integer[]::new);
        assertEquals(new WaysBack(Map.of(), List.of(Set.of(2, 3))), of(route(OTHER_TABLE, "10.0.0.0", 8, 0, 2, 3)));
        assertEquals(new WaysBack(Map.of(), List.of(Set.of(many))), of(main("10.0.0.0", 8, many)));
    }

    @Test
    void shouldJoinNextHopsWhereThereAreMorePrefixesThanTheMapHolds() {
        List<Route> routes = new ArrayList<>(List.of(main("10.0.0.0", 8, 2, 3)));
        IntStream.range(0, Limits.MAX_SOURCE_PREFIXES)
                .forEach(n -> routes.add(main("10.%d.%d.0".formatted(n / 256, n % 256), 24, 2)));
        assertEquals(new WaysBack(Map.of(), List.of(Set.of(2, 3))), WaysBack.of(routes, List.of(), Map.of()));
    }
}
