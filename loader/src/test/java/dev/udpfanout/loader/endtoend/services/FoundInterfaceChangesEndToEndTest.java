package dev.udpfanout.loader.endtoend.services;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.endtoend.ServiceLab;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Interfaces come, go, and change their names while datagrams come in; none of these is lost. */
@Tag("kernel")
@Timeout(180)
class FoundInterfaceChangesEndToEndTest {
    private static final int PER_SECOND = 2_000;
    private static final String SECOND_NODE = "192.168.2.1";
    private static final String SECOND_CLIENT = "192.168.2.10";

    @TempDir
    private Path directory;

    private AnnotatedLab lab;

    @BeforeEach
    void setUp() throws IOException {
        lab = AnnotatedLab.open(directory);
        PodNetwork.BRIDGE.build(lab.topology());
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    private void node(String command) {
        lab.topology().node().exec(command.split(" "));
    }

    private void client(String command) {
        lab.topology().client().exec(command.split(" "));
    }

    private SequenceTraffic traffic() {
        return new SequenceTraffic(lab.topology().client(), ServiceLab.VIP, PER_SECOND);
    }

    /** The kernel renames an interface that is up, since 6.2, and its routes stay. */
    @Test
    void shouldServeAnInterfaceThatIsRenamed() throws Exception {
        lab.start("{}");
        try (SequenceTraffic traffic = traffic()) {
            lab.awaitSpread();
            node("ip link set eth0 name lan0");
            lab.awaitServed("cni0", "lan0");
            lab.assertEven();
            node("ip link set lan0 name eth0");
            lab.awaitServed("cni0", "eth0");
            lab.assertEven();
            lab.assertEachArrivedOnce(traffic);
        }
    }

    @Test
    void shouldServeAnInterfaceWhileItsNameIsOneThatAGlobMatches() throws Exception {
        lab.start("{ vip_interfaces: [\"eth*\"] }");
        try (SequenceTraffic traffic = traffic()) {
            lab.awaitSpread();
            node("ip link set eth0 name lan0");
            lab.awaitServed("cni0");
            lab.awaitSticky();
            node("ip link set lan0 name eth1");
            lab.awaitServed("cni0", "eth1");
            lab.awaitSpread();
            lab.assertEven();
            lab.assertEachArrivedOnce(traffic);
        }
    }

    /** Two exchange their names: what is pinned under the one's name is the other's by then. */
    @Test
    void shouldServePodsWhoseInterfacesExchangeTheirNames() throws Exception {
        PodNetwork.ROUTED_VETHS.build(lab.topology());
        lab.start("{}");
        try (SequenceTraffic traffic = new SequenceTraffic(lab.sender(), VipService.CLUSTER_IP, PER_SECOND)) {
            lab.awaitSpread();
            for (int round = 0; round < 5; round++) {
                node("ip link set veth3 name other");
                node("ip link set veth1 name veth3");
                node("ip link set other name veth1");
                lab.awaitServed("eth0", "veth1", "veth2", "veth3");
                lab.awaitEven();
            }
            lab.assertEven();
            lab.assertEachArrivedOnce(traffic);
        }
    }

    /** A node with one NIC gets a second one, by which the default route then leads; and loses the first. */
    @Test
    void shouldFollowTheDefaultRouteToAnInterfaceThatComesLater() throws Exception {
        node("ip route add default via " + TopologyPlan.CLIENT_ADDRESS);
        lab.start("{}");
        try (SequenceTraffic traffic = traffic()) {
            lab.awaitSpread();
            lab.awaitServed("cni0", "eth0");
            addSecondNic();
            lab.awaitServed("cni0", "eth0");
            node("ip route replace default via " + SECOND_CLIENT + " dev eth1");
            // The VIP is of eth0's network.
            lab.awaitServed("cni0", "eth0", "eth1");
            client("ip route add " + TopologyPlan.VIP + " via " + SECOND_NODE + " dev eth1");
            lab.assertEven();
            node("ip address flush dev eth0");
            lab.awaitServed("cni0", "eth1");
            lab.assertEven();
            lab.assertEachArrivedOnce(traffic);
        }
    }

    private void addSecondNic() {
        LabNamespace client = lab.topology().client();
        node("ip link add eth1 type veth peer name eth1 netns " + client.name());
        node("ip address add " + SECOND_NODE + "/24 dev eth1");
        node("ip link set eth1 up");
        client("ip address add " + SECOND_CLIENT + "/24 dev eth1");
        client("ip link set eth1 up");
        // Known before it is needed, as on a network that is in use.
        client("ping -c 1 -W 5 " + SECOND_NODE);
    }

    /** A pod that comes while others send is taken, and those that stay lose nothing. */
    @Test
    void shouldServeAPodThatComesLater() throws Exception {
        PodNetwork.ROUTED_VETHS.build(lab.topology());
        node("ip link set veth3 down");
        lab.start("{}");
        lab.awaitServed("eth0", "veth1", "veth2");
        try (SequenceTraffic traffic = traffic()) {
            lab.awaitSpread();
            node("ip link set veth3 up");
            node("ip route add " + lab.topology().plan().podAddress(lab.senderNumber()) + "/32 dev veth3");
            lab.awaitServed("eth0", "veth1", "veth2", "veth3");
            lab.assertEachArrivedOnce(traffic);
        }
        lab.assertSpread(lab.sender(), VipService.CLUSTER_IP);
    }
}
