package dev.udpfanout.loader.endtoend.recipe;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A receiver in each pod at each port: it keeps what comes, and answers where it is told how. */
final class RecipeReceivers implements AutoCloseable {
    private static final int MAX_DATAGRAM_BYTES = 65_535;

    private final List<DatagramChannel> channels = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Map<Integer, List<byte[]>>> byPod = new ArrayList<>();

    /** @param answers by port: what is sent back for a payload; ports without one do not answer */
    RecipeReceivers(Topology topology, List<Integer> ports, Map<Integer, UnaryOperator<byte[]>> answers) {
        for (LabNamespace pod : topology.pods()) {
            Map<Integer, List<byte[]>> received = new ConcurrentHashMap<>();
            byPod.add(received);
            for (int port : ports) {
                List<byte[]> kept = new CopyOnWriteArrayList<>();
                received.put(port, kept);
                DatagramChannel channel = pod.call(() -> DatagramChannel.open().bind(new InetSocketAddress(port)));
                channels.add(channel);
                UnaryOperator<byte[]> answer = answers.get(port);
                Thread thread = pod.thread("receiver-" + port, () -> receive(channel, kept, answer));
                threads.add(thread);
                thread.start();
            }
        }
    }

    private static void receive(DatagramChannel channel, List<byte[]> kept, UnaryOperator<byte[]> answer) {
        ByteBuffer buffer = ByteBuffer.allocate(MAX_DATAGRAM_BYTES);
        try {
            while (true) {
                SocketAddress source = channel.receive(buffer.clear());
                byte[] payload = new byte[buffer.flip().remaining()];
                buffer.get(payload);
                // The daemon asks a receiver whose port may be closed with an empty datagram.
                if (payload.length > 0) {
                    kept.add(payload);
                    if (answer != null) {
                        channel.send(ByteBuffer.wrap(answer.apply(payload)), source);
                    }
                }
            }
        } catch (ClosedChannelException e) {
            // That is how it ends.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a pod has got at a port so far, in order. */
    List<byte[]> at(int pod, int port) {
        return byPod.get(pod).get(port);
    }

    /** How many datagrams all pods have got at a port. */
    int count(int port) {
        return byPod.stream().mapToInt(pod -> pod.get(port).size()).sum();
    }

    @Override
    public void close() {
        try {
            for (DatagramChannel channel : channels) {
                channel.close();
            }
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
