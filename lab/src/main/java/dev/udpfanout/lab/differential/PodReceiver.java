package dev.udpfanout.lab.differential;

import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A pod's receivers: a port for each policy, and one for the mirror's copies. What the policy with replies gets is
 * answered.
 */
final class PodReceiver {
    /** The port that a mirror's copies go to. */
    static final int MIRROR_PORT = 40530;

    private static final int FIRST_PORT = 40514;
    private static final int MAX_DATAGRAM_BYTES = 65_536;
    private static final int RECEIVE_BUFFER_BYTES = 8 << 20;

    private final Arrivals arrivals;

    private PodReceiver(Arrivals arrivals) {
        this.arrivals = arrivals;
    }

    /** Opens the ports on all of a pod's addresses, of both families; closed with the network. */
    static void start(LabNamespace pod, Arrivals arrivals) {
        PodReceiver receiver = new PodReceiver(arrivals);
        for (int port : ports()) {
            DatagramSocket socket = pod.call(() -> {
                DatagramSocket opened = new DatagramSocket(new InetSocketAddress("::", port));
                opened.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
                return opened;
            });
            pod.closedWithTopology(socket);
            pod.thread("receiver-" + port, () -> receiver.receive(socket, port)).start();
        }
    }

    /**
     * The port that a listener's datagrams go to. Each has one of its own, as services have, so that an error about a
     * packet to it tells whose it was.
     */
    static int port(Spread spread) {
        return FIRST_PORT + spread.ordinal();
    }

    private static int[] ports() {
        return IntStream.concat(Arrays.stream(Spread.values()).mapToInt(PodReceiver::port), IntStream.of(MIRROR_PORT))
                .toArray();
    }

    private void receive(DatagramSocket socket, int port) {
        DatagramPacket packet = new DatagramPacket(new byte[MAX_DATAGRAM_BYTES], MAX_DATAGRAM_BYTES);
        try {
            while (true) {
                packet.setLength(MAX_DATAGRAM_BYTES);
                socket.receive(packet);
                arrivals.add(packet.getData(), packet.getLength(), port == MIRROR_PORT);
                if (port == port(Spread.REPLIES)) {
                    answer(socket, packet);
                }
            }
        } catch (IOException e) {
            if (!socket.isClosed()) {
                throw new UncheckedIOException("receiver on " + socket.getLocalSocketAddress(), e);
            }
        }
    }

    private static void answer(DatagramSocket socket, DatagramPacket packet) throws IOException {
        try {
            socket.send(packet);
        } catch (IOException e) {
            // A path MTU that the pod's kernel has learnt: the asker counts what is not answered.
            if (socket.isClosed()) {
                throw e;
            }
        }
    }
}
