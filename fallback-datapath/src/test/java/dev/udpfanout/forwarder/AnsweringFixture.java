package dev.udpfanout.forwarder;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.config.ReplyLimits;
import java.net.InetSocketAddress;
import java.time.Duration;

/** A forwarder that brings replies back, with clients that ask and servers that answer. */
abstract class AnsweringFixture extends ForwarderFixture {
    static final ReplyLimits LIMITS = new ReplyLimits(100, Duration.ofSeconds(60));

    final ForwarderConfig answering(String address) {
        return ForwarderConfig.forAddress(new InetSocketAddress(address, 0))
                .withIo(io())
                .withReplies(LIMITS);
    }

    /** What a server does: answers whoever asked, with what it was asked. */
    static byte[] answer(Peer server) {
        byte[] request = server.receive();
        server.send(request, server.lastSender());
        return request;
    }

    /** Sends a request, and sees it answered by the server, from the address that it was sent to. */
    static void ask(Peer client, int request, InetSocketAddress listener, Peer server) {
        client.send(number(request), listener);
        assertEquals(request, number(answer(server)));
        assertEquals(request, number(client.receive()));
        assertEquals(listener, client.lastSender());
    }
}
