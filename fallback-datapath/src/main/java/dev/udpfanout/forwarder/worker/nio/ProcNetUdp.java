package dev.udpfanout.forwarder.worker.nio;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The table of UDP sockets in /proc, for sockets whose descriptor is the JDK's: one line a socket, the local address as
 * hexadecimal words in host byte order, the last column the datagrams dropped. Source: proc_net_udp(5), udp4_seq_show()
 * in net/ipv4/udp.c.
 */
final class ProcNetUdp {
    private static final int LOCAL_ADDRESS = 1;
    private static final int QUEUES = 4;
    private static final int HEXADECIMAL = 16;

    private ProcNetUdp() {}

    /** Drops of all sockets bound to the address and port, in the calling thread's network namespace. */
    static int drops(InetSocketAddress local) throws IOException {
        return drops(table(local), local);
    }

    static int drops(List<String> lines, InetSocketAddress local) {
        return of(lines, local)
                .mapToInt(columns -> Integer.parseUnsignedInt(columns[columns.length - 1]))
                .sum();
    }

    /** Memory of the datagrams that wait to be read from any of these sockets, bytes; 0 if none waits. */
    static long queuedBytes(InetSocketAddress local) throws IOException {
        return queuedBytes(table(local), local);
    }

    static long queuedBytes(List<String> lines, InetSocketAddress local) {
        return of(lines, local)
                .mapToLong(columns -> Long.parseLong(columns[QUEUES].split(":")[1], HEXADECIMAL))
                .sum();
    }

    private static List<String> table(InetSocketAddress local) throws IOException {
        String table = local.getAddress() instanceof Inet4Address ? "udp" : "udp6";
        return Files.readAllLines(Path.of("/proc/thread-self/net", table));
    }

    private static Stream<String[]> of(List<String> lines, InetSocketAddress local) {
        String wanted = encode(local);
        return lines.stream()
                .map(line -> line.trim().split("\\s+"))
                .filter(columns -> columns.length > QUEUES && columns[LOCAL_ADDRESS].equals(wanted));
    }

    private static String encode(InetSocketAddress address) {
        ByteBuffer words = ByteBuffer.wrap(address.getAddress().getAddress()).order(ByteOrder.nativeOrder());
        StringBuilder text = new StringBuilder();
        while (words.hasRemaining()) {
            text.append(String.format("%08X", words.getInt()));
        }
        return text.append(String.format(":%04X", address.getPort())).toString();
    }
}
