package dev.udpfanout.forwarder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.forwarder.admission.Admission;
import dev.udpfanout.forwarder.admission.RateLimit;
import dev.udpfanout.forwarder.admission.SourcePrefix;
import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.config.ForwarderException;
import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.worker.Stall;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which datagrams a forwarder lets through, on any transport. */
abstract class AdmissionContract extends ForwarderFixture {
    private static final int BURST = 100;

    static SourcePrefix prefix(String network, int bits) {
        return new SourcePrefix(InetAddress.ofLiteral(network), bits);
    }

    static Admission allow(SourcePrefix... prefixes) {
        return new Admission(Arrays.asList(prefixes), Optional.empty());
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
    void shouldLetTheBurstThroughAndCountTheRestOverAllWorkers() {
        Peer receiver = receiver();
        Forwarder forwarder = start(config().withWorkers(3), receiver);
        Await.done(forwarder.admission(new Admission(List.of(), Optional.of(new RateLimit(1, BURST)))));
        long beganNs = System.nanoTime();
        for (int i = 0; i < 5 * BURST; i++) {
            sender.send(number(i), forwarder.localAddress());
        }
        Await.until("all settled", () -> settled(forwarder) == 5 * BURST);
        long passed = forwarder.counters().forwarded();
        long seconds = Math.ceilDiv(System.nanoTime() - beganNs, 1_000_000_000L);
        assertTrue(passed >= BURST && passed <= BURST + seconds, () -> passed + " of " + BURST);
        assertEquals(5 * BURST - passed, forwarder.counters().dropped(DropReason.RATE_LIMITED));
        Await.done(forwarder.admission(Admission.ALL));
        sender.send(number(1), forwarder.localAddress());
        Await.until("one more", () -> forwarder.counters().forwarded() == passed + 1);
    }

    @Test
    void shouldSpendNoTokensOnWhatIsNotAllowed() {
        Peer receiver = receiver();
        Peer stranger = keep(Peer.on("127.0.9.1"));
        Forwarder forwarder = start(config().withReadsSources(true), receiver);
        Await.done(forwarder.admission(
                new Admission(List.of(prefix("127.0.0.1", 32)), Optional.of(new RateLimit(1, BURST)))));
        for (int i = 0; i < 2 * BURST; i++) {
            stranger.send(number(i), forwarder.localAddress());
        }
        Await.until("all refused", () -> forwarder.counters().dropped(DropReason.NOT_ALLOWED) == 2 * BURST);
        for (int i = 0; i < BURST; i++) {
            sender.send(number(i), forwarder.localAddress());
        }
        Await.until("all forwarded", () -> forwarder.counters().forwarded() == BURST);
        assertEquals(0, forwarder.counters().dropped(DropReason.RATE_LIMITED));
    }

    @Test
    void shouldRefuseToJudgeSourcesItDoesNotRead() {
        Forwarder forwarder = start(config());
        assertThrows(ForwarderException.class, () -> forwarder.admission(allow(prefix("10.0.0.0", 8))));
    }
}
