package dev.udpfanout.loader.links;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import java.net.InetAddress;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class LocalPeersTest {
    private static final InetAddress POD = InetAddress.ofLiteral("10.42.0.11");
    private static final String POD_MAC = "02:00:00:00:00:0b";
    private static final String BRIDGE_MAC = "02:00:00:00:00:01";
    private static final String VETH_MAC = "02:00:00:00:00:02";
    private static final int BRIDGE = 3;
    private static final int VETH = 7;

    private final LocalPeers peers = new LocalPeers();

    @BeforeEach
    void setUp() {
        peers.targets(Set.of(POD));
    }

    private static Link link(
            int index, String kind, boolean carrier, OptionalInt master, String address, OptionalInt peerNamespace) {
        return new Link(index, "link" + index, kind, true, carrier, false, 1450, 1, master, address, peerNamespace, "");
    }

    private static Link veth(int index, OptionalInt master) {
        return link(index, "veth", true, master, VETH_MAC, OptionalInt.of(0));
    }

    private static Tables bridged() {
        return new Tables()
                .with(link(BRIDGE, "bridge", true, OptionalInt.empty(), BRIDGE_MAC, OptionalInt.empty()))
                .onLink("10.42.0.0", 24, BRIDGE);
    }

    private static Tables bridgedPod() {
        return bridged()
                .with(veth(VETH, OptionalInt.of(BRIDGE)))
                .neighbour(BRIDGE, "10.42.0.11", POD_MAC)
                .learnt(BRIDGE, VETH, POD_MAC);
    }

    private static Tables routed(Link link) {
        return new Tables().with(link).onLink("10.42.0.11", 32, link.index());
    }

    private void assertPeer(LocalPeer expected, Tables tables) {
        assertEquals(Map.of(POD, expected), peers.tables(tables.done()));
    }

    private void assertNoPeer(Tables tables) {
        assertEquals(Map.of(), peers.tables(tables.done()));
    }

    @Test
    void shouldGoByTheBridgesPortFromTheBridgesAddress() {
        assertPeer(new LocalPeer(VETH, 1450, POD_MAC, BRIDGE_MAC), bridgedPod());
    }

    @Test
    void shouldGoByTheVethThatTheRouteNames() {
        assertPeer(
                new LocalPeer(VETH, 1450, POD_MAC, VETH_MAC),
                routed(veth(VETH, OptionalInt.empty())).neighbour(VETH, "10.42.0.11", POD_MAC));
    }

    @Test
    void shouldKnowNothingBeforeTheHardwareAddressIsKnown() {
        assertNoPeer(routed(veth(VETH, OptionalInt.empty())));
        assertNoPeer(bridged().with(veth(VETH, OptionalInt.of(BRIDGE))));
    }

    @Test
    void shouldNotGoByALinkThatDoesNotLeadIntoAnotherNamespace() {
        assertNoPeer(routed(link(VETH, "veth", true, OptionalInt.empty(), VETH_MAC, OptionalInt.empty()))
                .neighbour(VETH, "10.42.0.11", POD_MAC));
        assertNoPeer(routed(link(VETH, "", true, OptionalInt.empty(), VETH_MAC, OptionalInt.empty()))
                .neighbour(VETH, "10.42.0.11", POD_MAC));
        assertNoPeer(routed(link(VETH, "veth", false, OptionalInt.empty(), VETH_MAC, OptionalInt.of(0)))
                .neighbour(VETH, "10.42.0.11", POD_MAC));
    }

    @Test
    void shouldGoToBothAddressesOfAPodButNotToTwoHostsBehindOneVeth() {
        InetAddress second = InetAddress.ofLiteral("10.42.0.12");
        LocalPeer pod = new LocalPeer(VETH, 1450, POD_MAC, BRIDGE_MAC);
        peers.targets(Set.of(POD, second));
        assertEquals(
                Map.of(POD, pod, second, pod),
                peers.tables(
                        bridgedPod().neighbour(BRIDGE, "10.42.0.12", POD_MAC).done()));
        String other = "02:00:00:00:00:0c";
        assertNoPeer(bridgedPod().neighbour(BRIDGE, "10.42.0.12", other).learnt(BRIDGE, VETH, other));
    }

    @Test
    void shouldNotGoByAVethBehindWhichThereIsAWholeNetwork() {
        assertNoPeer(new Tables()
                .with(veth(VETH, OptionalInt.empty()))
                .onLink("10.42.0.0", 24, VETH)
                .neighbour(VETH, "10.42.0.11", POD_MAC));
    }

    @Test
    void shouldKeepWhatTheNeighbourTableAndTheBridgeForget() {
        LocalPeer pod = new LocalPeer(VETH, 1450, POD_MAC, BRIDGE_MAC);
        assertPeer(pod, bridgedPod());
        assertPeer(pod, bridged().with(veth(VETH, OptionalInt.of(BRIDGE))).neighbour(BRIDGE, "10.42.0.11", POD_MAC));
        assertPeer(pod, bridged().with(veth(VETH, OptionalInt.of(BRIDGE))));
    }

    @Test
    void shouldForgetThePodWhenItsVethIsGoneOrIsAnothers() {
        peers.tables(bridgedPod().done());
        assertNoPeer(bridged());
        assertNoPeer(bridged().with(veth(VETH, OptionalInt.of(BRIDGE))));

        peers.tables(bridgedPod().done());
        assertNoPeer(bridged().with(veth(VETH, OptionalInt.empty())));
    }

    @Test
    void shouldForgetThePodWhenSomebodyElseHasItsAddress() {
        peers.tables(bridgedPod().done());
        String other = "02:00:00:00:00:99";
        Tables unknownPort = bridged().with(veth(VETH, OptionalInt.of(BRIDGE))).neighbour(BRIDGE, "10.42.0.11", other);
        assertNoPeer(unknownPort);
        assertPeer(
                new LocalPeer(8, 1450, other, BRIDGE_MAC),
                unknownPort.with(veth(8, OptionalInt.of(BRIDGE))).learnt(BRIDGE, 8, other));
    }

    @Test
    void shouldKnowNothingOfAnAddressThatIsBehindARouterOrNoTarget() {
        peers.tables(bridgedPod().done());
        assertNoPeer(bridgedPod().via("10.42.0.11", 32, BRIDGE, "10.42.0.99"));
        peers.targets(Set.of());
        assertNoPeer(bridgedPod());
    }
}
