package dev.udpfanout.bench.latency;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;

/** Sockets that take turns, each with an address and a port of its own, as the senders of a flood have. */
final class Senders implements AutoCloseable {
    private static final int FIRST_PORT = 20_000;
    private static final int HOSTS = 250;

    private final List<DatagramChannel> channels = new ArrayList<>();
    private int turn;

    static Senders open(InetSocketAddress destination, int count) throws IOException {
        Senders senders = new Senders();
        try {
            for (int i = 0; i < count; i++) {
                DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
                senders.channels.add(channel);
                channel.bind(new InetSocketAddress("198.18.%d.%d".formatted(i / HOSTS, 1 + i % HOSTS), FIRST_PORT + i));
                channel.connect(destination);
            }
            return senders;
        } catch (IOException e) {
            senders.close();
            throw e;
        }
    }

    DatagramChannel next() {
        DatagramChannel channel = channels.get(turn);
        turn = turn + 1 < channels.size() ? turn + 1 : 0;
        return channel;
    }

    @Override
    public void close() throws IOException {
        for (DatagramChannel channel : channels) {
            channel.close();
        }
    }
}
