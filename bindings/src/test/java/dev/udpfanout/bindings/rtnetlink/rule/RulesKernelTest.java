package dev.udpfanout.bindings.rtnetlink.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.TestNamespace;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.Routes;
import dev.udpfanout.bindings.rtnetlink.route.SelectiveRoute;
import dev.udpfanout.bindings.rtnetlink.route.SelectiveRoute.Selector;
import dev.udpfanout.bindings.rtnetlink.rule.Rule.Condition;
import dev.udpfanout.bindings.rtnetlink.rule.Rule.Prefix;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("kernel")
@Timeout(60)
class RulesKernelTest {
    private TestNamespace namespace;
    private RtnetlinkSocket socket;
    private Rules rules;
    private Routes routes;

    @BeforeEach
    void create() {
        namespace = TestNamespace.create();
        socket = namespace.socket();
        rules = new Rules(socket);
        routes = new Routes(socket);
        namespace.ip("link", "add", "v0", "type", "veth", "peer", "name", "v1");
        namespace.ip("link", "set", "v0", "up");
        namespace.ip("link", "set", "v1", "up");
        namespace.ip("address", "add", "10.7.0.1/24", "dev", "v0");
        namespace.ip("address", "add", "2001:db8:7::1/64", "dev", "v0", "nodad");
    }

    @AfterEach
    void remove() {
        socket.close();
        namespace.close();
    }

    private List<Rule> at(int priority) {
        return rules.all().stream().filter(rule -> rule.priority() == priority).toList();
    }

    @Test
    void shouldReadTheRulesOfANewNamespace() {
        List<Rule> all = rules.all();
        assertEquals(
                List.of(Route.LOCAL_TABLE, Route.MAIN_TABLE, 253),
                all.stream().filter(Rule::isIpv4).map(Rule::table).toList());
        assertTrue(
                all.stream()
                        .allMatch(rule -> rule.source().isEmpty()
                                && rule.destination().isEmpty()
                                && rule.looksAt().isEmpty()),
                all.toString());
    }

    @Test
    void shouldReadWhatARuleLooksAt() {
        namespace.ip(
                "rule",
                "add",
                "priority",
                "100",
                "from",
                "192.0.2.0/24",
                "to",
                "198.51.100.0/24",
                "iif",
                "v0",
                "fwmark",
                "7",
                "table",
                "1000");
        assertEquals(
                List.of(new Rule(
                        true,
                        100,
                        1000,
                        Optional.of(new Prefix(InetAddress.ofLiteral("192.0.2.0"), 24)),
                        Optional.of(new Prefix(InetAddress.ofLiteral("198.51.100.0"), 24)),
                        OptionalInt.of(7),
                        Optional.of("v0"),
                        Optional.empty(),
                        false,
                        Set.of())),
                at(100));
    }

    @Test
    void shouldReadConditionsOfBothFamilies() {
        for (String family : List.of("-4", "-6")) {
            namespace.ip(family, "rule", "add", "priority", "100", "tos", "0x10", "table", "7");
            namespace.ip(family, "rule", "add", "priority", "101", "ipproto", "udp", "sport", "53", "table", "7");
            namespace.ip(family, "rule", "add", "priority", "102", "dport", "5514-5515", "table", "7");
            namespace.ip(family, "rule", "add", "priority", "103", "uidrange", "5-6", "table", "7");
            namespace.ip(family, "rule", "add", "priority", "104", "not", "fwmark", "5", "table", "7");
        }
        assertEquals(
                List.of(Set.of(Condition.TOS), Set.of(Condition.TOS)),
                at(100).stream().map(Rule::looksAt).toList());
        assertEquals(
                List.of(
                        Set.of(Condition.PROTOCOL, Condition.SOURCE_PORT),
                        Set.of(Condition.PROTOCOL, Condition.SOURCE_PORT)),
                at(101).stream().map(Rule::looksAt).toList());
        assertEquals(Set.of(Condition.DESTINATION_PORT), at(102).getFirst().looksAt());
        assertEquals(Set.of(Condition.USER), at(103).getFirst().looksAt());
        assertTrue(at(104).stream()
                .allMatch(rule -> rule.isInverted() && rule.looksAt().isEmpty()));
    }

    @Test
    void shouldFindTheRoutesThatLookAtMoreThanTheDestination() {
        assertEquals(List.of(), routes.selective());
        namespace.ip("route", "add", "198.51.100.0/24", "tos", "0x10", "via", "10.7.0.9");
        namespace.ip("route", "add", "203.0.113.0/24", "nexthop", "via", "10.7.0.9", "nexthop", "via", "10.7.0.8");
        namespace.ip(
                "-6",
                "route",
                "add",
                "2001:db8:9::/64",
                "nexthop",
                "via",
                "2001:db8:7::9",
                "nexthop",
                "via",
                "2001:db8:7::8");
        List<SelectiveRoute> selective = routes.selective();
        assertEquals(3, selective.size(), selective.toString());
        assertTrue(selective.contains(
                new SelectiveRoute(Route.MAIN_TABLE, InetAddress.ofLiteral("198.51.100.0"), 24, Selector.TOS)));
        assertTrue(selective.contains(
                new SelectiveRoute(Route.MAIN_TABLE, InetAddress.ofLiteral("203.0.113.0"), 24, Selector.NEXT_HOPS)));
        assertTrue(selective.contains(
                new SelectiveRoute(Route.MAIN_TABLE, InetAddress.ofLiteral("2001:db8:9::"), 64, Selector.NEXT_HOPS)));
    }
}
