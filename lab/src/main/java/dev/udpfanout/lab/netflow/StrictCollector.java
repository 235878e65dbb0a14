package dev.udpfanout.lab.netflow;

import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** The tests' own: it loses what it has no template for, and counts datagrams that are no message of its exporters. */
final class StrictCollector implements Collector {
    private static final int MAX_DATAGRAM_BYTES = 65_535;
    private static final int SOCKET_BUFFER_BYTES = 8 << 20;

    private final FlowDecoder decoder = new FlowDecoder();
    private final AtomicLong others = new AtomicLong();
    private final DatagramSocket socket;
    private final Thread thread;

    StrictCollector(LabNamespace pod, int port) {
        this.socket = pod.closedWithTopology(pod.call(() -> {
            DatagramSocket opened = new DatagramSocket(new InetSocketAddress("::", port));
            opened.setReceiveBufferSize(SOCKET_BUFFER_BYTES);
            return opened;
        }));
        this.thread = pod.thread("collector", this::receive);
        thread.start();
    }

    private void receive() {
        DatagramPacket packet = new DatagramPacket(new byte[MAX_DATAGRAM_BYTES], MAX_DATAGRAM_BYTES);
        while (true) {
            packet.setLength(MAX_DATAGRAM_BYTES);
            try {
                socket.receive(packet);
            } catch (IOException e) {
                return;
            }
            take(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()), (InetSocketAddress)
                    packet.getSocketAddress());
        }
    }

    private void take(ByteBuffer datagram, InetSocketAddress exporter) {
        try {
            if (datagram.hasRemaining()) {
                decoder.take(datagram, exporter);
            }
        } catch (RuntimeException e) {
            others.incrementAndGet();
        }
    }

    @Override
    public Kind kind() {
        return Kind.STRICT;
    }

    @Override
    public Decoded finish() {
        close();
        return decoder.decoded();
    }

    @Override
    public String remarks() {
        return decoder.remarks() + ", " + others + " datagrams that are no message";
    }

    @Override
    public void close() {
        socket.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
