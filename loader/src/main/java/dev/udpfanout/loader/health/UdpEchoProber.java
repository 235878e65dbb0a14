package dev.udpfanout.loader.health;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Probes by a datagram with a nonce, which the endpoint sends back as it is; one socket an address family. */
final class UdpEchoProber implements Prober {
    private static final int MAX_IN_FLIGHT = 32_768;
    private static final int MAX_RECEIVED_AT_ONCE = 1024;
    private static final int NONCE_BYTES = 16;
    private static final int RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

    private final ProbeAddress address;
    private final Selector selector;
    private final Map<StandardProtocolFamily, DatagramChannel> channels = new EnumMap<>(StandardProtocolFamily.class);
    private final SecureRandom random = new SecureRandom();
    private final Map<ByteBuffer, Probe> byNonce = new HashMap<>();
    private final Map<Probe, ByteBuffer> nonces = new HashMap<>();
    /** One byte more than an answer has, so that a longer one is seen to be longer. */
    private final ByteBuffer received = ByteBuffer.allocate(NONCE_BYTES + 1);

    private UdpEchoProber(ProbeAddress address, Selector selector) {
        this.address = address;
        this.selector = selector;
    }

    static UdpEchoProber open(ProbeAddress address) throws IOException {
        UdpEchoProber prober = new UdpEchoProber(address, Selector.open());
        try {
            prober.openChannel(StandardProtocolFamily.INET);
        } catch (IOException e) {
            prober.close();
            throw e;
        }
        try {
            prober.openChannel(StandardProtocolFamily.INET6);
        } catch (IOException | UnsupportedOperationException e) {
            // A kernel without IPv6 has no IPv6 endpoints either.
        }
        return prober;
    }

    private void openChannel(StandardProtocolFamily family) throws IOException {
        DatagramChannel channel = DatagramChannel.open(family);
        try {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            channels.put(family, channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public Optional<ProbeOutcome> start(Probe probe) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        nonces.put(probe, ByteBuffer.wrap(nonce));
        byNonce.put(ByteBuffer.wrap(nonce), probe);
        return send(probe);
    }

    @Override
    public void retry(Probe probe) {
        send(probe);
    }

    private Optional<ProbeOutcome> send(Probe probe) {
        InetSocketAddress target = address.of(probe.endpoint());
        ProtocolFamily family = target.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
        DatagramChannel channel = channels.get(family);
        if (channel == null) {
            return Optional.of(ProbeOutcome.NOT_SENT);
        }
        try {
            int sent = channel.send(nonces.get(probe).duplicate(), target);
            return sent == 0 ? Optional.of(ProbeOutcome.NOT_SENT) : Optional.empty();
        } catch (IOException e) {
            return Optional.of(ProbeOutcome.REFUSED);
        }
    }

    @Override
    public void end(Probe probe) {
        ByteBuffer nonce = nonces.remove(probe);
        if (nonce != null) {
            byNonce.remove(nonce);
        }
    }

    @Override
    public void await(Duration timeout, Results results) {
        SelectorWait.await(selector, timeout, key -> receive((DatagramChannel) key.channel(), results));
    }

    private void receive(DatagramChannel channel, Results results) {
        for (int i = 0; i < MAX_RECEIVED_AT_ONCE; i++) {
            try {
                received.clear();
                if (!(channel.receive(received) instanceof InetSocketAddress from)) {
                    return;
                }
                received.flip();
                Probe probe = byNonce.get(received);
                if (probe != null && address.of(probe.endpoint()).equals(from)) {
                    results.onResult(probe, ProbeOutcome.SUCCESS);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("receive: " + e.getMessage(), e);
            }
        }
    }

    @Override
    public void wakeUp() {
        selector.wakeup();
    }

    @Override
    public int maxInFlight() {
        return MAX_IN_FLIGHT;
    }

    @Override
    public void close() {
        try {
            for (DatagramChannel channel : channels.values()) {
                channel.close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
