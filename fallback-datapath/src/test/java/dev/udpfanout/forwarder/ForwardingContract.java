package dev.udpfanout.forwarder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.counter.ForwarderCounters;
import dev.udpfanout.forwarder.worker.Stall;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a forwarder does with datagrams, on any transport. */
abstract class ForwardingContract extends ForwarderFixture {
    private static final int[] SIZES = {
        0, 1, 2, 3, 63, 64, 65, 511, 1471, 1472, 1473, 8_972, 8_973, 65_505, 65_506, 65_507
    };

    @Test
    void shouldGiveEachDatagramToTheNextEndpoint() {
        Peer[] receivers = {receiver(), receiver(), receiver()};
        Forwarder forwarder = start(config(), receivers);
        for (int i = 0; i < 30; i++) {
            sender.send(number(i), forwarder.localAddress());
        }
        for (int i = 0; i < 30; i++) {
            assertEquals(i, number(receivers[i % 3].receive()));
        }
        ForwarderCounters counters = forwarder.counters();
        assertEquals(30, counters.received());
        assertEquals(30 * Integer.BYTES, counters.receivedBytes());
        Await.until("30 forwarded", () -> forwarder.counters().forwarded() == 30);
        assertEquals(30 * Integer.BYTES, forwarder.counters().forwardedBytes());
        for (Peer receiver : receivers) {
            assertEquals(
                    10, forwarder.counters().endpoints().get(receiver.address()).forwarded());
        }
    }

    @Test
    void shouldKeepDatagramsOfAllSizesByteForByte() {
        Peer receiver = receiver();
        Forwarder forwarder = start(config(), receiver);
        Random random = new Random(1);
        for (int size : SIZES) {
            byte[] payload = new byte[size];
            random.nextBytes(payload);
            sender.send(payload, forwarder.localAddress());
            assertArrayEquals(payload, receiver.receive(), () -> size + " bytes");
        }
    }

    @Test
    void shouldKeepOrderAndBytesOfABurstOfMixedSizes() {
        Peer[] receivers = {receiver(), receiver(), receiver()};
        Forwarder forwarder = start(config().withBatchSize(64), receivers);
        Random random = new Random(2);
        List<byte[]> sent = new ArrayList<>();
        Stall.during(forwarder.workers().getFirst(), () -> {
            for (int i = 0; i < 300; i++) {
                // Often the same length in a row, sometimes none, now and then one too long for a segment.
                byte[] payload = new byte[random.nextInt(10) == 0 ? random.nextInt(3000) : i / 50 * 100];
                random.nextBytes(payload);
                sender.send(payload, forwarder.localAddress());
                sent.add(payload);
            }
        });
        for (int i = 0; i < sent.size(); i++) {
            assertArrayEquals(sent.get(i), receivers[i % 3].receive(), "datagram " + i);
        }
        for (Peer receiver : receivers) {
            assertNull(receiver.poll());
        }
    }

    @Test
    void shouldCountADatagramThatIsTooLongAndNotCutIt() {
        Peer receiver = receiver();
        Forwarder forwarder = start(config().withMaxPacketBytes(1000), receiver);
        sender.send(new byte[1001], forwarder.localAddress());
        sender.send(new byte[65_507], forwarder.localAddress());
        sender.send(new byte[1000], forwarder.localAddress());
        assertEquals(1000, receiver.receive().length);
        assertNull(receiver.poll());
        Await.until("3 settled", () -> settled(forwarder) == 3);
        assertEquals(2, forwarder.counters().dropped(DropReason.TOO_LONG));
        assertEquals(3, forwarder.counters().received());
    }

    @Test
    void shouldCountDatagramsWhileThereAreNoEndpoints() {
        Forwarder forwarder = start(config());
        for (int i = 0; i < 10; i++) {
            sender.send(number(i), forwarder.localAddress());
        }
        Await.until("10 dropped", () -> forwarder.counters().dropped(DropReason.NO_ENDPOINTS) == 10);
        Peer receiver = receiver();
        use(forwarder, receiver);
        sender.send(number(10), forwarder.localAddress());
        assertEquals(10, number(receiver.receive()));
    }

    @Test
    void shouldGoOnWhenAReceiverIsDown() {
        Peer alive = receiver();
        InetSocketAddress dead = closedPort();
        Forwarder forwarder = start(config());
        Await.done(forwarder.endpoints(EndpointTable.of(dead, alive.address())));
        for (int i = 0; i < 100; i++) {
            sender.send(number(i), forwarder.localAddress());
            long wanted = i + 1;
            Await.until("a settled datagram", () -> settled(forwarder) == wanted);
        }
        for (int i = 1; i < 100; i += 2) {
            assertEquals(i, number(alive.receive()));
        }
        assertTrue(forwarder.counters().dropped(DropReason.UNREACHABLE) > 0);
        assertEquals(
                forwarder.counters().dropped(DropReason.UNREACHABLE),
                forwarder.counters().endpoints().get(dead).unreachable());
    }

    @Test
    void shouldCountWhatTheKernelDroppedBeforeItCouldBeRead() {
        Forwarder forwarder = start(config().withReceiveBufferBytes(4096));
        Stall.during(forwarder.workers().getFirst(), () -> {
            for (int i = 0; i < 200; i++) {
                sender.send(new byte[1000], forwarder.localAddress());
            }
        });
        Await.until("all accounted for", () -> forwarder.counters().received() + overflow(forwarder) == 200);
        assertTrue(overflow(forwarder) > 0);
    }

    @Test
    void shouldCountWhatTheKernelDroppedAtOneWorkerOnce() {
        Forwarder forwarder = start(config().withWorkers(4).withReceiveBufferBytes(4096), receiver());
        Stall.during(forwarder.workers().getFirst(), () -> {
            for (int i = 0; i < 400; i++) {
                sender.send(new byte[1000], forwarder.localAddress());
            }
        });
        Await.until("each accounted for once", () -> forwarder.counters().received() + overflow(forwarder) == 400);
        assertTrue(overflow(forwarder) > 0);
    }

    @Test
    void shouldUseAllWorkersForOneSender() {
        Peer[] receivers = {receiver(), receiver(), receiver()};
        int workers = 4;
        Forwarder forwarder = start(config().withWorkers(workers), receivers);
        for (int i = 0; i < 600; i++) {
            sender.send(number(i), forwarder.localAddress());
        }
        Await.until("all settled", () -> settled(forwarder) + overflow(forwarder) == 600);
        List<Long> received = forwarder.counters().workerReceived();
        assertEquals(workers, received.size());
        // Binomial with mean 150 and deviation 11: a worker below 75 is out of the question.
        received.forEach(count -> assertTrue(count > 75, () -> "uneven: " + received));
        for (Peer receiver : receivers) {
            long mine = forwarder.counters().endpoints().get(receiver.address()).forwarded();
            assertTrue(
                    Math.abs(mine - 200) <= workers, () -> forwarder.counters().toString());
        }
    }

    @Test
    void shouldForwardOverIpv6() {
        Peer receiver = keep(Peer.on("::1"));
        Peer client = keep(Peer.on("::1"));
        Forwarder forwarder = start(
                ForwarderConfig.forAddress(new InetSocketAddress("::1", 0)).withIo(io()), receiver);
        client.send(number(6), forwarder.localAddress());
        assertEquals(6, number(receiver.receive()));
    }

    private static long overflow(Forwarder forwarder) {
        return forwarder.counters().dropped(DropReason.RECEIVE_QUEUE_OVERFLOW);
    }
}
