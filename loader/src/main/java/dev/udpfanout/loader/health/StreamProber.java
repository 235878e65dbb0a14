package dev.udpfanout.loader.health;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Probes over TCP connections, one a probe, all on one selector. */
final class StreamProber implements Prober {
    /** Each takes a file descriptor. */
    private static final int MAX_IN_FLIGHT = 4096;

    private final ProbeAddress address;
    private final Selector selector;
    private final Function<InetSocketAddress, StreamExchange> exchanges;
    private final Map<Probe, SelectionKey> connections = new HashMap<>();

    private record Attempt(Probe probe, StreamExchange exchange) {}

    private StreamProber(
            ProbeAddress address, Selector selector, Function<InetSocketAddress, StreamExchange> exchanges) {
        this.address = address;
        this.selector = selector;
        this.exchanges = exchanges;
    }

    /** @param exchanges gives each probe's, for the address that it goes to */
    static StreamProber open(ProbeAddress address, Function<InetSocketAddress, StreamExchange> exchanges)
            throws IOException {
        return new StreamProber(address, Selector.open(), exchanges);
    }

    @Override
    public Optional<ProbeOutcome> start(Probe probe) {
        InetSocketAddress target = address.of(probe.endpoint());
        SocketChannel channel;
        try {
            channel = SocketChannel.open(
                    target.getAddress() instanceof Inet4Address
                            ? StandardProtocolFamily.INET
                            : StandardProtocolFamily.INET6);
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.of(ProbeOutcome.NOT_SENT);
        }
        try {
            channel.configureBlocking(false);
            Attempt attempt = new Attempt(probe, exchanges.apply(target));
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, attempt);
            connections.put(probe, key);
            return channel.connect(target) ? proceed(key) : Optional.empty();
        } catch (BindException e) {
            // Out of local ports.
            return failed(channel, ProbeOutcome.NOT_SENT);
        } catch (IOException e) {
            return failed(channel, ProbeOutcome.REFUSED);
        }
    }

    private static Optional<ProbeOutcome> failed(SocketChannel channel, ProbeOutcome outcome) {
        close(channel);
        return Optional.of(outcome);
    }

    /** TCP sends again by itself. */
    @Override
    public void retry(Probe probe) {}

    @Override
    public void end(Probe probe) {
        SelectionKey key = connections.remove(probe);
        if (key != null) {
            close((SocketChannel) key.channel());
        }
    }

    @Override
    public void await(Duration timeout, Results results) {
        SelectorWait.await(selector, timeout, key -> {
            // A probe that ended in this very round has closed its channel.
            if (key.isValid() && key.attachment() instanceof Attempt attempt) {
                proceed(key).ifPresent(outcome -> results.onResult(attempt.probe(), outcome));
            }
        });
    }

    private static Optional<ProbeOutcome> proceed(SelectionKey key) {
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            if (!channel.isConnected() && !channel.finishConnect()) {
                return Optional.empty();
            }
            return ((Attempt) key.attachment()).exchange().proceed(channel, key);
        } catch (IOException e) {
            return Optional.of(ProbeOutcome.REFUSED);
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
        connections.values().forEach(key -> close((SocketChannel) key.channel()));
        connections.clear();
        try {
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Gone is gone; there is nothing to lose in a probe's connection.
        }
    }
}
