package dev.udpfanout.loader.datapath.kernel.frames;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.bindings.libbpf.BpfProgram.TestRun;
import dev.udpfanout.bindings.libbpf.BpfTestBench;
import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A node whose pods answer: questions and answers through the programs, by TEST_RUN. */
abstract class ReplyFixtureNode {
    static final InetSocketAddress CLIENT = new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, 4711);
    static final InetSocketAddress CLIENT6 = new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS6, 4711);
    static final InetSocketAddress ASKED = new InetSocketAddress(TestRunNode.ADDRESS, TestRunNode.PORT);
    static final InetSocketAddress ASKED6 = new InetSocketAddress(TestRunNode.ADDRESS6, TestRunNode.PORT);
    static final InetSocketAddress POD = new InetSocketAddress("10.42.0.11", 40_514);
    static final InetSocketAddress POD6 = new InetSocketAddress("2001:db8:42::11", 40_514);
    static final int HOPS = 64;

    TestRunNode node;

    @BeforeAll
    void setUp() {
        node = TestRunNode.open("replies: true");
    }

    @AfterAll
    void tearDown() {
        node.close();
    }

    TestRun run(BpfProgram program, byte[] frame) {
        return node.call(() -> {
            try (BpfTestBench bench = node.bench(program)) {
                return bench.run(frame);
            }
        });
    }

    TestRun ask(byte[] frame) {
        return run(node.program().rewrite(), frame);
    }

    TestRun answer(byte[] frame) {
        return run(node.program().reply(), frame);
    }

    static UdpFrame v4(InetSocketAddress from, InetSocketAddress to) {
        return UdpFrame.between(from, to)
                .link(new MacAddress(2), new MacAddress(0))
                .payload("forty-two".getBytes(StandardCharsets.US_ASCII))
                .ttl(HOPS);
    }

    static Udp6Frame v6(InetSocketAddress from, InetSocketAddress to) {
        return Udp6Frame.between(from, to)
                .link(new MacAddress(2), new MacAddress(0))
                .payload("forty-two".getBytes(StandardCharsets.US_ASCII))
                .hopLimit(HOPS);
    }

    void askBoth() {
        assertEquals(TestRunNode.REDIRECT, ask(v4(CLIENT, ASKED).build()).verdict());
        assertEquals(TestRunNode.REDIRECT, ask(v6(CLIENT6, ASKED6).build()).verdict());
    }

    static UdpFrame with(UdpFrame frame, UnaryOperator<UdpFrame> more) {
        return more.apply(frame);
    }
}
