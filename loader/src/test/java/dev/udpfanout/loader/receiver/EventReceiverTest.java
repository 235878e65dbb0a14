package dev.udpfanout.loader.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class EventReceiverTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final InetAddress LOOPBACK4 = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress LOOPBACK6 = InetAddress.ofLiteral("::1");
    private static final InetAddress ANY6 = InetAddress.ofLiteral("::");

    private final List<Long> reports = new CopyOnWriteArrayList<>();

    private EventReceiver open(InetAddress address) throws IOException {
        return EventReceiver.open(new InetSocketAddress(address, 0), (events, senders, isLast) -> reports.add(events));
    }

    private static Thread running(EventReceiver receiver) {
        return Thread.ofPlatform().start(() -> {
            try {
                receiver.run();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static void send(InetAddress to, EventReceiver receiver, int count, int bytes) throws IOException {
        InetSocketAddress address = new InetSocketAddress(to, receiver.address().getPort());
        try (DatagramChannel channel = DatagramChannel.open()) {
            for (int i = 0; i < count; i++) {
                channel.send(ByteBuffer.allocate(bytes), address);
            }
        }
    }

    private static void awaitEvents(EventReceiver receiver, long events) {
        assertTrue(BoundedWait.until(() -> receiver.events() == events, LIMIT), () -> "has " + receiver.events());
    }

    private static void end(EventReceiver receiver, Thread thread) throws InterruptedException {
        receiver.stop();
        assertTrue(receiver.awaitFinished(LIMIT));
        assertTrue(thread.join(LIMIT));
    }

    @Test
    void shouldCountDatagramsOfBothFamiliesWhenBoundToTheWildcard() throws Exception {
        try (EventReceiver receiver = open(ANY6)) {
            Thread thread = running(receiver);
            send(LOOPBACK4, receiver, 30, 100);
            send(LOOPBACK6, receiver, 20, 100);
            awaitEvents(receiver, 50);
            end(receiver, thread);
        }
        assertEquals(50, reports.getLast());
    }

    @Test
    void shouldCountEmptyAndLargestDatagrams() throws Exception {
        try (EventReceiver receiver = open(LOOPBACK6)) {
            Thread thread = running(receiver);
            send(LOOPBACK6, receiver, 1, 0);
            send(LOOPBACK6, receiver, 1, 65_527);
            awaitEvents(receiver, 2);
            end(receiver, thread);
        }
        assertEquals(2, reports.getLast());
    }

    @Test
    void shouldReportWhileItRunsAndOnlyWhatIsNew() throws Exception {
        try (EventReceiver receiver = open(LOOPBACK4)) {
            Thread thread = running(receiver);
            send(LOOPBACK4, receiver, 10, 10);
            assertTrue(BoundedWait.until(() -> reports.contains(10L), LIMIT), reports::toString);
            send(LOOPBACK4, receiver, 5, 10);
            assertTrue(BoundedWait.until(() -> reports.contains(15L), LIMIT), reports::toString);
            assertEquals(reports.stream().sorted().distinct().toList(), reports, "each one once, before the end");
            end(receiver, thread);
        }
        assertEquals(15, reports.getLast());
    }

    @Test
    void shouldCountWhatHasComeInWhenItIsStopped() throws Exception {
        try (EventReceiver receiver = open(LOOPBACK4)) {
            send(LOOPBACK4, receiver, 40, 10);
            receiver.stop();
            Thread thread = running(receiver);
            end(receiver, thread);
        }
        assertEquals(List.of(40L), reports);
    }

    @Test
    void shouldNameTheAddressWhenItIsInUse() throws Exception {
        try (EventReceiver receiver = open(LOOPBACK4)) {
            IOException refused = assertThrows(
                    IOException.class,
                    () -> EventReceiver.open(receiver.address(), (events, senders, isLast) -> reports.add(events)));
            assertTrue(
                    refused.getMessage()
                            .startsWith("cannot receive on 127.0.0.1:"
                                    + receiver.address().getPort()),
                    refused::getMessage);
        }
    }
}
