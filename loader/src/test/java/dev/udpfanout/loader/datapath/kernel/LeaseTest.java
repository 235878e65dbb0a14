package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.map.ArrayMap;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nobody renews the lease: kube-proxy serves a leased listener's address, until somebody renews it. */
@Tag("kernel")
class LeaseTest {
    private static final Duration TERM = Duration.ofMinutes(1);
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration TICK = Duration.ofMillis(10);
    private static final int DATAGRAMS = 20;
    private static final int PODS = 2;

    /** Cut into fragments, of which only the first has the port. */
    private static final int LARGE_BYTES = 3_000;

    private static ListenerConfig ofService(boolean ipv6) throws Exception {
        String pod = ipv6 ? "[2001:db8:42::1%d]:40514" : "10.42.0.1%d:40514";
        ListenerConfig published = new ConfigReader(name -> true)
                .parse("""
                listeners:
                  - { name: syslog, bind: "%s:5514", interface: eth0, publish: { service: syslog-vip },
                      lease_secs: 60,
                      downstream: [ { address: "%s" }, { address: "%s" } ] }
                """.formatted(ipv6 ? "[vip]" : "vip", pod.formatted(1), pod.formatted(2)), "test")
                .listeners()
                .getFirst();
        return new ListenerConfig(
                published.id(),
                published.name(),
                published.interception(),
                published.admission(),
                published.receivers(),
                published.mirror(),
                Optional.empty(),
                published.userspace());
    }

    @ParameterizedTest
    @EnumSource(
            value = StandardProtocolFamily.class,
            names = {"INET", "INET6"})
    void shouldLeaveDatagramsToKubeProxyOnceTheLeaseHasRunOut(StandardProtocolFamily family) throws Exception {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        try (Topology topology = Topology.builder().pods(PODS).ipv6(true).build()) {
            List<InetSocketAddress> pods =
                    ipv6 ? topology.podEndpoints6(WayIn.POD_PORT) : topology.podEndpoints(WayIn.POD_PORT);
            InetSocketAddress vip =
                    new InetSocketAddress(ipv6 ? TopologyPlan.VIP6 : TopologyPlan.VIP, WayIn.LISTENER_PORT);
            new KubeProxy(topology).load(KubeProxyRules.labService(vip, ExternalTrafficPolicy.LOCAL, pods));
            KernelProgram program = topology.node().call(() -> KernelProgram.load(KernelProgram.builtIn()));
            ArrayMap<Long> lease = program.map(SharedMaps.LEASE);
            NodeDatapath datapath = NodeDatapath.open(topology.node(), program, ofService(ipv6));
            datapath.setVips(Set.of(InetAddress.ofLiteral(vip.getHostString())));

            assertEquals(DATAGRAMS, forwarded(topology, datapath, family, vip, 64), "a lease in force");
            long left = lease.get(0) - System.nanoTime();
            assertTrue(left > 0 && left <= TERM.toNanos(), () -> left + " ns");

            endNow(lease);
            assertEquals(0, forwarded(topology, datapath, family, vip, 64), "by kube-proxy");
            assertEquals(0, forwarded(topology, datapath, family, vip, LARGE_BYTES), "fragments by kube-proxy");

            datapath.reconcile();
            assertEquals(DATAGRAMS, forwarded(topology, datapath, family, vip, 64), "renewed");
            datapath.close();
        }
    }

    /** What the program has answered before, and the clock that it reads, are as old as a tick: 10 ms at most. */
    private static void endNow(ArrayMap<Long> lease) {
        long end = System.nanoTime();
        lease.put(0, end);
        assertTrue(BoundedWait.until(() -> System.nanoTime() - end > 2 * TICK.toNanos(), LIMIT));
    }

    /** How many of those that arrive have gone by the program; all of them arrive. */
    private static long forwarded(
            Topology topology,
            NodeDatapath datapath,
            StandardProtocolFamily family,
            InetSocketAddress vip,
            int payloadBytes) {
        long before = datapath.counters(0).stats().packetsForwarded();
        String from =
                family == StandardProtocolFamily.INET6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS;
        try (DatagramSender sender = DatagramSender.open(topology.client(), from);
                PodReceivers receivers = PodReceivers.start(topology.pods(), WayIn.POD_PORT, family, sender.runId())) {
            sender.send(SendPlan.to(vip).datagrams(DATAGRAMS).payloadBytes(payloadBytes));
            assertTrue(
                    receivers.awaitReceived(DATAGRAMS, LIMIT),
                    () -> receivers.received() + " of " + DATAGRAMS + " with " + payloadBytes + " bytes");
        }
        assertEquals(0, datapath.counters(0).stats().packetsDropped());
        return datapath.counters(0).stats().packetsForwarded() - before;
    }
}
