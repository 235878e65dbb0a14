package dev.udpfanout.loader.datapath.kernel.netflow;

import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A collector in a pod, as strict as a real one: data of a template that it does not know is lost. It reads the
 * messages of {@link FlowMessage}.
 */
final class FlowCollector implements AutoCloseable {
    /** A template of one exporter. */
    record Known(SocketAddress exporter, int id) {}

    private static final int BUFFER_BYTES = 8 << 20;

    private final DatagramSocket socket;
    private final Thread thread;
    private final Set<Known> templates = new HashSet<>();
    private final List<Integer> records = new ArrayList<>();
    private final Set<SocketAddress> sampled = new HashSet<>();
    private final List<String> faults = new ArrayList<>();
    private boolean isReached;

    private FlowCollector(DatagramSocket socket) {
        this.socket = socket;
        this.thread = Thread.ofPlatform().name("collector").start(this::receive);
    }

    static FlowCollector open(LabNamespace pod, int port) {
        return new FlowCollector(pod.call(() -> {
            DatagramSocket socket = new DatagramSocket(new InetSocketAddress("::", port));
            socket.setReceiveBufferSize(BUFFER_BYTES);
            return socket;
        }));
    }

    synchronized List<Integer> records() {
        return List.copyOf(records);
    }

    synchronized Set<Known> templates() {
        return Set.copyOf(templates);
    }

    /** Exporters whose options data have come. */
    synchronized Set<SocketAddress> sampled() {
        return Set.copyOf(sampled);
    }

    /** What a collector would complain of: data without a template, headers that lie. */
    synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    /** Whether any datagram has come. */
    synchronized boolean isReached() {
        return isReached;
    }

    private void receive() {
        byte[] buffer = new byte[9000];
        while (true) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(packet);
            } catch (IOException e) {
                return;
            }
            read(packet.getSocketAddress(), ByteBuffer.wrap(buffer, 0, packet.getLength()));
        }
    }

    private synchronized void read(SocketAddress exporter, ByteBuffer message) {
        isReached = true;
        if (message.getShort(0) == 5) {
            return;
        }
        boolean ipfix = message.getShort(0) == 10;
        int announced = Short.toUnsignedInt(message.getShort(2));
        int length = message.limit();
        int found = 0;
        for (message.position(ipfix ? 16 : 20); message.remaining() >= 4; found++) {
            int id = Short.toUnsignedInt(message.getShort());
            int bytes = Short.toUnsignedInt(message.getShort());
            take(exporter, id, message.slice(message.position(), bytes - 4));
            message.position(message.position() + bytes - 4);
        }
        if (announced != (ipfix ? length : found)) {
            faults.add("the header says " + announced + " of " + length + " bytes, " + found + " records");
        }
    }

    private void take(SocketAddress exporter, int id, ByteBuffer set) {
        if (id < FlowMessage.DATA_ID) {
            templates.add(new Known(exporter, Short.toUnsignedInt(set.getShort(0))));
        } else if (!templates.contains(new Known(exporter, id))) {
            faults.add("data of " + id + " of " + exporter + " without a template");
        } else if (id == FlowMessage.OPTIONS_ID) {
            sampled.add(exporter);
        } else {
            records.add(set.getInt(0));
        }
    }

    @Override
    public void close() throws InterruptedException {
        socket.close();
        thread.join();
    }
}
