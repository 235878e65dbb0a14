package dev.udpfanout.loader.datapath.userspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.EndpointStats;
import dev.udpfanout.forwarder.config.ForwarderException;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.NetflowConfig;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.mode.NodeModes;
import dev.udpfanout.loader.datapath.network.Network;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in force in user space when an endpoint set could not be installed, and when it can. */
@Tag("kernel")
class UserspaceInstallTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int DATAGRAMS = 40;
    private static final InetSocketAddress UNROUTABLE = new InetSocketAddress("198.51.100.1", 5514);
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

    private ListenerConfig listener(String io, String source) {
        return NodeModes.onNic()
                .with("mode", "userspace")
                .with("io", io)
                .with("workers", 1)
                .with("source", source)
                .listener(topology.podEndpoints(NodeModes.POD_PORT));
    }

    private long sendAndCount(NodeModes modes, InetSocketAddress endpoint) {
        long before = modes.counters(NAME).stats().packetsForwarded();
        long atEndpoint = modes.counters(NAME)
                .endpoints()
                .getOrDefault(endpoint, EndpointStats.ZERO)
                .packets();
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
            sender.send(SendPlan.to(NodeModes.NODE).datagrams(DATAGRAMS));
        }
        assertTrue(
                BoundedWait.until(() -> modes.counters(NAME).stats().packetsForwarded() == before + DATAGRAMS, LIMIT),
                () -> modes.counters(NAME).toString());
        return modes.counters(NAME).endpoints().get(endpoint).packets() - atEndpoint;
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "nio"})
    void shouldKeepTheOldEndpointsAndInstallTheNewOnesLaterWhenThereIsNoDescriptor(String io) {
        NodeModes modes = NodeModes.open(topology.node(), listener(io, "node"));
        InetSocketAddress first = topology.podEndpoints(NodeModes.POD_PORT).getFirst();
        List<InetSocketAddress> both = topology.podEndpoints(NodeModes.POD_PORT);
        // Has the classes loaded that the failure below needs.
        modes.apply(NAME, List.of(first, UNROUTABLE));
        modes.apply(NAME, List.of(first));
        RuntimeException failure = null;
        try (NoDescriptors none = new NoDescriptors()) {
            modes.apply(NAME, both);
        } catch (RuntimeException e) {
            failure = e;
        }
        assertTrue(failure instanceof ForwarderException && isOutOfDescriptors(failure), String.valueOf(failure));
        assertEquals(DATAGRAMS, sendAndCount(modes, first));
        modes.apply(NAME, both);
        assertEquals(DATAGRAMS / 2, sendAndCount(modes, first));
    }

    private static boolean isOutOfDescriptors(RuntimeException failure) {
        return failure.getMessage().toLowerCase(Locale.ROOT).contains("too many open files");
    }

    @Test
    void shouldInstallTheNewEndpointsWithTheComparisonWhenTheyWereNotToBeHadBefore() {
        NodeModes modes = NodeModes.open(topology.node(), listener("epoll", "node"));
        InetSocketAddress first = topology.podEndpoints(NodeModes.POD_PORT).getFirst();
        modes.apply(NAME, List.of(first, UNROUTABLE));
        modes.apply(NAME, List.of(first));
        try (NoDescriptors none = new NoDescriptors()) {
            modes.apply(NAME, topology.podEndpoints(NodeModes.POD_PORT));
        } catch (ForwarderException e) {
            // As above.
        }
        modes.reconcile();
        assertEquals(DATAGRAMS / 2, sendAndCount(modes, first));
    }

    @Test
    void shouldTellOfAnEndpointThatItLeavesOutUntilThereIsARouteToIt() {
        NodeModes modes = NodeModes.open(topology.node(), listener("epoll", "node"));
        assertEquals(Set.of(), modes.leftOut(NAME));
        modes.apply(NAME, List.of(UNROUTABLE));
        assertEquals(Set.of(UNROUTABLE), modes.leftOut(NAME));
        topology.node().exec("ip", "route", "add", "198.51.100.1/32", "via", TopologyPlan.CLIENT_ADDRESS);
        modes.reconcile();
        assertEquals(Set.of(), modes.leftOut(NAME));
    }

    @Test
    void shouldNotCallAListenerAttachedWhenItsSocketsAreOpenWithoutItsEndpoints() {
        ListenerConfig listener = listener("epoll", "client");
        InetSocketAddress ofOtherFamily =
                topology.podEndpoints6(NodeModes.POD_PORT).getFirst();
        InetSocketAddress usable = topology.podEndpoints(NodeModes.POD_PORT).getFirst();
        topology.node().call(() -> {
            try (UserspaceDatapath datapath = new UserspaceDatapath(
                    List.of(listener),
                    FlowsConfig.DEFAULT,
                    new NetflowMemory(NetflowConfig.IN_MEMORY, name -> List.of()),
                    new WatchedDrops(),
                    Network.open())) {
                datapath.apply(new EndpointSet(NAME, List.of(new Endpoint("pod", ofOtherFamily))));
                assertThrows(ForwarderException.class, datapath::reconcile);
                assertThrows(ForwarderException.class, datapath::reconcile);
                assertFalse(datapath.state(NAME).attached());
                datapath.apply(new EndpointSet(NAME, List.of(new Endpoint("pod", usable))));
                datapath.reconcile();
                assertTrue(datapath.state(NAME).attached());
            }
            return null;
        });
    }
}
