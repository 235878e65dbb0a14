package dev.udpfanout.lab.differential;

import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;

/** A pod's receiver: a port that only receives, one for the mirror's copies, and one that answers. */
final class PodReceiver {
    /** The port that datagrams of every policy without answers go to. */
    static final int PORT = 40514;

    /** The port that a mirror's copies go to. */
    static final int MIRROR_PORT = 40515;

    /** The port that answers each datagram with itself. */
    static final int ANSWER_PORT = 40516;

    private static final int MAX_DATAGRAM_BYTES = 65_536;
    private static final int RECEIVE_BUFFER_BYTES = 8 << 20;

    private final Arrivals arrivals;

    private PodReceiver(Arrivals arrivals) {
        this.arrivals = arrivals;
    }

    /** Opens the ports on all of a pod's addresses, of both families; closed with the network. */
    static void start(LabNamespace pod, Arrivals arrivals) {
        PodReceiver receiver = new PodReceiver(arrivals);
        for (int port : new int[] {PORT, MIRROR_PORT, ANSWER_PORT}) {
            DatagramSocket socket = pod.call(() -> {
                DatagramSocket opened = new DatagramSocket(new InetSocketAddress("::", port));
                opened.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
                return opened;
            });
            pod.closedWithTopology(socket);
            pod.thread("receiver-" + port, () -> receiver.receive(socket, port)).start();
        }
    }

    private void receive(DatagramSocket socket, int port) {
        DatagramPacket packet = new DatagramPacket(new byte[MAX_DATAGRAM_BYTES], MAX_DATAGRAM_BYTES);
        try {
            while (true) {
                packet.setLength(MAX_DATAGRAM_BYTES);
                socket.receive(packet);
                arrivals.add(packet.getData(), packet.getLength(), port == MIRROR_PORT);
                if (port == ANSWER_PORT) {
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
