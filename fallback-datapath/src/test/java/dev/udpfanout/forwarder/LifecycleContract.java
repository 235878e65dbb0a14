package dev.udpfanout.forwarder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.config.ForwarderException;
import dev.udpfanout.forwarder.config.IoChoice;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Start, refusal to start, and end, on any transport. */
abstract class LifecycleContract extends ForwarderFixture {
    @Test
    void shouldSayThatThePortIsTaken() {
        Forwarder first = start(config().withWorkers(2));
        ForwarderConfig same =
                ForwarderConfig.forAddress(first.localAddress()).withIo(io()).withWorkers(2);
        ForwarderException refusal = assertThrows(ForwarderException.class, () -> open(same));
        assertTrue(refusal.getMessage().toLowerCase(Locale.ROOT).contains("already in use"), refusal::getMessage);
        assertTrue(refusal.getMessage()
                .contains(Integer.toString(first.localAddress().getPort())));
    }

    @Test
    void shouldSayThatTheAddressIsNotLocal() {
        ForwarderConfig elsewhere = ForwarderConfig.forAddress(new InetSocketAddress("192.0.2.1", 0))
                .withIo(io());
        ForwarderException refusal = assertThrows(ForwarderException.class, () -> open(elsewhere));
        assertTrue(refusal.getMessage().contains("192.0.2.1"), refusal::getMessage);
    }

    @Test
    void shouldBindToAnAddressThatIsStillToComeWhenAskedTo() {
        ForwarderConfig early = ForwarderConfig.forAddress(new InetSocketAddress("192.0.2.1", 0))
                .withIo(io())
                .withFreeBind(true);
        if (io() == IoChoice.NIO) {
            assertThrows(ForwarderException.class, () -> open(early));
        } else {
            assertEquals(
                    "192.0.2.1", keep(open(early)).localAddress().getAddress().getHostAddress());
        }
    }

    @Test
    void shouldLoseNothingThatHasArrivedWhenDrainedBeforeItIsClosed() {
        Peer receiver = receiver();
        Forwarder forwarder = start(config().withWorkers(2), receiver);
        for (int i = 0; i < 200; i++) {
            sender.send(number(i), forwarder.localAddress());
        }
        assertTrue(forwarder.drain(Duration.ofSeconds(10)));
        forwarder.close();
        assertEquals(200, forwarder.counters().forwarded());
    }

    @Test
    void shouldRefuseALoopThroughTheWildcardAddress() {
        Forwarder forwarder = keep(open(
                ForwarderConfig.forAddress(new InetSocketAddress("0.0.0.0", 0)).withIo(io())));
        int port = forwarder.localAddress().getPort();
        EndpointTable loop = EndpointTable.of(new InetSocketAddress(LOOPBACK, port));
        assertThrows(EndpointLoopException.class, () -> forwarder.endpoints(loop));
    }

    @Test
    void shouldSayWhichTransportIsInUse() {
        Forwarder forwarder = start(config());
        assertEquals(transport(), forwarder.transport().transport());
    }

    @Test
    void shouldRunOnTheCpusGiven() {
        Peer receiver = receiver();
        Forwarder forwarder = start(config().withCpus(List.of(0)), receiver);
        sender.send(number(1), forwarder.localAddress());
        assertEquals(1, number(receiver.receive()));
        ForwarderConfig noSuchCpu = config().withCpus(List.of(1023));
        assertThrows(ForwarderException.class, () -> open(noSuchCpu));
    }

    @Test
    void shouldWorkWithTheLargestAndTheSmallestBatch() {
        for (int batchSize : new int[] {1, ForwarderConfig.MAX_BATCH_SIZE}) {
            Peer receiver = receiver();
            Forwarder forwarder = start(config().withBatchSize(batchSize), receiver);
            for (int i = 0; i < 100; i++) {
                sender.send(number(i), forwarder.localAddress());
            }
            for (int i = 0; i < 100; i++) {
                assertEquals(i, number(receiver.receive()));
            }
        }
    }

    @Test
    void shouldReleaseDescriptorsAndThreadsWhenClosed() throws IOException {
        // Once for what is opened for the life of the process, such as the libraries of Netty and the JDK.
        runOnce();
        long before = descriptors();
        for (int i = 0; i < 3; i++) {
            runOnce();
        }
        assertEquals(before, descriptors());
        assertFalse(Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("udp-fanout-worker")));
    }

    @Test
    void shouldKeepItsCountsWhenClosed() {
        Peer receiver = receiver();
        Forwarder forwarder = start(config(), receiver);
        sender.send(number(1), forwarder.localAddress());
        receiver.receive();
        Await.until("1 forwarded", () -> forwarder.counters().forwarded() == 1);
        forwarder.close();
        forwarder.close();
        assertEquals(1, forwarder.counters().forwarded());
        assertThrows(IllegalStateException.class, () -> forwarder.endpoints(EndpointTable.EMPTY));
    }

    private void runOnce() {
        try (Peer receiver = Peer.on(LOOPBACK);
                Forwarder forwarder = open(config().withWorkers(2))) {
            use(forwarder, receiver);
            sender.send(number(1), forwarder.localAddress());
            receiver.receive();
        }
    }

    static long descriptors() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.count();
        }
    }
}
