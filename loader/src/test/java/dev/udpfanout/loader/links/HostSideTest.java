package dev.udpfanout.loader.links;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class HostSideTest {
    private static final int BRIDGE = 3;
    private static final int PORT = 7;
    private static final int ROUTED = 8;

    private static final Map<String, LocalPeer> PEERS = Map.of(
            "behind the bridge", new LocalPeer(PORT, 1500, "02:00:00:00:00:01", "02:00:00:00:00:02"),
            "behind a route", new LocalPeer(ROUTED, 1500, "02:00:00:00:00:03", "02:00:00:00:00:04"));

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
                hasXdp,
                filtersVlans,
                "");
    }

    private static List<Link> links(boolean hasXdp, boolean filtersVlans) {
        return List.of(
                link(BRIDGE, "cni0", OptionalInt.empty(), false, filtersVlans),
                link(PORT, "veth1", OptionalInt.of(BRIDGE), hasXdp, false),
                link(ROUTED, "veth2", OptionalInt.empty(), hasXdp, false));
    }

    private static Map<String, String> bypassed(HostSide hostSide, List<Link> links) {
        Map<String, LocalPeer> judged = hostSide.judge(PEERS, links);
        return Map.of(
                "bridge", judged.get("behind the bridge").bypassed(),
                "route", judged.get("behind a route").bypassed());
    }

    private static void assertBypassed(String behindBridge, String behindRoute, HostSide hostSide, List<Link> links) {
        assertEquals(Map.of("bridge", behindBridge, "route", behindRoute), bypassed(hostSide, links));
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

    @Test
    void shouldTakeWhatItCannotReadToStandInTheWay() {
        assertBypassed(
                "something unknown: EPERM", "something unknown: EPERM", HostSide.unknown("EPERM"), links(false, false));
    }
}
