package dev.udpfanout.forwarder.socket;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The table of UDP sockets in /proc, for sockets whose descriptor is the JDK's: one line a socket, the local address as
 * hexadecimal words in host byte order, the last column the datagrams dropped. Source: proc_net_udp(5), udp4_seq_show()
 * in net/ipv4/udp.c.
 */
public final class ProcNetUdp {
    private static final int LOCAL_ADDRESS = 1;
    private static final int QUEUES = 4;
    private static final int INODE = 9;
    private static final String INODE_HEADER = "uid";
    private static final int HEXADECIMAL = 16;

    private ProcNetUdp() {}

    /**
     * The sockets that are bound to the address and port, by their inodes, in the calling thread's network namespace.
     */
    public static Set<Long> inodes(InetSocketAddress local) throws IOException {
        return inodes(table(local), local);
    }

    /**
     * The inodes of all sockets, of both families, by the port that they are bound to, in the calling thread's
     * namespace.
     */
    public static Map<Integer, Set<Long>> inodesByPort() {
        return inodesByPort(Stream.of("udp", "udp6").flatMap(table -> {
            try {
                return table(table).stream();
            } catch (IOException e) {
                // A kernel without IPv6 has one of them only.
                return Stream.empty();
            }
        }));
    }

    static Map<Integer, Set<Long>> inodesByPort(Stream<String> lines) {
        return columns(lines)
                .filter(columns -> !columns[INODE].equals(INODE_HEADER))
                .collect(Collectors.groupingBy(
                        columns -> port(columns[LOCAL_ADDRESS]),
                        Collectors.mapping(columns -> Long.parseLong(columns[INODE]), Collectors.toSet())));
    }

    private static int port(String local) {
        return Integer.parseInt(local.substring(local.lastIndexOf(':') + 1), HEXADECIMAL);
    }

    static Set<Long> inodes(List<String> lines, InetSocketAddress local) {
        String wanted = encode(local);
        return columns(lines.stream())
                .filter(columns -> columns[LOCAL_ADDRESS].equals(wanted))
                .map(columns -> Long.parseLong(columns[INODE]))
                .collect(Collectors.toSet());
    }

    /**
     * Datagrams that the kernel has dropped for lack of room at a socket; wraps.
     *
     * @param local what it is bound to, which says in which table it is
     * @throws IOException if the table cannot be read or does not have it
     */
    public static int drops(InetSocketAddress local, long inode) throws IOException {
        return drops(table(local), inode);
    }

    static int drops(List<String> lines, long inode) throws IOException {
        String[] columns = of(lines, inode);
        return Integer.parseUnsignedInt(columns[columns.length - 1]);
    }

    /** Memory of the datagrams that wait to be read from a socket, bytes; 0 if none waits. */
    public static long queuedBytes(InetSocketAddress local, long inode) throws IOException {
        return queuedBytes(table(local), inode);
    }

    static long queuedBytes(List<String> lines, long inode) throws IOException {
        return Long.parseLong(of(lines, inode)[QUEUES].split(":")[1], HEXADECIMAL);
    }

    private static List<String> table(InetSocketAddress local) throws IOException {
        String table = local.getAddress() instanceof Inet4Address ? "udp" : "udp6";
        return table(table);
    }

    private static List<String> table(String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/thread-self/net", name));
    }

    private static String[] of(List<String> lines, long inode) throws IOException {
        String wanted = Long.toString(inode);
        return columns(lines.stream())
                .filter(columns -> columns[INODE].equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IOException("no UDP socket has the inode " + inode));
    }

    private static Stream<String[]> columns(Stream<String> lines) {
        return lines.map(line -> line.trim().split("\\s+")).filter(columns -> columns.length > INODE);
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
