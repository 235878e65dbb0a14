package dev.udpfanout.forwarder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.forwarder.admission.Admission;
import dev.udpfanout.forwarder.admission.RateLimit;
import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.config.IoChoice;
import dev.udpfanout.forwarder.config.ReplyLimits;
import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.counter.DropSample;
import dev.udpfanout.forwarder.counter.DropSamples;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Single datagrams that a forwarder drops are told of while somebody watches, on any transport. */
abstract class DropSamplesContract extends ForwarderFixture {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final String NAME = "syslog";
    private static final int BYTES = Integer.BYTES;

    private final DropSamples drops = new DropSamples();

    private Forwarder watched(ForwarderConfig config, Peer... receivers) {
        Forwarder forwarder = keep(Forwarder.start(config, Transports.probe(transport()), NAME, drops));
        use(forwarder, receivers);
        drops.watch(LONG);
        return forwarder;
    }

    private List<DropSample> samples(Forwarder forwarder, DropReason reason, int count) {
        awaitDropped(forwarder, reason, count);
        // A drop is counted first.
        Await.until(count + " samples of " + reason, () -> kept(reason).size() >= count);
        return kept(reason);
    }

    private static void awaitDropped(Forwarder forwarder, DropReason reason, int count) {
        Await.until(count + " " + reason, () -> forwarder.counters().dropped(reason) >= count);
    }

    private List<DropSample> kept(DropReason reason) {
        return drops.read(0).samples().stream()
                .filter(sample -> sample.reason() == reason)
                .toList();
    }

    private void check(DropSample sample, DropReason reason, Forwarder forwarder, int bytes, Peer endpoint) {
        DropSample expected = new DropSample(
                sample.at(),
                NAME,
                reason,
                Optional.of(sender.address()),
                Optional.of(forwarder.localAddress()),
                Optional.ofNullable(endpoint).map(Peer::address),
                1,
                bytes);
        assertEquals(expected, sample);
    }

    @Test
    void shouldTellTheSenderWhenThereAreNoEndpoints() {
        Forwarder forwarder = watched(config().withReadsSources(true));
        sender.send(number(1), forwarder.localAddress());
        check(
                samples(forwarder, DropReason.NO_ENDPOINTS, 1).getFirst(),
                DropReason.NO_ENDPOINTS,
                forwarder,
                BYTES,
                null);
    }

    @Test
    void shouldTellTheSenderOfWhatIsNotAllowedAndOfWhatIsTooMuch() {
        Peer stranger = keep(Peer.on("127.0.9.1"));
        Forwarder forwarder = watched(config().withReadsSources(true), receiver());
        Await.done(forwarder.admission(
                new Admission(List.of(AdmissionContract.prefix(LOOPBACK, 32)), Optional.of(new RateLimit(1, 1)))));
        stranger.send(number(1), forwarder.localAddress());
        assertEquals(
                Optional.of(stranger.address()),
                samples(forwarder, DropReason.NOT_ALLOWED, 1).getFirst().source());
        for (int i = 0; i < 50; i++) {
            sender.send(number(i), forwarder.localAddress());
        }
        List<DropSample> limited = samples(forwarder, DropReason.RATE_LIMITED, 40);
        limited.forEach(sample -> check(sample, DropReason.RATE_LIMITED, forwarder, BYTES, null));
        assertTrue(limited.size() >= 40, () -> limited.size() + " samples");
    }

    @Test
    void shouldTellTheSenderOfWhatIsTooLong() {
        Forwarder forwarder = watched(config().withReadsSources(true).withMaxPacketBytes(BYTES), receiver());
        sender.send(new byte[BYTES + 1], forwarder.localAddress());
        DropSample sample = samples(forwarder, DropReason.TOO_LONG, 1).getFirst();
        check(sample, DropReason.TOO_LONG, forwarder, sample.bytes(), null);
        // recvmmsg(2) tells how much it has read, not how much there was.
        assertTrue(sample.bytes() == BYTES || sample.bytes() == BYTES + 1, sample::toString);
    }

    @Test
    void shouldTellTheEndpointThatIsUnreachable() {
        InetSocketAddress closed = closedPort();
        Forwarder forwarder = watched(config().withReadsSources(true));
        Await.done(forwarder.endpoints(EndpointTable.of(closed)));
        Await.until("ICMP", () -> {
            sender.send(number(1), forwarder.localAddress());
            return forwarder.counters().dropped(DropReason.UNREACHABLE) > 0;
        });
        DropSample sample = samples(forwarder, DropReason.UNREACHABLE, 1).getFirst();
        assertEquals(Optional.of(closed), sample.endpoint());
        assertEquals(Optional.empty(), sample.source());
    }

    @Test
    void shouldTellTheEndpointOfAFlowThatIsUnreachable() {
        InetSocketAddress closed = closedPort();
        Forwarder forwarder = watched(config().withReplies(new ReplyLimits(10, LONG)));
        Await.done(forwarder.endpoints(EndpointTable.of(closed)));
        Await.until("ICMP", () -> {
            sender.send(number(1), forwarder.localAddress());
            return forwarder.counters().dropped(DropReason.UNREACHABLE) > 0;
        });
        assertEquals(
                Optional.of(closed),
                samples(forwarder, DropReason.UNREACHABLE, 1).getFirst().endpoint());
    }

    @Test
    void shouldLeaveTheSenderOutWhenItIsNotRead() {
        Forwarder forwarder = watched(config());
        sender.send(number(1), forwarder.localAddress());
        DropSample sample = samples(forwarder, DropReason.NO_ENDPOINTS, 1).getFirst();
        Optional<InetSocketAddress> known = io() == IoChoice.NIO ? Optional.of(sender.address()) : Optional.empty();
        assertEquals(known, sample.source());
    }

    @Test
    void shouldTellIpv6Senders() {
        Peer client = keep(Peer.on("::1"));
        Forwarder forwarder = watched(ForwarderConfig.forAddress(new InetSocketAddress("::1", 0))
                .withIo(io())
                .withReadsSources(true));
        client.send(number(1), forwarder.localAddress());
        assertEquals(
                Optional.of(client.address()),
                samples(forwarder, DropReason.NO_ENDPOINTS, 1).getFirst().source());
    }

    @Test
    void shouldKeepNothingWhenNobodyWatches() {
        Forwarder forwarder =
                keep(Forwarder.start(config().withReadsSources(true), Transports.probe(transport()), NAME, drops));
        use(forwarder);
        sender.send(number(1), forwarder.localAddress());
        awaitDropped(forwarder, DropReason.NO_ENDPOINTS, 1);
        // By the thread that drops: it has done with the first by then.
        use(forwarder);
        assertEquals(List.of(), kept(DropReason.NO_ENDPOINTS));
        assertEquals(0, drops.read(0).seen());
    }
}
