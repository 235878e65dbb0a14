package dev.udpfanout.lab.traffic;

import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;

/** Asks an {@link EchoResponder}: one question after the other, each answered or not before the next. */
public final class EchoClient {
    private static final int QUESTION_BYTES = 100;

    private EchoClient() {}

    /**
     * Sends from several sockets, one after the other, each a flow of its own. A socket that is connected, as these
     * are, takes answers from the address and port that was asked alone. Once as many questions as a socket asks are
     * unanswered, no further socket is opened.
     *
     * @param client where from
     * @param local the source address
     * @param asked where to
     * @param sockets how many
     * @param questions how many a socket asks
     * @param patience how long to wait for each answer
     * @return how many questions were answered with what was in them
     */
    public static long ask(
            LabNamespace client, String local, InetSocketAddress asked, int sockets, int questions, Duration patience) {
        return client.call(
                () -> {
                    long answered = 0;
                    for (int i = 0; i < sockets && answered + questions > (long) i * questions; i++) {
                        answered += askFromOneSocket(local, asked, questions, patience);
                    }
                    return answered;
                },
                patience.multipliedBy((long) sockets * questions + 1));
    }

    private static long askFromOneSocket(String local, InetSocketAddress asked, int questions, Duration patience)
            throws IOException {
        long answered = 0;
        try (DatagramSocket socket = connected(local, asked, patience)) {
            for (int number = 0; number < questions; number++) {
                byte[] question =
                        ByteBuffer.allocate(QUESTION_BYTES).putInt(number).array();
                answered += isAnswered(socket, question) ? 1 : 0;
            }
        }
        return answered;
    }

    private static DatagramSocket connected(String local, InetSocketAddress asked, Duration patience)
            throws IOException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getByName(local), 0));
        try {
            socket.connect(asked);
            socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
            return socket;
        } catch (SocketException e) {
            socket.close();
            throw e;
        }
    }

    private static boolean isAnswered(DatagramSocket socket, byte[] question) throws IOException {
        DatagramPacket answer = new DatagramPacket(new byte[QUESTION_BYTES + 1], QUESTION_BYTES + 1);
        try {
            socket.send(new DatagramPacket(question, question.length));
            socket.receive(answer);
        } catch (SocketTimeoutException | PortUnreachableException e) {
            return false;
        }
        return Arrays.equals(question, 0, question.length, answer.getData(), 0, answer.getLength());
    }
}
