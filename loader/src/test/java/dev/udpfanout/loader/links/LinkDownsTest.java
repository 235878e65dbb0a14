package dev.udpfanout.loader.links;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class LinkDownsTest {
    private static final int NIC = 2;
    private static final int BRIDGE = 3;
    private static final int PORT = 4;
    private static final int ROUTED = 5;
    private static final String MAC = "02:00:00:00:00:0b";
    private static final InetAddress BRIDGED_POD = InetAddress.ofLiteral("10.42.0.11");
    private static final InetAddress ROUTED_POD = InetAddress.ofLiteral("10.43.0.11");
    private static final InetAddress REMOTE_POD = InetAddress.ofLiteral("10.44.0.11");

    private final LinkDowns downs = new LinkDowns();

    private static Tables node() {
        return new Tables()
                .with(NIC, "")
                .with(BRIDGE, "bridge")
                .onLink("192.168.1.0", 24, NIC)
                .via("0.0.0.0", 0, NIC, "192.168.1.254")
                .via("10.44.0.0", 24, NIC, "192.168.1.2")
                .onLink("10.42.0.0", 24, BRIDGE);
    }

    private static Tables withPods() {
        return node().with(PORT, "veth")
                .with(ROUTED, "veth")
                .onLink("10.43.0.11", 32, ROUTED)
                .neighbour(BRIDGE, "10.42.0.11", MAC)
                .learnt(BRIDGE, PORT, MAC);
    }

    @BeforeEach
    void setUp() {
        downs.targets(Set.of(BRIDGED_POD, ROUTED_POD, REMOTE_POD));
        downs.tables(withPods().done(), 0);
    }

    @Test
    void shouldCallNobodyCutOffWhenAllLinksAreUp() {
        assertEquals(Set.of(), downs.down());
    }

    @Test
    void shouldCallThoseCutOffWhoseLinkGoesDownOrLosesItsCarrierOrIsDeleted() {
        downs.changed(Tables.link(PORT, "veth", false, false));
        assertEquals(Set.of(BRIDGED_POD), downs.down());
        downs.changed(Tables.link(ROUTED, "veth", true, false));
        assertEquals(Set.of(BRIDGED_POD, ROUTED_POD), downs.down());
        downs.changed(Tables.link(PORT, "veth", true, true));
        assertEquals(Set.of(ROUTED_POD), downs.down());
        downs.removed(PORT, 0);
        assertEquals(Set.of(BRIDGED_POD, ROUTED_POD), downs.down());
    }

    @Test
    void shouldLeaveAPodBehindARouterToTheProbesWhenTheNicGoesDown() {
        downs.changed(Tables.link(NIC, "", true, false));
        assertEquals(Set.of(), downs.down());
    }

    @Test
    void shouldRememberWhoIsBehindALinkThatIsDownWhenTheKernelHasForgotten() {
        Tables forgotten =
                node().with(Tables.link(PORT, "veth", false, false)).with(Tables.link(ROUTED, "veth", false, false));
        downs.tables(forgotten.done(), 1);
        downs.tables(forgotten.done(), 2 * LinkDowns.MEMORY.toNanos());
        assertEquals(Set.of(BRIDGED_POD, ROUTED_POD), downs.down());
        downs.tables(withPods().done(), 3 * LinkDowns.MEMORY.toNanos());
        assertEquals(Set.of(), downs.down());
    }

    @Test
    void shouldForgetWhoWasBehindALinkThatIsGoneAfterAWhile() {
        downs.removed(PORT, 5);
        downs.tables(node().done(), 10);
        assertEquals(Set.of(BRIDGED_POD, ROUTED_POD), downs.down());
        downs.tables(node().done(), LinkDowns.MEMORY.toNanos() + 4);
        assertEquals(Set.of(BRIDGED_POD, ROUTED_POD), downs.down());
        downs.tables(node().done(), LinkDowns.MEMORY.toNanos() + 10);
        assertEquals(Set.of(), downs.down());
    }

    @Test
    void shouldFollowAPodToAnotherLinkOrNode() {
        downs.tables(
                node().with(6, "veth")
                        .neighbour(BRIDGE, "10.42.0.11", MAC)
                        .learnt(BRIDGE, 6, MAC)
                        .via("10.43.0.11", 32, NIC, "192.168.1.3")
                        .done(),
                1);
        assertEquals(Set.of(), downs.down());
        downs.changed(Tables.link(6, "veth", true, false));
        assertEquals(Set.of(BRIDGED_POD), downs.down());
    }

    @Test
    void shouldKeepThePortWhenTheBridgeForgetsAnIdlePod() {
        downs.tables(node().with(PORT, "veth").with(ROUTED, "veth").done(), 1);
        downs.changed(Tables.link(PORT, "veth", true, false));
        assertEquals(Set.of(BRIDGED_POD), downs.down());
    }

    @Test
    void shouldForgetWhatIsNoTargetAnyMore() {
        downs.changed(Tables.link(PORT, "veth", false, false));
        downs.targets(Set.of(ROUTED_POD));
        assertEquals(Set.of(), downs.down());
        assertEquals(Set.of(ROUTED_POD), downs.links().keySet());
    }
}
