package dev.udpfanout.loader.datapath.kernel.netflow;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.abi.netflow.NetflowStats;
import dev.udpfanout.bindings.libbpf.BpfProgram.TestRun;
import dev.udpfanout.bindings.libbpf.BpfTestBench;
import dev.udpfanout.bindings.map.ArrayMap;
import dev.udpfanout.bindings.map.Codec;
import dev.udpfanout.bindings.map.MapDeclaration;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A node with {@code payload: netflow} over both families: an exporter's message goes through the program by
 * BPF_PROG_TEST_RUN, which says where the message itself would go; the copies really go round, and come to the pods.
 */
final class WalkNode implements AutoCloseable {
    static final int PODS = 3;

    private static final int PORT = 5514;
    private static final int POD_PORT = 40514;
    private static final int REDIRECT = 7; // TC_ACT_REDIRECT of linux/pkt_cls.h
    private static final int HEADERS4_BYTES = 14 + 20 + 8;
    private static final int HEADERS6_BYTES = 14 + 40 + 8;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** struct uf_hold of netflow_hold.h. */
    private static final MapDeclaration<ArrayMap<MemorySegment>> HOLDS = MapDeclaration.array(
            "HOLDS",
            Codec.raw(MemoryLayout.structLayout(
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)));

    private static final long HOLD_COPIES = 8;

    private final Topology topology;
    private final KernelProgram program;
    private final NodeDatapath datapath;
    private final List<DatagramSocket> pods = new ArrayList<>();
    private final byte[] buffer = new byte[2048];

    private WalkNode(Topology topology) {
        this.topology = topology;
        List<ListenerConfig> listeners = listeners(topology.podEndpoints(POD_PORT), topology.podEndpoints6(POD_PORT));
        program = topology.node().call(() -> KernelProgram.load(KernelProgram.builtIn()));
        datapath = NodeDatapath.open(topology.node(), program, listeners.toArray(ListenerConfig[]::new));
        topology.pods()
                .forEach(pod -> pods.add(pod.call(() -> {
                    DatagramSocket socket = new DatagramSocket(new InetSocketAddress("::", POD_PORT));
                    socket.setSoTimeout((int) LIMIT.toMillis());
                    return socket;
                })));
    }

    static WalkNode open() {
        Topology topology =
                Topology.builder().pods(PODS).ipv6(true).verifyChecksums(true).build();
        try {
            WalkNode node = new WalkNode(topology);
            node.awaitNeighbours(TopologyPlan.NODE_ADDRESS);
            node.awaitNeighbours(TopologyPlan.NODE_ADDRESS6);
            return node;
        } catch (RuntimeException | Error e) {
            topology.close();
            throw e;
        }
    }

    private static List<ListenerConfig> listeners(List<InetSocketAddress> four, List<InetSocketAddress> six) {
        StringBuilder yaml = new StringBuilder("listeners:\n");
        for (List<InetSocketAddress> endpoints : List.of(four, six)) {
            boolean ipv4 = endpoints == four;
            yaml.append(
                    "  - { name: %s, interface: eth0, bind: \"%s:%d\", payload: netflow, mode: tc_ebpf, downstream: ["
                            .formatted(ipv4 ? "four" : "six", ipv4 ? "0.0.0.0" : "[::]", PORT));
            for (InetSocketAddress endpoint : endpoints) {
                String host = endpoint.getAddress().getHostAddress();
                yaml.append(" { address: \"%s:%d\" },".formatted(ipv4 ? host : "[" + host + "]", POD_PORT));
            }
            yaml.append(" ] }\n");
        }
        try {
            return new ConfigReader(name -> true).parse(yaml.toString(), "test").listeners();
        } catch (InvalidConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** The kernel keeps a few packets only for a pod whose hardware address it has yet to learn. */
    private void awaitNeighbours(String address) {
        byte[] version5 = new byte[24];
        version5[1] = 5;
        boolean[] isReached = new boolean[PODS];
        try (DatagramSocket client = topology.client().call(() -> new DatagramSocket())) {
            assertTrue(BoundedWait.until(
                    () -> {
                        try {
                            client.send(new DatagramPacket(
                                    version5, version5.length, InetAddress.ofLiteral(address), PORT));
                            for (int pod = 0; pod < PODS; pod++) {
                                isReached[pod] |= isAnythingAt(pod, client.getLocalPort());
                            }
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                        return isReached[0] && isReached[1] && isReached[2];
                    },
                    LIMIT));
        }
    }

    private boolean isAnythingAt(int pod, int fromPort) throws IOException {
        pods.get(pod).setSoTimeout(1);
        try {
            return receive(pod, fromPort).isPresent();
        } finally {
            pods.get(pod).setSoTimeout((int) LIMIT.toMillis());
        }
    }

    /** The next datagram of an exporter that has come to a pod; empty if there is none in time. */
    private Optional<byte[]> receive(int pod, int fromPort) throws IOException {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        try {
            do {
                packet.setLength(buffer.length);
                pods.get(pod).receive(packet);
            } while (packet.getPort() != fromPort);
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        }
        return Optional.of(Arrays.copyOf(buffer, packet.getLength()));
    }

    /** Runs code that {@link #send}s. */
    void run(Runnable code) {
        topology.node()
                .call(
                        () -> {
                            code.run();
                            return null;
                        },
                        Duration.ofHours(1));
    }

    /** The program, for frames that come from the client. */
    BpfTestBench bench() {
        try {
            NetworkInterface nic = NetworkInterface.getByName("eth0");
            return new BpfTestBench(program.rewrite()).on(nic.getIndex(), TopologyPlan.NODE_MAC.bytes());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Has a message come in.
     *
     * @param withChecksum only over IPv4 it need not have one
     * @return to which of the pods it goes
     * @throws AssertionError if it goes to none, or not as it is
     */
    int send(BpfTestBench bench, InetSocketAddress exporter, byte[] message, boolean withChecksum) {
        boolean ipv4 = exporter.getAddress() instanceof Inet4Address;
        byte[] frame = ipv4 ? frame4(exporter, message, withChecksum) : frame6(exporter, message);
        TestRun run = bench.run(frame);
        if (run.verdict() != REDIRECT) {
            throw new AssertionError("the verdict is " + run.verdict());
        }
        byte[] left = run.frame();
        int headers = ipv4 ? HEADERS4_BYTES : HEADERS6_BYTES;
        if (!Arrays.equals(message, Arrays.copyOfRange(left, headers, left.length))) {
            throw new AssertionError("the message itself was edited");
        }
        List<InetSocketAddress> endpoints = ipv4 ? topology.podEndpoints(POD_PORT) : topology.podEndpoints6(POD_PORT);
        for (int pod = 0; pod < PODS; pod++) {
            byte[] address = endpoints.get(pod).getAddress().getAddress();
            int at = headers - 8 - address.length;
            if (Arrays.equals(address, Arrays.copyOfRange(left, at, at + address.length))) {
                return pod;
            }
        }
        throw new AssertionError("it goes to none of the pods");
    }

    private static byte[] frame4(InetSocketAddress exporter, byte[] message, boolean withChecksum) {
        UdpFrame frame = UdpFrame.between(exporter, new InetSocketAddress(TopologyPlan.NODE_ADDRESS, PORT))
                .payload(message);
        return (withChecksum ? frame : frame.udpChecksum(0)).build();
    }

    private static byte[] frame6(InetSocketAddress exporter, byte[] message) {
        return Udp6Frame.between(exporter, new InetSocketAddress(TopologyPlan.NODE_ADDRESS6, PORT))
                .payload(message)
                .build();
    }

    /** The next copy of an exporter's that a pod gets. */
    Optional<byte[]> copy(int pod, InetSocketAddress exporter) {
        try {
            return receive(pod, exporter.getPort());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is counted of the exporters of a family. */
    NetflowStats stats(boolean ipv4) {
        return program.map(SharedMaps.NETFLOW_STATS).get(ipv4 ? 0 : 1);
    }

    /**
     * Makes it look as if one of the copies of templates were lost that the last exporter has sent: its hold begins
     * now, and one is not round yet.
     *
     * @return when it began: {@link System#nanoTime()}
     */
    long loseCopy() {
        ArrayMap<MemorySegment> holds = program.map(HOLDS);
        int last = holds().stream()
                .max(Comparator.comparingLong(index -> holds.get(index).get(ValueLayout.JAVA_LONG, 0)))
                .orElseThrow();
        MemorySegment hold = holds.get(last);
        long nowNs = System.nanoTime();
        hold.set(ValueLayout.JAVA_LONG, 0, nowNs);
        hold.set(ValueLayout.JAVA_LONG, HOLD_COPIES, 1);
        holds.put(last, hold);
        return nowNs;
    }

    /** At which places of HOLDS there has been a hold since the program was loaded. */
    Set<Integer> holds() {
        ArrayMap<MemorySegment> holds = program.map(HOLDS);
        return IntStream.range(0, holds.length())
                .filter(index -> holds.get(index).get(ValueLayout.JAVA_LONG, 0) != 0)
                .boxed()
                .collect(Collectors.toSet());
    }

    /** Datagrams of both families that the program has dropped. */
    long dropped() {
        return datapath.counters(0).stats().packetsDropped()
                + datapath.counters(1).stats().packetsDropped();
    }

    @Override
    public void close() {
        pods.forEach(DatagramSocket::close);
        topology.close();
    }
}
