package dev.udpfanout.lab.traffic;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the kernel threw away at UDP sockets: the last column of /proc/net/udp, see proc(5) and the kernel's
 * net/ipv4/udp.c.
 */
final class SocketDrops {
    private static final int LOCAL_ADDRESS = 1;

    private SocketDrops() {}

    /** Drops of all sockets of one family, of the calling thread's namespace, that are bound to a port. */
    static long ofPort(int port, ProtocolFamily family) throws IOException {
        String table = family == StandardProtocolFamily.INET6 ? "udp6" : "udp";
        return parse(Files.readAllLines(Path.of("/proc/thread-self/net", table)), port);
    }

    static long parse(List<String> table, int port) {
        String bound = ":%04X".formatted(port);
        return table.stream()
                .skip(1)
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields[LOCAL_ADDRESS].endsWith(bound))
                .mapToLong(fields -> Long.parseLong(fields[fields.length - 1]))
                .sum();
    }
}
