package dev.udpfanout.loader.health;

import dev.udpfanout.bindings.icmp.IcmpEvent;
import dev.udpfanout.bindings.icmp.IcmpSocket;
import dev.udpfanout.bindings.icmp.SendResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Probes by ICMP and ICMPv6 echo, all over one socket of each. */
final class IcmpProber implements Prober {
    private static final Logger LOG = LoggerFactory.getLogger(IcmpProber.class);
    private static final int SEQUENCES = 1 << Short.SIZE;
    private static final int MAX_RECEIVED_AT_ONCE = 1024;

    private final IcmpSocket socket;
    private final long cookie;
    private final Probe[] bySequence = new Probe[SEQUENCES];

    /** @param cookie in every request: tells this monitor's replies from those of another */
    IcmpProber(IcmpSocket socket, long cookie) {
        this.socket = socket;
        this.cookie = cookie;
        LOG.atInfo().addKeyValue("socket", socket.kind()).log("probing health by ICMP echo");
    }

    @Override
    public Optional<ProbeOutcome> start(Probe probe) {
        if (bySequence[sequence(probe)] != null) {
            return Optional.of(ProbeOutcome.NOT_SENT);
        }
        Optional<ProbeOutcome> result = send(probe);
        if (result.isEmpty()) {
            bySequence[sequence(probe)] = probe;
        }
        return result;
    }

    @Override
    public void retry(Probe probe) {
        send(probe);
    }

    private Optional<ProbeOutcome> send(Probe probe) {
        SendResult result = socket.send(probe.endpoint().getAddress(), sequence(probe), payload(probe));
        return switch (result) {
            case SENT -> Optional.empty();
            case NO_WAY -> Optional.of(ProbeOutcome.REFUSED);
            case NOT_NOW -> Optional.of(ProbeOutcome.NOT_SENT);
        };
    }

    @Override
    public void end(Probe probe) {
        if (bySequence[sequence(probe)] == probe) {
            bySequence[sequence(probe)] = null;
        }
    }

    @Override
    public void await(Duration timeout, Results results) {
        socket.await(timeout);
        socket.receive(event -> onEvent(event, results), MAX_RECEIVED_AT_ONCE);
    }

    private void onEvent(IcmpEvent event, Results results) {
        Probe probe = bySequence[event.sequence()];
        if (probe == null) {
            return;
        }
        switch (event) {
            case IcmpEvent.EchoReply reply -> {
                // Sequence numbers repeat, and anybody can send replies.
                if (reply.from().equals(probe.endpoint().getAddress())
                        && Arrays.equals(reply.payload(), payload(probe))) {
                    results.onResult(probe, ProbeOutcome.SUCCESS);
                }
            }
            case IcmpEvent.Unreachable unreachable -> {
                if (unreachable.destination().equals(probe.endpoint().getAddress())) {
                    results.onResult(probe, ProbeOutcome.REFUSED);
                }
            }
        }
    }

    @Override
    public void wakeUp() {
        socket.wakeUp();
    }

    @Override
    public int maxInFlight() {
        return SEQUENCES / 2;
    }

    @Override
    public void close() {
        socket.close();
    }

    private static int sequence(Probe probe) {
        return (int) (probe.id() % SEQUENCES);
    }

    private byte[] payload(Probe probe) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(cookie)
                .putLong(probe.id())
                .array();
    }
}
