package dev.udpfanout.lab.netflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.traffic.FlowLayout;
import dev.udpfanout.traffic.FlowMessage;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in the trials' tables as decoded by nfacctd is what has come to it: there is no udp-fanout here. */
@Tag("kernel")
class NfacctdTest {
    /**
     * With a line in its log between the two steps that a plugin must not come between, it comes between them often.
     */
    private static final String SLOW_HANDOVER = "debug: true\ndebug_internal_msg: true";

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration BETWEEN_MESSAGES = Duration.ofNanos(500_000);
    private static final FlowLayout LAYOUT = new FlowLayout(256, 0);
    private static final int EXPORTER = Exporter.OWN_V9.ordinal();
    private static final int IN_A_MESSAGE = 4;
    private static final int MESSAGES = 4_000;

    @TempDir
    private Path directory;

    private Topology topology;

    @BeforeEach
    void build() {
        topology = Topology.builder().pods(1).build();
    }

    @AfterEach
    void remove() {
        topology.close();
    }

    @Test
    void shouldCountEachRecordOnceEvenIfItsPluginRunsMeanwhile() {
        LabNamespace pod = topology.pod(1);
        Nfacctd collector = new Nfacctd(pod, Ground.PORT, directory, SLOW_HANDOVER);
        assertTrue(BoundedWait.until(() -> pod.exec("ss", "-Hlun").contains(":" + Ground.PORT + " "), LIMIT));
        pod.call(() -> {
            try (DatagramSocket socket = new DatagramSocket()) {
                send(socket, FlowMessage.v9(0, 1).templates(LAYOUT));
                for (int i = 0; i < MESSAGES; i++) {
                    send(socket, FlowMessage.v9(1 + i, 1).records(LAYOUT, numbers(i)));
                    LockSupport.parkNanos(BETWEEN_MESSAGES.toNanos());
                }
            }
            return null;
        });
        assertTrue(BoundedWait.until(
                () -> pod.exec("ss", "-Hlun").lines().allMatch(line -> line.split("\\s+")[1].equals("0")), LIMIT));
        Decoded decoded = collector.finish();
        List<Integer> wrong = IntStream.rangeClosed(1, MESSAGES * IN_A_MESSAGE)
                .filter(record -> decoded.times(FlowNumbers.number(EXPORTER, record)) != 1)
                .boxed()
                .toList();
        assertEquals(List.of(), wrong);
    }

    private static long[] numbers(int message) {
        return LongStream.rangeClosed(1, IN_A_MESSAGE)
                .map(record -> FlowNumbers.number(EXPORTER, (int) record + message * IN_A_MESSAGE))
                .toArray();
    }

    private static void send(DatagramSocket socket, FlowMessage message) throws IOException {
        byte[] bytes = message.bytes();
        socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), Ground.PORT));
    }
}
