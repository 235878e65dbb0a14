package dev.udpfanout.loader.datapath.mode;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.kubeproxy.ServiceEndpoints;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.config.ListenerConfig;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A node whose kube-proxy knows two addresses of a range: the one that this node has published, and another's. */
final class RangeLab implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(10);
    /** The last of them sends, and is no receiver: what it sent would not be taken from itself. */
    static final int PODS = 4;

    static final int RECEIVERS = 3;
    static final int SOCKETS = 24;
    static final int DATAGRAMS_A_SOCKET = 50;

    private final Topology topology =
            Topology.builder().pods(PODS).ipv6(true).verifyChecksums(true).build();
    private final List<SequenceTraffic.Receiver> receivers = topology.pods().stream()
            .map(pod -> pod.closedWithTopology(new SequenceTraffic.Receiver(pod, NodeModes.POD_PORT)))
            .toList();

    Topology topology() {
        return topology;
    }

    void loadKubeProxy(ServedRange served, ExternalTrafficPolicy policy) {
        new KubeProxy(topology)
                .load(KubeProxyRules.labService(
                        served.vip(),
                        policy,
                        new ServiceEndpoints(List.of(served.own(), served.others()), List.of(served.own()))));
    }

    NodeModes open(ServedRange served, String... keys) {
        return NodeModes.open(topology.node(), listener(served, NodeModes.POD_PORT, keys));
    }

    ListenerConfig listener(ServedRange served, int podPort, String... keys) {
        return served.text(keys).listener(receivers(served, podPort));
    }

    /** With other addresses to publish than its range's. */
    ListenerConfig publishing(ServedRange served, String addresses) {
        return served.publishing(addresses).listener(receivers(served, NodeModes.POD_PORT));
    }

    private List<InetSocketAddress> receivers(ServedRange served, int podPort) {
        List<InetSocketAddress> pods = served.ipv6 ? topology.podEndpoints6(podPort) : topology.podEndpoints(podPort);
        return pods.subList(0, RECEIVERS);
    }

    void sendAll(LabNamespace from, InetSocketAddress to, int firstNumber) {
        sendAll(from, to, firstNumber, Long.BYTES);
    }

    /** Sends, and waits until all has arrived. */
    void sendAll(LabNamespace from, InetSocketAddress to, int firstNumber, int bytes) {
        send(from, to, firstNumber, bytes);
        int until = firstNumber + SOCKETS * DATAGRAMS_A_SOCKET;
        assertTrue(
                BoundedWait.until(() -> received() == until, LIMIT),
                () -> from.name() + " to " + to + ": received " + received() + " of " + until);
    }

    /** Sends from many sockets, each of which kube-proxy gives to one of the addresses. */
    static void send(LabNamespace from, InetSocketAddress to, int firstNumber, int bytes) {
        from.call(() -> {
            List<DatagramChannel> channels = new ArrayList<>();
            try {
                ByteBuffer datagram = ByteBuffer.allocate(bytes);
                for (int i = 0; i < SOCKETS; i++) {
                    channels.add(DatagramChannel.open().connect(to));
                }
                for (int i = 0; i < SOCKETS * DATAGRAMS_A_SOCKET; i++) {
                    datagram.clear().putLong(0, firstNumber + i);
                    write(channels.get(i % SOCKETS), datagram);
                }
            } finally {
                for (DatagramChannel channel : channels) {
                    channel.close();
                }
            }
            return null;
        });
    }

    /** Sends to a broadcast or multicast address; returns when the node's kernel has given it to its sockets. */
    void sendToEveryNode(String host, int port) {
        // The JDK looks IPv6 links up by name in the main thread's namespace.
        String link = topology.client()
                .exec("ip", "-o", "link", "show", "dev", "eth0")
                .split(":")[0]
                .strip();
        topology.client().call(() -> {
            InetSocketAddress to =
                    new InetSocketAddress(InetAddress.getByName(host.replace("%eth0", "%" + link)), port);
            StandardProtocolFamily family = to.getAddress() instanceof Inet6Address
                    ? StandardProtocolFamily.INET6
                    : StandardProtocolFamily.INET;
            try (DatagramChannel channel = DatagramChannel.open(family)) {
                String own = family == StandardProtocolFamily.INET6
                        ? TopologyPlan.CLIENT_ADDRESS6
                        : TopologyPlan.CLIENT_ADDRESS;
                channel.bind(new InetSocketAddress(own, 0)).setOption(StandardSocketOptions.SO_BROADCAST, true);
                for (int i = 0; i < DATAGRAMS_A_SOCKET; i++) {
                    channel.send(ByteBuffer.allocate(Long.BYTES), to);
                }
            }
            return null;
        });
    }

    /** An error that an earlier datagram's ICMP answer left in the socket means that this one has not been sent. */
    private static void write(DatagramChannel channel, ByteBuffer datagram) throws IOException {
        while (true) {
            try {
                channel.write(datagram);
                return;
            } catch (PortUnreachableException e) {
                datagram.rewind();
            }
        }
    }

    long received() {
        return receivers.stream().mapToLong(SequenceTraffic.Receiver::received).sum();
    }

    /** What leads the range to dummy0, or into this node. */
    String routes(ServedRange served) {
        String family = served.ipv6 ? "-6" : "-4";
        return topology.node().exec("ip", family, "route", "show", "table", "all", "proto", "117");
    }

    @Override
    public void close() {
        topology.close();
    }
}
