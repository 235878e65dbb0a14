package dev.udpfanout.bench.throughput;

import dev.udpfanout.bench.contestant.ContestantLab;
import dev.udpfanout.forwarder.socket.ClassicBpf;
import dev.udpfanout.forwarder.socket.DatagramSocket;
import dev.udpfanout.forwarder.socket.SocketOption;
import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Receivers that cost no CPU of their own: a filter on each socket refuses every datagram after the kernel has carried
 * it all the way, and the socket's drop count is the count of datagrams delivered.
 */
final class Sinks implements AutoCloseable {
    private final List<DatagramSocket> sockets = new ArrayList<>();
    private final int[] last;

    private Sinks(int count) {
        this.last = new int[count];
    }

    static Sinks open(ContestantLab lab) {
        Sinks sinks = new Sinks(lab.endpoints().size());
        for (int i = 0; i < lab.endpoints().size(); i++) {
            InetSocketAddress endpoint = lab.endpoints().get(i);
            LabNamespace pod = lab.topology().pod(1 + i % lab.topology().plan().pods());
            sinks.sockets.add(pod.call(() -> {
                DatagramSocket socket = DatagramSocket.openUdp(endpoint.getAddress());
                socket.attach(SocketOption.ATTACH_FILTER, ClassicBpf.dropAll());
                socket.bind(endpoint);
                return socket;
            }));
        }
        return sinks;
    }

    /** Datagrams delivered since the last call, to each endpoint. */
    long[] delivered() {
        long[] delivered = new long[last.length];
        try {
            for (int i = 0; i < last.length; i++) {
                int now = sockets.get(i).kernelDrops();
                // The kernel's count has 32 bits and wraps.
                delivered[i] = Integer.toUnsignedLong(now - last[i]);
                last[i] = now;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return delivered;
    }

    @Override
    public void close() {
        sockets.forEach(DatagramSocket::close);
    }
}
