package dev.udpfanout.forwarder.worker;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The table of UDP sockets in /proc, for sockets whose descriptor is the JDK's: one line a socket, the local address as
 * hexadecimal words in host byte order, the last column the datagrams dropped. Source: proc_net_udp(5),
 * udp4_seq_show() in net/ipv4/udp.c.
 */
final class ProcNetUdp {
    private static final int LOCAL_ADDRESS = 1;

    private ProcNetUdp() {}

    /** Drops of all sockets bound to the address and port, in the calling thread's network namespace. */
    static int drops(InetSocketAddress local) throws IOException {
        String table = local.getAddress() instanceof Inet4Address ? "udp" : "udp6";
        return drops(Files.readAllLines(Path.of("/proc/thread-self/net", table)), local);
    }

    static int drops(List<String> lines, InetSocketAddress local) {
        String wanted = encode(local);
        int drops = 0;
        for (String line : lines) {
            String[] columns = line.trim().split("\\s+");
            if (columns.length > LOCAL_ADDRESS && columns[LOCAL_ADDRESS].equals(wanted)) {
                drops += Integer.parseUnsignedInt(columns[columns.length - 1]);
            }
        }
        return drops;
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
