package dev.udpfanout.loader.links;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.rule.Rule;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class HostSideTest {
    private static final int BRIDGE = 3;
    private static final int PORT = 7;
    private static final int ROUTED = 8;

    private static final InetAddress BRIDGED_POD = InetAddress.ofLiteral("10.42.0.11");
    private static final InetAddress ROUTED_POD = InetAddress.ofLiteral("2001:db8:42::13");

    private static final Map<InetAddress, LocalPeer> PEERS = Map.of(
            BRIDGED_POD, new LocalPeer(PORT, 1500, "02:00:00:00:00:01", "02:00:00:00:00:02"),
            ROUTED_POD, new LocalPeer(ROUTED, 1500, "02:00:00:00:00:03", "02:00:00:00:00:04"));

    private static Link link(int index, String name, OptionalInt master, boolean hasXdp, boolean filtersVlans) {
        return new Link(
                index,
                name,
                "veth",
                true,
                true,
                false,
                1500,
                1,
                master,
                "02:00:00:00:00:02",
                OptionalInt.of(0),
                OptionalInt.empty(),
                hasXdp ? List.of(new Link.Xdp(Link.XdpMode.DRIVER, 1)) : List.of(),
                Optional.empty(),
                filtersVlans,
                "");
    }

    private static List<Link> links(boolean hasXdp, boolean filtersVlans) {
        return List.of(
                link(BRIDGE, "cni0", OptionalInt.empty(), false, filtersVlans),
                link(PORT, "veth1", OptionalInt.of(BRIDGE), hasXdp, false),
                link(ROUTED, "veth2", OptionalInt.empty(), hasXdp, false));
    }

    private static void assertBypassed(String behindBridge, String behindRoute, HostSide hostSide, List<Link> links) {
        assertBypassed(behindBridge, behindRoute, hostSide.judge(PEERS, links));
    }

    private static void assertBypassed(String behindBridge, String behindRoute, Map<InetAddress, LocalPeer> judged) {
        assertEquals(behindBridge, judged.get(BRIDGED_POD).bypassed());
        assertEquals(behindRoute, judged.get(ROUTED_POD).bypassed());
    }

    private static HostSide empty() {
        return new HostSide(Map.of(), List.of(), List.of());
    }

    @Test
    void shouldFindNothingInTheWayWhereNothingStands() {
        assertBypassed("", "", empty(), links(false, false));
    }

    @Test
    void shouldNameWhatStandsOnTheVethOrOnItsBridge() {
        assertBypassed("qdisc", "", new HostSide(Map.of(PORT, "qdisc"), List.of(), List.of()), links(false, false));
        assertBypassed("qdisc", "", new HostSide(Map.of(BRIDGE, "qdisc"), List.of(), List.of()), links(false, false));
        assertBypassed("", "qdisc", new HostSide(Map.of(ROUTED, "qdisc"), List.of(), List.of()), links(false, false));
    }

    @Test
    void shouldNameWhatSeesTheFramesOfBridgesToPortsOnly() {
        assertBypassed("chain", "", new HostSide(Map.of(), List.of("chain"), List.of()), links(false, false));
        assertBypassed("VLAN filtering of cni0", "", empty(), links(false, true));
    }

    @Test
    void shouldNameXdpOnTheVeth() {
        assertBypassed("XDP program on veth1", "XDP program on veth2", empty(), links(true, false));
    }

    private static Rule rule(boolean isIpv4, int table, Optional<Rule.Prefix> destination, OptionalInt mark) {
        return new Rule(
                isIpv4,
                100,
                table,
                Optional.empty(),
                destination,
                mark,
                Optional.empty(),
                Optional.empty(),
                false,
                Set.of());
    }

    private static HostSide ruled(Rule rule) {
        return new HostSide(Map.of(), List.of(), List.of(rule));
    }

    @Test
    void shouldNameARuleThatLeadsToAnotherTable() {
        Optional<Rule.Prefix> pods = Optional.of(new Rule.Prefix(InetAddress.ofLiteral("10.42.0.0"), 16));
        Optional<Rule.Prefix> others = Optional.of(new Rule.Prefix(InetAddress.ofLiteral("10.43.0.0"), 16));
        List<Link> links = links(false, false);
        String found = "rule 100 (table 7)";
        assertBypassed(found, "", ruled(rule(true, 7, Optional.empty(), OptionalInt.empty())), links);
        assertBypassed("", found, ruled(rule(false, 7, Optional.empty(), OptionalInt.empty())), links);
        assertBypassed(found, "", ruled(rule(true, 7, pods, OptionalInt.empty())), links);
        assertBypassed("", "", ruled(rule(true, 7, others, OptionalInt.empty())), links);
        assertBypassed("", "", ruled(rule(true, 254, Optional.empty(), OptionalInt.empty())), links);
        assertBypassed("", "", ruled(rule(true, 7, Optional.empty(), OptionalInt.of(0x200))), links);
    }

    @Test
    void shouldTakeWhatItCannotReadToStandInTheWay() {
        assertBypassed("something unknown: EPERM", "something unknown: EPERM", HostSide.unknown(PEERS, "EPERM"));
    }
}
