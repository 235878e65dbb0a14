package dev.udpfanout.loader.datapath.kernel.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.libbpf.BpfProgram.TestRun;
import dev.udpfanout.bindings.libbpf.BpfTestBench;
import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.PayloadKeyOracle;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.frames.TestRunNode;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The endpoint follows from bytes of the payload, in the kernel as in Java. */
@Tag("kernel")
class PayloadKeyTest {
    private static final int ENDPOINTS = 7;
    private static final int DATAGRAMS = 1500;
    private static final int MAX_PAYLOAD_BYTES = 24;
    private static final long SEED = 42;
    private static final String GELF = "gelf";
    private static final int MAGIC = 0x1e0f;
    private static final int CHUNK_BYTES = 32;

    static Topology topology() {
        return Topology.builder().pods(1).ipv6(true).build();
    }

    private static InetSocketAddress bind(boolean ipv6) {
        return new InetSocketAddress(ipv6 ? "2001:db8:2::1" : "192.0.2.1", 5514);
    }

    private static ListenerConfig listener(Topology topology, boolean ipv6, String hashOn) {
        return ListenerText.on("lo", ipv6 ? "[2001:db8:2::1]:5514" : "192.0.2.1:5514")
                .with("policy", "hash")
                .with("hash_on", hashOn)
                .listener(endpoints(topology, ipv6));
    }

    /** Ports of one pod stand for endpoints. */
    static List<InetSocketAddress> endpoints(Topology topology, boolean ipv6) {
        List<InetSocketAddress> endpoints = new ArrayList<>();
        for (int port = 40_514; endpoints.size() < ENDPOINTS; port++) {
            endpoints.addAll(ipv6 ? topology.podEndpoints6(port) : topology.podEndpoints(port));
        }
        return endpoints;
    }

    static InetSocketAddress source(boolean ipv6, int number) {
        return new InetSocketAddress(ipv6 ? "2001:db8:5::" + number : "203.0.113." + number, 4711);
    }

    /** Some have the beginnings that the names ask for, and their lengths lie around that of the keys. */
    private static byte[] payload(Random random) {
        byte[] payload = new byte[random.nextInt(MAX_PAYLOAD_BYTES)];
        random.nextBytes(payload);
        if (payload.length >= Short.BYTES && random.nextBoolean()) {
            ByteBuffer.wrap(payload).putShort((short) (random.nextBoolean() ? MAGIC : 0x0800));
        }
        return payload;
    }

    static byte[] frame(InetSocketAddress from, byte[] payload) {
        InetSocketAddress to = bind(from.getAddress() instanceof Inet6Address);
        return from.getAddress() instanceof Inet6Address
                ? Udp6Frame.between(from, to)
                        .link(new MacAddress(2), new MacAddress(0))
                        .payload(payload)
                        .build()
                : UdpFrame.between(from, to)
                        .link(new MacAddress(2), new MacAddress(0))
                        .payload(payload)
                        .build();
    }

    /** Of a frame without options and extension headers. */
    static InetSocketAddress destination(byte[] frame, boolean ipv6) throws UnknownHostException {
        int end = 14 + (ipv6 ? 40 : 20);
        byte[] address = Arrays.copyOfRange(frame, end - (ipv6 ? 16 : 4), end);
        return new InetSocketAddress(
                InetAddress.getByAddress(address),
                Short.toUnsignedInt(ByteBuffer.wrap(frame).getShort(end + 2)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            false | gelf
            true  | gelf
            false | gtpu
            false | rtp
            true  | vxlan
            false | radius
            true  | radius
            true  | { payload: { offset: 3, length: 16 } }
            false | { payload: { length: 9, when: { offset: 10, equals: "0x00" }, with_source: true } }
            false | { payload: { offset: 1, length: 1, when: { equals: "0x1e0f" }, else: source } }
            false | { payload: { offset: 65534, length: 16, with_source: true, else: source } }
            """)
    void shouldSendEachDatagramWhereItsKeyLeads(boolean ipv6, String hashOn) {
        try (Topology topology = topology()) {
            KernelProgram program =
                    topology.node().call(() -> KernelProgram.load(KernelProgram.builtIn(), Optional.empty()));
            ListenerConfig listener = listener(topology, ipv6, hashOn);
            List<InetSocketAddress> endpoints = endpoints(topology, ipv6);
            NodeDatapath datapath = NodeDatapath.open(topology.node(), program, listener);
            // A node that learned of them in another order.
            PayloadKeyOracle oracle = new PayloadKeyOracle(
                    endpoints.reversed(), listener.receivers().spreading().key().orElseThrow());
            Map<InetSocketAddress, Integer> inTurn = new HashMap<>();
            topology.node().call(() -> {
                Random random = new Random(SEED);
                try (BpfTestBench bench = new BpfTestBench(program.rewrite())) {
                    for (int i = 0; i < DATAGRAMS; i++) {
                        InetSocketAddress source = source(ipv6, random.nextInt(1, 200));
                        byte[] payload = payload(random);
                        TestRun run = bench.run(frame(source, payload));
                        assertEquals(TestRunNode.REDIRECT, run.verdict());
                        InetSocketAddress destination = destination(run.frame(), ipv6);
                        Optional<InetSocketAddress> expected = oracle.endpoint(source.getAddress(), payload);
                        if (expected.isPresent()) {
                            assertEquals(expected.get(), destination, "datagram " + i);
                        } else {
                            inTurn.merge(destination, 1, Integer::sum);
                        }
                    }
                }
                return null;
            });
            if (!inTurn.isEmpty()) {
                assertEquals(new HashSet<>(endpoints), inTurn.keySet());
                int most = inTurn.values().stream().max(Integer::compare).orElseThrow();
                int least = inTurn.values().stream().min(Integer::compare).orElseThrow();
                // The test's thread may move from one CPU to another, and each has a turn of its own.
                assertTrue(most - least <= Runtime.getRuntime().availableProcessors(), () -> "not in turn: " + inTurn);
            }
            assertEquals(DATAGRAMS, datapath.counters(0).stats().packetsForwarded());
        }
    }

    private static byte[] chunks(long... ids) {
        ByteBuffer chunks = ByteBuffer.allocate(ids.length * CHUNK_BYTES);
        for (int i = 0; i < ids.length; i++) {
            chunks.putShort(i * CHUNK_BYTES, (short) MAGIC).putLong(i * CHUNK_BYTES + Short.BYTES, ids[i]);
        }
        return chunks.array();
    }

    @Test
    void shouldSendASuperPacketWholeWhereItsFirstKeyLeads() {
        try (Topology topology = topology()) {
            KernelProgram program =
                    topology.node().call(() -> KernelProgram.load(KernelProgram.builtIn(), Optional.empty()));
            ListenerConfig listener = listener(topology, false, GELF);
            NodeDatapath datapath = NodeDatapath.open(topology.node(), program, listener);
            PayloadKeyOracle oracle = new PayloadKeyOracle(
                    endpoints(topology, false),
                    listener.receivers().spreading().key().orElseThrow());
            InetSocketAddress source = source(false, 9);
            topology.node().call(() -> {
                try (BpfTestBench bench = new BpfTestBench(program.rewrite())) {
                    bench.segments(4, CHUNK_BYTES);
                    for (long id = 1; id < 50; id++) {
                        for (byte[] packet : List.of(chunks(id, id, id, id), chunks(id, -id, 7, ~id))) {
                            TestRun run = bench.run(frame(source, packet));
                            assertEquals(TestRunNode.REDIRECT, run.verdict());
                            assertEquals(
                                    oracle.endpoint(source.getAddress(), packet).orElseThrow(),
                                    destination(run.frame(), false));
                        }
                    }
                    TestRun whole = bench.run(frame(source, new byte[4 * CHUNK_BYTES]));
                    assertEquals(TestRunNode.REDIRECT, whole.verdict(), "without a key it may go anywhere");
                }
                return null;
            });
            assertEquals(0, datapath.counters(0).stats().packetsDropped());
            assertEquals(4 * 99, datapath.counters(0).stats().packetsForwarded());
        }
    }
}
