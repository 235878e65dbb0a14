package dev.udpfanout.forwarder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What an exchange of endpoints under load does, on any transport. */
abstract class EndpointSwapContract extends ForwarderFixture {
    private static final int SWAPS = 20;
    private static final int DATAGRAMS_A_SWAP = 200;
    /** Less than the receivers' sockets hold: nothing may be lost for want of room. */
    private static final int WINDOW = 256;

    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicBoolean stop = new AtomicBoolean();

    @Test
    void shouldLoseNothingAndSendNothingToARemovedEndpoint() throws InterruptedException {
        Peer leaving = receiver();
        Peer staying = receiver();
        Peer joining = receiver();
        Forwarder forwarder = start(config().withWorkers(2), leaving, staying);
        Thread load = Thread.ofPlatform().start(() -> sendUntilStopped(forwarder.localAddress()));
        for (int i = 0; i < SWAPS; i++) {
            use(forwarder, leaving, staying);
            passTraffic(leaving, staying, joining);
            use(forwarder, staying, joining);
            // Over loopback what was sent is there.
            take(leaving);
            long atRemoved = passTraffic(leaving, staying, joining);
            assertEquals(0, atRemoved, "datagrams to a removed endpoint");
        }
        stop.set(true);
        load.join();
        Await.until("everything sent", () -> {
            takeAll(leaving, staying, joining);
            return received.get() == sent.get();
        });
        Await.until("everything counted", () -> forwarder.counters().forwarded() == sent.get());
    }

    @Test
    void shouldKeepTheOldTableWhenANewOneIsRefused() {
        Peer receiver = receiver();
        Forwarder forwarder = start(config(), receiver);
        assertThrows(
                EndpointLoopException.class,
                () -> forwarder.endpoints(EndpointTable.of(receiver.address(), forwarder.localAddress())));
        sender.send(number(1), forwarder.localAddress());
        assertEquals(1, number(receiver.receive()));
    }

    @Test
    void shouldKeepTheCountOfAnEndpointThatStays() {
        Peer staying = receiver();
        Peer other = receiver();
        Forwarder forwarder = start(config(), staying);
        sender.send(number(1), forwarder.localAddress());
        staying.receive();
        Await.until("1 forwarded", () -> forwarder.counters().forwarded() == 1);
        use(forwarder, other, staying);
        assertEquals(1, forwarder.counters().endpoints().get(staying.address()).forwarded());
        assertEquals(0, forwarder.counters().endpoints().get(other.address()).forwarded());
    }

    @Test
    void shouldGoOnWithTheCountOfAnEndpointThatComesBack() {
        Peer leaving = receiver();
        Peer other = receiver();
        Forwarder forwarder = start(config(), leaving);
        sender.send(number(1), forwarder.localAddress());
        leaving.receive();
        Await.until("1 forwarded", () -> forwarder.counters().forwarded() == 1);
        use(forwarder, other);
        assertEquals(1, forwarder.counters().endpoints().get(leaving.address()).forwarded(), "while it is out");
        use(forwarder, leaving);
        sender.send(number(2), forwarder.localAddress());
        leaving.receive();
        Await.until(
                "2 counted",
                () -> forwarder.counters().endpoints().get(leaving.address()).forwarded() == 2);
    }

    @Test
    void shouldGiveAnEndpointAsManyTurnsAsTheTableHas() {
        Peer heavy = receiver();
        Peer light = receiver();
        Forwarder forwarder = start(config().withWorkers(1), heavy, heavy, light, heavy);
        for (int i = 0; i < 40; i++) {
            sender.send(number(i), forwarder.localAddress());
        }
        Await.until("40 forwarded", () -> forwarder.counters().forwarded() == 40);
        assertEquals(30, forwarder.counters().endpoints().get(heavy.address()).forwarded());
        assertEquals(10, forwarder.counters().endpoints().get(light.address()).forwarded());
        Await.until("30 there", () -> take(heavy) >= 0 && received.get() >= 30);
        assertEquals(10, take(light));
        assertEquals(40, received.get());

        use(forwarder, light, heavy, light);
        assertEquals(30, forwarder.counters().endpoints().get(heavy.address()).forwarded(), "keeps its count");
        use(forwarder, light);
        sender.send(number(40), forwarder.localAddress());
        assertEquals(40, number(light.receive()));
    }

    private void sendUntilStopped(InetSocketAddress to) {
        while (!stop.get()) {
            Await.until("room", () -> sent.get() - received.get() < WINDOW || stop.get());
            sender.send(number((int) sent.get()), to);
            sent.incrementAndGet();
        }
    }

    /** Waits for some datagrams more; how many of them the first receiver got. */
    private long passTraffic(Peer first, Peer second, Peer third) {
        long until = received.get() + DATAGRAMS_A_SWAP;
        AtomicLong atFirst = new AtomicLong();
        Await.until("traffic", () -> {
            atFirst.addAndGet(take(first));
            takeAll(second, third);
            return received.get() >= until;
        });
        return atFirst.get();
    }

    private void takeAll(Peer... peers) {
        for (Peer peer : peers) {
            take(peer);
        }
    }

    private int take(Peer peer) {
        int count = peer.drain();
        received.addAndGet(count);
        return count;
    }
}
