package dev.udpfanout.loader.interception;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.rtnetlink.address.Scope;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.RouteProtocol;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import dev.udpfanout.loader.config.ServicesConfig;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class InterfaceFinderTest {
    private static final int ETHERNET = 1;
    private static final int NIC = 2;
    private static final int BRIDGE = 3;
    private static final int FIRST_VETH = 10;
    private static final InetAddress VIP = InetAddress.ofLiteral("192.0.2.7");

    private final List<Link> links = new ArrayList<>();
    private final List<Route> routes = new ArrayList<>();
    private boolean filters;

    private Link add(int index, String name, String kind, OptionalInt master, boolean isPodEnd) {
        Link link = new Link(
                index,
                name,
                kind,
                true,
                true,
                false,
                1500,
                ETHERNET,
                master,
                "02:00:00:00:00:0" + index % 10,
                isPodEnd ? OptionalInt.of(index) : OptionalInt.empty(),
                "");
        links.add(link);
        return link;
    }

    private void addNic() {
        add(NIC, "eth0", "", OptionalInt.empty(), false);
        route("0.0.0.0", 0, NIC, "192.0.2.1");
        route("192.0.2.0", 24, NIC, null);
    }

    private void addBridge() {
        add(BRIDGE, "cni0", "bridge", OptionalInt.empty(), false);
        route("10.42.0.0", 24, BRIDGE, null);
        add(FIRST_VETH, "veth1", "veth", OptionalInt.of(BRIDGE), true);
        add(FIRST_VETH + 1, "veth2", "veth", OptionalInt.of(BRIDGE), true);
    }

    private void route(String destination, int bits, int link, String gateway) {
        routes.add(new Route(
                Route.MAIN_TABLE,
                RouteType.UNICAST,
                InetAddress.ofLiteral(destination),
                bits,
                OptionalInt.of(link),
                Optional.ofNullable(gateway).map(InetAddress::ofLiteral),
                0,
                Scope.LINK,
                RouteProtocol.KERNEL,
                Optional.empty(),
                OptionalInt.empty(),
                List.of()));
    }

    private List<String> find(List<String> vips, List<String> pods) {
        ServicesConfig config = new ServicesConfig(Set.of(), false, vips, pods, Duration.ZERO);
        return new InterfaceFinder(links, routes, bridge -> filters)
                .find(config, Set.of(VIP)).stream()
                        .map(each -> each.role() + " " + each.name() + " " + each.bridgeIfindex() + " " + each.reason())
                        .toList();
    }

    private List<String> find() {
        return find(List.of("auto"), List.of("auto"));
    }

    @Test
    void shouldFindTheNicAndTheBridgeOfPods() {
        addNic();
        addBridge();
        assertEquals(List.of("VIPS eth0 0 default route", "PODS cni0 0 bridge of pods"), find());
    }

    @Test
    void shouldFindTheBridgesPortsWhereItsNetfilterCallsIps() {
        filters = true;
        addNic();
        addBridge();
        assertEquals(
                List.of("VIPS eth0 0 default route", "PODS veth1 3 port of cni0", "PODS veth2 3 port of cni0"), find());
    }

    /** One program on the bridge would see the NIC's datagrams after kube-proxy's rules. */
    @Test
    void shouldFindTheNicThatIsAPortAndThePodsBesideIt() {
        filters = true;
        add(BRIDGE, "br0", "bridge", OptionalInt.empty(), false);
        route("::", 0, BRIDGE, "fe80::1");
        route("192.0.2.0", 24, BRIDGE, null);
        add(NIC, "eth0", "", OptionalInt.of(BRIDGE), false);
        add(FIRST_VETH, "veth1", "veth", OptionalInt.of(BRIDGE), true);
        assertEquals(List.of("VIPS eth0 3 port of br0: default route", "PODS veth1 3 port of br0"), find());
    }

    @Test
    void shouldFindEachVethToWhichARouteForOneAddressLeads() {
        addNic();
        add(FIRST_VETH, "cali1", "veth", OptionalInt.empty(), true);
        add(FIRST_VETH + 1, "cali2", "veth", OptionalInt.empty(), true);
        add(FIRST_VETH + 2, "other", "veth", OptionalInt.empty(), true);
        route("10.42.0.5", 32, FIRST_VETH, null);
        route("2001:db8::5", 128, FIRST_VETH + 1, null);
        assertEquals(
                List.of(
                        "VIPS eth0 0 default route",
                        "PODS cali1 0 route to 10.42.0.5",
                        "PODS cali2 0 route to 2001:db8::5"),
                find());
    }

    /** A node in a container has a veth as its NIC. */
    @Test
    void shouldNotTakeTheNodesOwnVethForAPods() {
        add(NIC, "eth0", "veth", OptionalInt.empty(), true);
        route("0.0.0.0", 0, NIC, "192.0.2.1");
        route("192.0.2.1", 32, NIC, null);
        assertEquals(List.of("VIPS eth0 0 default route"), find());
        assertEquals(List.of(), find(List.of("eth9*"), List.of("auto")), "not even if VIPs come in elsewhere");
    }

    @Test
    void shouldFindTheNetworkOfAVipAndItsVlan() {
        addNic();
        routes.clear();
        add(5, "eth0.100", "vlan", OptionalInt.empty(), false);
        route("0.0.0.0", 0, NIC, "198.51.100.1");
        route("192.0.2.0", 24, 5, null);
        assertEquals(List.of("VIPS eth0 0 default route", "VIPS eth0.100 0 network of VIP 192.0.2.7"), find());
    }

    @Test
    void shouldFindTheBondAndNotItsPorts() {
        add(7, "bond0", "bond", OptionalInt.empty(), false);
        add(NIC, "eth0", "", OptionalInt.of(7), false);
        add(NIC + 2, "eth1", "", OptionalInt.of(7), false);
        route("0.0.0.0", 0, 7, "192.0.2.1");
        assertEquals(List.of("VIPS bond0 0 default route"), find());
        assertEquals(
                List.of("VIPS bond0 0 named in the configuration"),
                find(List.of("eth*", "bond*"), List.of("auto")),
                "each datagram once");
    }

    @Test
    void shouldFindWhatGlobsNameAndLeaveOutWhatIsNamed() {
        filters = true;
        addNic();
        addBridge();
        add(20, "lxc1", "veth", OptionalInt.empty(), true);
        assertEquals(
                List.of("PODS lxc1 0 named in the configuration"),
                find(List.of("eth0"), List.of("lxc*")),
                "eth0 needs no looking for");
        assertEquals(
                List.of("PODS veth1 3 port of cni0", "PODS veth2 3 port of cni0"),
                find(List.of("eth0"), List.of("cni?")),
                "the bridge itself would see too little");
        assertEquals(
                List.of("PODS veth2 3 port of cni0"), find(List.of("eth0"), List.of("veth2*")), "a port by its name");
    }

    /** kube-proxy's IPVS mode gives VIPs to a dummy interface: nothing comes in by it. */
    @Test
    void shouldNotFindDummyInterfacesAndLoopback() {
        add(1, "lo", "", OptionalInt.empty(), false);
        add(8, "kube-ipvs0", "dummy", OptionalInt.empty(), false);
        route("192.0.2.0", 24, 8, null);
        route("192.0.2.0", 24, 1, null);
        assertEquals(List.of(), find());
    }

    /** By it comes what programs of the node send, which is kube-proxy's to serve. */
    @Test
    void shouldNotTakeLoopbackForWhatAGlobMeans() {
        add(1, "lo", "", OptionalInt.empty(), false);
        add(20, "lxc1", "veth", OptionalInt.empty(), true);
        assertEquals(List.of("PODS lxc1 0 named in the configuration"), find(List.of("eth0"), List.of("*")));
        assertEquals(List.of("PODS lxc1 0 named in the configuration"), find(List.of("eth0"), List.of("l*")));
    }
}
