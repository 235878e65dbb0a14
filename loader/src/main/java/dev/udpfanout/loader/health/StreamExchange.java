package dev.udpfanout.loader.health;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** What is said over a TCP connection before it is known whether the endpoint is well; one object a probe. */
interface StreamExchange {
    /**
     * Goes on: first when the connection stands, then whenever the channel is ready for what was asked for.
     *
     * @param key to ask for reading or writing
     * @return the result; empty if it takes more
     * @throws IOException if the connection breaks
     */
    Optional<ProbeOutcome> proceed(SocketChannel channel, SelectionKey key) throws IOException;

    /** Nothing is said: a connection is enough. */
    record Connect(InetSocketAddress target) implements StreamExchange {
        @Override
        public Optional<ProbeOutcome> proceed(SocketChannel channel, SelectionKey key) {
            return Optional.of(ProbeOutcome.SUCCESS);
        }
    }
}
