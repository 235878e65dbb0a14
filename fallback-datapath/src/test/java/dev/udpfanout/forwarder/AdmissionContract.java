package dev.udpfanout.forwarder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.udpfanout.forwarder.admission.Admission;
import dev.udpfanout.forwarder.admission.SourcePrefix;
import dev.udpfanout.forwarder.worker.Stall;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which datagrams a forwarder lets through, on any transport. */
abstract class AdmissionContract extends ForwarderFixture {
    private static final int BURST = 100;

    static SourcePrefix prefix(String network, int bits) {
        return new SourcePrefix(InetAddress.ofLiteral(network), bits);
    }

    static Admission allow(SourcePrefix... prefixes) {
        return new Admission(Arrays.asList(prefixes));
    }

    @Test
    void shouldForwardOnlyWhatComesFromAnAllowedPrefix() {
        Peer receiver = receiver();
        Peer stranger = keep(Peer.on("127.0.9.1"));
        Peer neighbour = keep(Peer.on("127.0.8.200"));
        Forwarder forwarder = start(config().withReadsSources(true), receiver);
        Await.done(forwarder.admission(allow(prefix("127.0.8.0", 24), prefix("127.0.0.1", 32))));
        Stall.during(forwarder.workers().getFirst(), () -> {
            for (int i = 0; i < BURST; i++) {
                Peer from = List.of(sender, stranger, neighbour).get(i % 3);
                from.send(number(i), forwarder.localAddress());
            }
        });
        for (int i = 0; i < BURST; i++) {
            if (i % 3 != 1) {
                assertEquals(i, number(receiver.receive()));
            }
        }
        Await.until("all counted", () -> forwarder.counters().received() == BURST && settled(forwarder) == BURST);
        assertNull(receiver.poll());
        assertEquals(BURST / 3, forwarder.counters().dropped(DropReason.NOT_ALLOWED));
        assertEquals(BURST - BURST / 3, forwarder.counters().forwarded());
    }

    @Test
    void shouldGoOnReceivingAfterMoreWasRefusedThanThereAreBuffers() {
        Peer receiver = receiver();
        Forwarder forwarder = start(config().withReadsSources(true).withBatchSize(4), receiver);
        Await.done(forwarder.admission(allow(prefix("10.0.0.0", 8))));
        for (int i = 0; i < 500; i++) {
            sender.send(number(i), forwarder.localAddress());
        }
        Await.until("all refused", () -> forwarder.counters().dropped(DropReason.NOT_ALLOWED) == 500);
        Await.done(forwarder.admission(Admission.ALL));
        sender.send(number(7), forwarder.localAddress());
        assertEquals(7, number(receiver.receive()));
    }

    @Test
    void shouldJudgeIpv6SourcesToo() {
        Peer receiver = keep(Peer.on("::1"));
        Peer client = keep(Peer.on("::1"));
        Forwarder forwarder = start(
                ForwarderConfig.forAddress(new InetSocketAddress("::1", 0))
                        .withIo(io())
                        .withReadsSources(true),
                receiver);
        Await.done(forwarder.admission(allow(prefix("::", 127))));
        client.send(number(1), forwarder.localAddress());
        assertEquals(1, number(receiver.receive()));
        Await.done(forwarder.admission(allow(prefix("::2", 127))));
        client.send(number(2), forwarder.localAddress());
        Await.until("a refusal", () -> forwarder.counters().dropped(DropReason.NOT_ALLOWED) == 1);
        assertNull(receiver.poll());
    }

    @Test
    void shouldRefuseToJudgeSourcesItDoesNotRead() {
        Forwarder forwarder = start(config());
        assertThrows(ForwarderException.class, () -> forwarder.admission(allow(prefix("10.0.0.0", 8))));
    }
}
