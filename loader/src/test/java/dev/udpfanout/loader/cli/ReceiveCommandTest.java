package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.process.LabProcess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code udp-fanout receive} as a process of its own, in a pod's network. */
@Tag("kernel")
class ReceiveCommandTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int DATAGRAMS = 30;

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(1).ipv6(true).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private LabProcess receive(String... arguments) {
        List<String> command = new java.util.ArrayList<>(List.of(Distribution.command(), "receive"));
        command.addAll(List.of(arguments));
        return topology.pod(1).start(command.toArray(String[]::new));
    }

    private void send(String address) {
        topology.pod(1).call(() -> {
            try (DatagramChannel channel = DatagramChannel.open()) {
                for (int i = 0; i < DATAGRAMS; i++) {
                    channel.send(
                            ByteBuffer.wrap(new byte[] {1}),
                            new InetSocketAddress(InetAddress.ofLiteral(address), 5514));
                }
                return DATAGRAMS;
            }
        });
    }

    @Test
    void shouldCollectEventsOfBothFamiliesUntilItIsTerminated() {
        LabProcess receiver = receive();
        receiver.awaitLine("Receiving. bind=[::]:5514", LIMIT);
        send("127.0.0.1");
        receiver.awaitLine("Collected events. events=30", LIMIT);
        receiver.signal("STOP");
        send("::1");
        // It finds both when it goes on.
        receiver.signal("TERM");
        receiver.signal("CONT");
        receiver.awaitExit(LIMIT);
        assertEquals("Collected events. events=60", receiver.lines().getLast());
    }

    @Test
    void shouldSayWhatIsWrongWithAnAddress() {
        LabProcess receiver = receive("--bind", "5514");
        assertEquals(2, receiver.awaitExit(LIMIT));
        assertEquals("--bind: \"5514\" is not ADDRESS:PORT", receiver.lines().getFirst());

        LabProcess elsewhere = receive("--bind", "192.0.2.1:5514");
        assertEquals(1, elsewhere.awaitExit(LIMIT));
        assertTrue(
                elsewhere.lines().getFirst().startsWith("udp-fanout: cannot receive on 192.0.2.1:5514: "),
                elsewhere.lines()::toString);
    }
}
