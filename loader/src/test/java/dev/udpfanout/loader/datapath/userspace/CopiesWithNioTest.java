package dev.udpfanout.loader.datapath.userspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.forwarder.Forwarder;
import dev.udpfanout.forwarder.config.ForwarderException;
import dev.udpfanout.forwarder.transport.Support;
import dev.udpfanout.forwarder.transport.Transport;
import dev.udpfanout.forwarder.transport.TransportProbe;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.NetflowConfig;
import dev.udpfanout.loader.datapath.ListenerText;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Where there is NIO alone, nothing is copied: three nodes, each with the next among its endpoints, would send a
 * datagram round and round, as the JDK's channels neither tell its TTL nor send with a smaller one.
 */
@Tag("kernel")
class CopiesWithNioTest {
    private static final int PORT = 5514;
    private static final TransportProbe NIO_ALONE = TransportProbe.run()
            .with(Transport.IO_URING, new Support.Unknown("not in this test"))
            .with(Transport.IO_URING_SINGLE_SHOT, new Support.Unknown("not in this test"))
            .with(Transport.EPOLL, new Support.Unknown("not in this test"));

    private static ForwarderStart start(String policy) {
        ListenerConfig listener = ListenerText.on("eth0", TopologyPlan.NODE_ADDRESS + ":" + PORT)
                .with("mode", "userspace")
                .with("policy", policy)
                .with("workers", 1)
                .listener(List.of(new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, PORT)));
        return new ForwarderStart(
                listener,
                FlowsConfig.DEFAULT,
                new NetflowMemory(NetflowConfig.IN_MEMORY, name -> List.of()),
                new WatchedDrops(),
                NIO_ALONE);
    }

    @Test
    void shouldNotOpenASocketForAListenerThatCopies() {
        try (Topology topology = Topology.builder().pods(1).build()) {
            String refusal = topology.node().call(() -> assertThrows(
                            ForwarderException.class, () -> start("replicate").start())
                    .getMessage());
            assertTrue(refusal.startsWith("policy replicate needs io_uring or epoll"), refusal);
            assertEquals("", topology.node().exec("ss", "-Hunl"));
        }
    }

    @Test
    void shouldServeOtherPolicies() {
        try (Topology topology = Topology.builder().pods(1).build();
                Forwarder forwarder =
                        topology.node().call(() -> start("round_robin").start())) {
            assertEquals(Transport.NIO, forwarder.transport().transport());
        }
    }
}
