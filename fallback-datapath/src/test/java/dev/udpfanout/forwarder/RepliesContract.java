package dev.udpfanout.forwarder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.config.IoChoice;
import dev.udpfanout.forwarder.config.ReplyLimits;
import dev.udpfanout.forwarder.config.SourceAddress;
import dev.udpfanout.forwarder.counter.FlowCounters;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Requests and the replies to them, on any transport. */
abstract class RepliesContract extends AnsweringFixture {
    private static InetSocketAddress at(String address, Forwarder forwarder) {
        return new InetSocketAddress(address, forwarder.localAddress().getPort());
    }

    @Test
    void shouldAnswerFromTheListenersAddressAndStayWithOneEndpoint() {
        Peer[] servers = {receiver(), receiver()};
        Forwarder forwarder = start(answering(LOOPBACK), servers);
        Peer[] clients = {sender, receiver(), receiver()};
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < clients.length; i++) {
                ask(clients[i], round, forwarder.localAddress(), servers[i % 2]);
            }
        }
        Await.until("30 replies", () -> forwarder.counters().flows().repliesForwarded() == 30);
        assertEquals(
                new FlowCounters(3, 3, 0, 0, 30, 30 * Integer.BYTES, 0, 0),
                forwarder.counters().flows());
        assertEquals(30, forwarder.counters().forwarded());
        assertEquals(
                20, forwarder.counters().endpoints().get(servers[0].address()).forwarded());
    }

    @Test
    void shouldAnswerOverIpv6() {
        Peer server = keep(Peer.on("::1"));
        Peer client = keep(Peer.on("::1"));
        Forwarder forwarder = start(answering("::1"), server);
        ask(client, 6, forwarder.localAddress(), server);
    }

    @Test
    void shouldAnswerFromTheAddressThatWasAskedWhenBoundToTheWildcard() {
        if (io() == IoChoice.NIO) {
            assertThrows(IllegalArgumentException.class, () -> answering("0.0.0.0"));
            return;
        }
        Peer server = receiver();
        Forwarder forwarder = start(answering("0.0.0.0"), server);
        // One client, two addresses of the listener's: two flows.
        for (String address : List.of("127.0.0.1", "127.0.0.99", "127.0.0.1")) {
            ask(sender, 1, at(address, forwarder), server);
        }
        assertEquals(2, forwarder.counters().flows().created());
    }

    @Test
    void shouldAnswerOverIpv6WhenBoundToTheWildcard() {
        if (io() == IoChoice.NIO) {
            assertThrows(IllegalArgumentException.class, () -> answering("::"));
            return;
        }
        Peer server = receiver();
        Peer client = keep(Peer.on("::1"));
        Forwarder forwarder = start(answering("::"), server);
        ask(client, 1, at("::1", forwarder), server);
    }

    @Test
    void shouldKeepEveryClientWithOneWorker() {
        Peer[] servers = {receiver(), receiver(), receiver()};
        Forwarder forwarder = start(answering(LOOPBACK).withWorkers(4), servers);
        List<Peer> clients = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            clients.add(receiver());
        }
        for (int round = 0; round < 3; round++) {
            for (Peer client : clients) {
                client.send(number(round), forwarder.localAddress());
                answerAny(servers);
                assertEquals(round, number(client.receive()));
                assertEquals(forwarder.localAddress(), client.lastSender());
            }
        }
        assertEquals(24, forwarder.counters().flows().created());
        assertTrue(forwarder.counters().workerReceived().stream()
                        .filter(count -> count > 0)
                        .count()
                > 1);
    }

    @Test
    void shouldAnswerEveryRequestOfManyClientsAtATime() {
        Peer[] servers = {receiver(), receiver(), receiver()};
        Forwarder forwarder =
                start(answering(LOOPBACK).withWorkers(4).withReplies(new ReplyLimits(1000, LIMITS.idle())), servers);
        List<Peer> clients = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            clients.add(receiver());
        }
        int[] answered = new int[clients.size()];
        int rounds = 50;
        clients.forEach(client -> client.send(number(0), forwarder.localAddress()));
        Await.until("the last answer", () -> {
            answerAll(servers);
            for (int i = 0; i < answered.length; i++) {
                byte[] reply = clients.get(i).poll();
                if (reply != null) {
                    assertEquals(answered[i]++, number(reply));
                    clients.get(i).send(number(answered[i]), forwarder.localAddress());
                }
            }
            return Arrays.stream(answered).allMatch(count -> count >= rounds);
        });
        assertEquals(clients.size(), forwarder.counters().flows().created());
        assertEquals(0, forwarder.counters().flows().evicted());
    }

    private static void answerAll(Peer... servers) {
        for (Peer server : servers) {
            for (byte[] request = server.poll(); request != null; request = server.poll()) {
                server.send(request, server.lastSender());
            }
        }
    }

    private static void answerAny(Peer... servers) {
        Await.until("a request", () -> {
            for (Peer server : servers) {
                byte[] request = server.poll();
                if (request != null) {
                    server.send(request, server.lastSender());
                    return true;
                }
            }
            return false;
        });
    }

    @Test
    void shouldKeepRequestsAndRepliesByteForByte() {
        Peer server = receiver();
        Forwarder forwarder = start(answering(LOOPBACK), server);
        Random random = new Random(3);
        for (int bytes : new int[] {0, 1, 512, 1472, 1473, 9000, 65_507, 0, 7}) {
            byte[] payload = new byte[bytes];
            random.nextBytes(payload);
            sender.send(payload, forwarder.localAddress());
            assertArrayEquals(payload, answer(server), () -> "request of " + bytes + " bytes");
            assertArrayEquals(payload, sender.receive(), () -> "reply of " + bytes + " bytes");
        }
        assertEquals(1, forwarder.counters().flows().created());
    }

    @Test
    void shouldAnswerEmptyRequestsFromOneSocketWhenTheyComeOneAfterTheOther() {
        Peer server = receiver();
        Forwarder forwarder = start(answering(LOOPBACK), server);
        ask(sender, 1, forwarder.localAddress(), server);
        InetSocketAddress flow = server.lastSender();
        for (int i = 0; i < 50; i++) {
            sender.send(new byte[0], forwarder.localAddress());
            assertEquals(0, answer(server).length);
            assertEquals(flow, server.lastSender());
            assertEquals(0, sender.receive().length);
        }
        ask(sender, 2, forwarder.localAddress(), server);
        assertEquals(flow, server.lastSender());
    }

    @Test
    void shouldBringBackAllRepliesOfABurst() {
        Peer server = receiver();
        Forwarder forwarder = start(answering(LOOPBACK), server);
        sender.send(number(0), forwarder.localAddress());
        server.receive();
        for (int i = 0; i < 200; i++) {
            server.send(number(i), server.lastSender());
        }
        for (int i = 0; i < 200; i++) {
            assertEquals(i, number(sender.receive()));
        }
        Await.until("200 replies", () -> forwarder.counters().flows().repliesForwarded() == 200);
    }

    @Test
    void shouldCountAReplyThatIsTooLong() {
        Peer server = receiver();
        Forwarder forwarder = start(answering(LOOPBACK).withMaxPacketBytes(1000), server);
        sender.send(number(1), forwarder.localAddress());
        server.receive();
        server.send(new byte[1001], server.lastSender());
        server.send(new byte[1000], server.lastSender());
        assertEquals(1000, sender.receive().length);
        Await.until("both", () -> forwarder.counters().flows().repliesForwarded() == 1);
        assertEquals(1, forwarder.counters().flows().repliesTooLong());
    }

    @Test
    void shouldTakeNothingFromOthersThanTheEndpoint() {
        Peer server = receiver();
        Forwarder forwarder = start(answering(LOOPBACK), server);
        sender.send(number(1), forwarder.localAddress());
        server.receive();
        receiver().send(number(666), server.lastSender());
        server.send(number(2), server.lastSender());
        assertEquals(2, number(sender.receive()));
        assertNull(sender.poll());
        assertEquals(1, forwarder.counters().flows().repliesForwarded());
    }

    @Test
    void shouldRefuseToKeepTheClientsAddress() {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class, () -> ForwarderConfig.forAddress(new InetSocketAddress(LOOPBACK, 0))
                        .withSource(SourceAddress.CLIENT)
                        .withReplies(LIMITS));
        assertTrue(refusal.getMessage().contains("source"), refusal::getMessage);
    }
}
