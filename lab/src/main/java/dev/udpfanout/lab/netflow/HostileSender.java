package dev.udpfanout.lab.netflow;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Somebody who sends what no exporter sends. */
final class HostileSender {
    /** How often the whole set is sent. */
    static final int ROUNDS = 10;

    private static final int LARGEST_DATAGRAM_BYTES = 65_507;
    private static final int IN_FRAGMENTS_BYTES = 4_000;
    private static final int MAX_NOISE_BYTES = 1_400;
    private static final int NOISE = 20;
    private static final long BETWEEN_NS = 300_000;
    private static final int RECEIVERS = 3;

    /** Messages of each own exporter that hold templates or options data: three beginnings and two changes. */
    private static final int WITH_TEMPLATES = 2 * 5;

    private static final List<String> MALFORMED = List.of(
            "000900010000000000000000000000000000000000000000", // a set without a length
            "000900010000000000000000000000000000000001000003", // a set shorter than its header
            "0009000100000000000000000000000000000000000000ff", // a set longer than its message
            "000a00ff0000000000000000000000000002000801000001", // a message longer than its datagram
            "000a00040000000000000000000000000002000801000001", // a message shorter than its header
            "0009000100000000000000000000000000000000000000080100ffff", // 65,535 fields in a set of 8 bytes
            "000a0018000000000000000000000000000200080100ffff",
            "000000050000000100000000000000000000000000000000", // sFlow: no message of NetFlow at all
            "00",
            "000a",
            "0009");

    private HostileSender() {}

    /** Sends each once, from one socket; how many. */
    static int send(Ground ground) {
        List<byte[]> datagrams = Stream.concat(
                        MALFORMED.stream().map(HexFormat.of()::parseHex),
                        Stream.of(
                                large(LARGEST_DATAGRAM_BYTES, 9),
                                large(LARGEST_DATAGRAM_BYTES, 0),
                                large(IN_FRAGMENTS_BYTES, 10)))
                .toList();
        return ground.client().call(() -> {
            Random random = new Random();
            try (DatagramSocket socket = new DatagramSocket()) {
                for (byte[] each : datagrams) {
                    send(socket, ground, each);
                }
                for (int i = 0; i < NOISE; i++) {
                    byte[] noise = new byte[random.nextInt(1, MAX_NOISE_BYTES)];
                    random.nextBytes(noise);
                    if (noise.length > 1) {
                        ByteBuffer.wrap(noise).putShort((short) (9 + i % 2));
                    }
                    send(socket, ground, noise);
                }
            }
            return datagrams.size() + NOISE;
        });
    }

    private static void send(DatagramSocket socket, Ground ground, byte[] bytes) throws java.io.IOException {
        socket.send(new DatagramPacket(bytes, bytes.length, ground.destination()));
        LockSupport.parkNanos(BETWEEN_NS);
    }

    private static byte[] large(int bytes, int version) {
        return ByteBuffer.allocate(bytes).putShort((short) version).array();
    }

    /**
     * Checks that each datagram came to a receiver, and that none but those with templates came to more.
     *
     * @param arrived datagrams at all receivers together
     * @param messages of exporters
     * @param hostile datagrams
     */
    static void check(long arrived, int messages, int hostile) {
        int least = messages + hostile + (RECEIVERS - 1) * WITH_TEMPLATES;
        // Noise may happen to be a template.
        int most = least + (RECEIVERS - 1) * hostile;
        if (arrived < least || arrived > most) {
            throw new IllegalStateException("of " + messages + " messages and " + hostile
                    + " datagrams that are none arrived " + arrived + ", not " + least + " to " + most);
        }
    }
}
