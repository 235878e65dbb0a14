package dev.udpfanout.forwarder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.config.ForwarderException;
import dev.udpfanout.forwarder.config.ReplyLimits;
import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.socket.SourceBits;
import dev.udpfanout.forwarder.spread.SourceHash;
import dev.udpfanout.forwarder.spread.SourceHash.Mixing;
import dev.udpfanout.forwarder.spread.Spread;
import dev.udpfanout.forwarder.worker.Stall;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which endpoints a datagram goes to where they do not take turns, on any transport. */
abstract class PolicyContract extends ForwarderFixture {
    private static final Mixing MIXING = new Mixing(42, 0x9e3779b97f4a7c15L, 0xd6e8feb86659fd93L);
    private static final int BUCKET_BITS = 8;
    private static final int DATAGRAMS = 600;

    private static SourceHash hash(boolean withPort, int endpoints) {
        return SourceHash.of(MIXING, withPort, BUCKET_BITS, bucket -> bucket % endpoints);
    }

    private static void use(Forwarder forwarder, Spread spread, Peer... receivers) {
        List<InetSocketAddress> endpoints = new ArrayList<>();
        for (Peer receiver : receivers) {
            endpoints.add(receiver.address());
        }
        Await.done(forwarder.endpoints(new EndpointTable(endpoints, spread)));
    }

    @Test
    void shouldBeginAFlowWithTheEndpointThatTheSourceLeadsTo() {
        Peer[] servers = peers(3, LOOPBACK);
        Peer[] clients = peers(12, LOOPBACK);
        Forwarder forwarder = keep(open(config().withReplies(new ReplyLimits(100, Duration.ofSeconds(60)))));
        SourceHash hash = hash(true, servers.length);
        use(forwarder, hash, servers);
        for (int i = 0; i < 2 * clients.length; i++) {
            Peer client = clients[i % clients.length];
            InetSocketAddress source = client.address();
            client.send(number(i), forwarder.localAddress());
            Peer server = servers[
                    hash.endpoint(
                            SourceBits.high(source.getAddress()),
                            SourceBits.low(source.getAddress()),
                            source.getPort())];
            assertEquals(i, number(server.receive()));
            server.send(number(i), server.lastSender());
            assertEquals(i, number(client.receive()));
        }
    }

    private Peer[] peers(int count, String address) {
        Peer[] peers = new Peer[count];
        for (int i = 0; i < count; i++) {
            peers[i] = keep(Peer.on(address.replace("N", String.valueOf(i + 1))));
        }
        return peers;
    }

    private void checkHash(boolean withPort, Peer[] clients, Peer[] receivers) {
        Forwarder forwarder = keep(open(ForwarderConfig.forAddress(
                        new InetSocketAddress(receivers[0].address().getAddress(), 0))
                .withIo(io())
                .withReadsSources(true)));
        SourceHash hash = hash(withPort, receivers.length);
        use(forwarder, hash, receivers);
        Random random = new Random(3);
        List<List<byte[]>> expected = new ArrayList<>();
        for (Peer receiver : receivers) {
            expected.add(new ArrayList<>());
        }
        Stall.during(forwarder.workers().getFirst(), () -> {
            for (int i = 0; i < DATAGRAMS; i++) {
                Peer client = clients[random.nextInt(clients.length)];
                byte[] payload = new byte[random.nextInt(4) == 0 ? random.nextInt(200) : 100];
                random.nextBytes(payload);
                client.send(payload, forwarder.localAddress());
                InetSocketAddress source = client.address();
                int endpoint = hash.endpoint(
                        SourceBits.high(source.getAddress()), SourceBits.low(source.getAddress()), source.getPort());
                expected.get(endpoint).add(payload);
            }
        });
        for (int i = 0; i < receivers.length; i++) {
            for (byte[] payload : expected.get(i)) {
                assertArrayEquals(payload, receivers[i].receive());
            }
        }
        Await.until("all settled", () -> settled(forwarder) == DATAGRAMS);
        assertEquals(DATAGRAMS, forwarder.counters().forwarded());
    }

    @Test
    void shouldSendWhereTheAddressLeads() {
        checkHash(false, peers(40, "127.0.7.N"), peers(3, LOOPBACK));
    }

    @Test
    void shouldSendWhereAddressAndPortLead() {
        checkHash(true, peers(40, LOOPBACK), peers(5, LOOPBACK));
    }

    @Test
    void shouldSendWhereAnIpv6AddressAndPortLead() {
        checkHash(true, peers(40, "::1"), peers(3, "::1"));
    }

    @Test
    void shouldChangeFromTurnsToHashAndBack() {
        Peer[] receivers = peers(3, LOOPBACK);
        Forwarder forwarder = start(config().withReadsSources(true), receivers);
        for (int round = 0; round < 3; round++) {
            use(forwarder, hash(true, 3), receivers);
            long before = forwarder.counters().forwarded();
            for (int i = 0; i < 30; i++) {
                sender.send(number(i), forwarder.localAddress());
            }
            Await.until("30 forwarded", () -> forwarder.counters().forwarded() == before + 30);
            List<Integer> got = new ArrayList<>();
            Await.until("30 received", () -> {
                for (Peer receiver : receivers) {
                    int count = receiver.drain();
                    if (count > 0) {
                        got.add(count);
                    }
                }
                return got.stream().mapToInt(Integer::intValue).sum() == 30;
            });
            use(forwarder, Spread.IN_TURN, receivers);
            for (int i = 0; i < 3; i++) {
                sender.send(number(i), forwarder.localAddress());
            }
            for (Peer receiver : receivers) {
                receiver.receive();
            }
        }
    }

    private void checkCopies(Peer client, Peer[] receivers) {
        Forwarder forwarder = keep(open(ForwarderConfig.forAddress(
                        new InetSocketAddress(client.address().getAddress(), 0))
                .withIo(io())));
        use(forwarder, Spread.TO_ALL, receivers);
        Random random = new Random(4);
        List<byte[]> sent = new ArrayList<>();
        Stall.during(forwarder.workers().getFirst(), () -> {
            for (int i = 0; i < DATAGRAMS; i++) {
                byte[] payload = new byte[random.nextInt(4) == 0 ? random.nextInt(2000) : 100];
                random.nextBytes(payload);
                client.send(payload, forwarder.localAddress());
                sent.add(payload);
            }
        });
        for (Peer receiver : receivers) {
            for (byte[] payload : sent) {
                assertArrayEquals(payload, receiver.receive());
            }
        }
        long copies = (long) DATAGRAMS * receivers.length;
        long bytes = sent.stream().mapToLong(payload -> payload.length).sum();
        Await.until("all counted", () -> forwarder.counters().forwarded() == copies);
        assertEquals(copies, forwarder.counters().received());
        assertEquals(bytes * receivers.length, forwarder.counters().receivedBytes());
        assertEquals(bytes * receivers.length, forwarder.counters().forwardedBytes());
        for (Peer receiver : receivers) {
            assertEquals(
                    DATAGRAMS,
                    forwarder.counters().endpoints().get(receiver.address()).forwarded());
        }
    }

    @Test
    void shouldGiveEachEndpointACopyOfEachDatagram() {
        checkCopies(sender, peers(3, LOOPBACK));
    }

    @Test
    void shouldGiveEachIpv6EndpointACopy() {
        checkCopies(keep(Peer.on("::1")), peers(2, "::1"));
    }

    @Test
    void shouldMakeCopiesForAsManyEndpointsAsThereMayBe() {
        Peer[] receivers = peers(Spread.ToAll.MAX_COPIES, LOOPBACK);
        Forwarder forwarder = start(config());
        use(forwarder, Spread.TO_ALL, receivers);
        for (int i = 0; i < 20; i++) {
            sender.send(number(i), forwarder.localAddress());
        }
        for (Peer receiver : receivers) {
            for (int i = 0; i < 20; i++) {
                assertEquals(i, number(receiver.receive()));
            }
        }
        Peer[] more = peers(Spread.ToAll.MAX_COPIES + 1, LOOPBACK);
        assertThrows(IllegalArgumentException.class, () -> use(forwarder, Spread.TO_ALL, more));
    }

    @Test
    void shouldGiveTheOthersTheirCopiesWhenAReceiverIsDown() {
        Peer[] alive = peers(2, LOOPBACK);
        InetSocketAddress dead = closedPort();
        Forwarder forwarder = start(config());
        Await.done(forwarder.endpoints(
                new EndpointTable(List.of(alive[0].address(), dead, alive[1].address()), Spread.TO_ALL)));
        for (int i = 0; i < 100; i++) {
            sender.send(number(i), forwarder.localAddress());
            long wanted = 3 * (i + 1);
            Await.until("settled copies", () -> settled(forwarder) == wanted);
        }
        for (Peer receiver : alive) {
            for (int i = 0; i < 100; i++) {
                assertEquals(i, number(receiver.receive()));
            }
        }
        assertEquals(300, forwarder.counters().received());
        assertTrue(forwarder.counters().dropped(DropReason.UNREACHABLE) > 0);
    }

    @Test
    void shouldGoOnReceivingAfterMoreCopiesThanThereAreBuffers() {
        Peer[] receivers = peers(2, LOOPBACK);
        Forwarder forwarder = start(config().withBatchSize(4));
        use(forwarder, Spread.TO_ALL, receivers);
        for (int i = 0; i < 500; i++) {
            sender.send(number(i), forwarder.localAddress());
        }
        for (int i = 0; i < 500; i++) {
            assertEquals(i, number(receivers[0].receive()));
            assertEquals(i, number(receivers[1].receive()));
        }
        use(forwarder, Spread.IN_TURN, receivers);
        sender.send(number(500), forwarder.localAddress());
        sender.send(number(501), forwarder.localAddress());
        int sum = number(receivers[0].receive()) + number(receivers[1].receive());
        assertEquals(1001, sum);
    }

    @Test
    void shouldRefuseToHashSourcesItDoesNotRead() {
        Forwarder forwarder = start(config());
        EndpointTable table = new EndpointTable(List.of(receiver().address()), hash(false, 1));
        assertThrows(ForwarderException.class, () -> forwarder.endpoints(table));
    }
}
