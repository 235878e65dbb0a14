package dev.udpfanout.lab.traffic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class EchoTest {
    private static final int PORT = 40514;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final InetSocketAddress VIP = new InetSocketAddress(TopologyPlan.VIP, 5514);

    private static Topology topology;
    private static InetSocketAddress pod;

    @BeforeAll
    static void build() {
        topology = Topology.builder().pods(1).build();
        pod = topology.podEndpoints(PORT).getFirst();
        new KubeProxy(topology).load(KubeProxyRules.labService(VIP, ExternalTrafficPolicy.LOCAL, List.of(pod)));
    }

    @AfterAll
    static void remove() {
        topology.close();
    }

    private static long ask(InetSocketAddress asked, Duration patience) {
        return EchoClient.ask(topology.client(), TopologyPlan.CLIENT_ADDRESS, asked, 4, 3, patience);
    }

    @Test
    void shouldCountWhatIsAnsweredFromWhereItWasAsked() {
        try (EchoResponder responder = EchoResponder.start(topology.pod(1), PORT)) {
            assertEquals(12, ask(VIP, PATIENCE));
            assertEquals(12, ask(pod, PATIENCE));
            assertEquals(24, responder.answered());
        }
    }

    @Test
    void shouldHaveLeftItsPortOnceItIsClosed() {
        for (int round = 0; round < 500; round++) {
            EchoResponder.start(topology.pod(1), PORT).close();
        }
    }

    @Test
    void shouldCountNothingWhenNobodyAnswers() {
        assertEquals(0, ask(pod, PATIENCE));
    }

    @Test
    void shouldNotCountWhatIsAnsweredFromElsewhere() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        try (DatagramSocket asked = topology.pod(1).call(() -> new DatagramSocket(PORT));
                DatagramSocket elsewhere = topology.pod(1).call(() -> new DatagramSocket(PORT + 1))) {
            Thread answering = topology.pod(1).thread("elsewhere", () -> {
                DatagramPacket packet = new DatagramPacket(new byte[100], 100);
                try {
                    while (true) {
                        asked.receive(packet);
                        answered.incrementAndGet();
                        elsewhere.send(packet);
                    }
                } catch (IOException e) {
                    // The test is over.
                }
            });
            answering.start();
            assertEquals(0, ask(pod, Duration.ofMillis(100)));
            // The client does not wait for these: they may come after it has given up.
            assertTrue(BoundedWait.until(() -> answered.get() >= 3, PATIENCE));
            assertEquals(3, answered.get(), "one socket's questions, then it gives up");
            asked.close();
            // The other tests' port is free when this thread has left the socket, not before.
            assertTrue(answering.join(PATIENCE));
        }
    }
}
