package dev.udpfanout.lab.traffic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The UDP counters of one network namespace; source: /proc/net/snmp, RFC 4113 and the kernel's
 * include/uapi/linux/snmp.h.
 *
 * @param inDatagrams delivered to sockets
 * @param noPorts for which there was no socket
 * @param inErrors not delivered for any other reason, the next two included
 * @param receiveBufferErrors for which the socket's buffer was full
 * @param checksumErrors whose UDP checksum was wrong
 */
public record UdpCounters(
        long inDatagrams, long noPorts, long inErrors, long receiveBufferErrors, long checksumErrors) {
    /** The counters of the calling thread's namespace. */
    public static UdpCounters read() throws IOException {
        // Not /proc/net: that is the namespace of the process's first thread.
        return parse(Files.readAllLines(Path.of("/proc/thread-self/net/snmp")));
    }

    /** Reads the text of /proc/net/snmp: a line of names, then one of numbers. */
    static UdpCounters parse(List<String> snmp) {
        List<String[]> lines = snmp.stream()
                .filter(line -> line.startsWith("Udp: "))
                .map(line -> line.split(" "))
                .toList();
        if (lines.size() != 2) {
            throw new IllegalArgumentException("expected two lines \"Udp:\", found " + lines.size());
        }
        List<String> names = List.of(lines.get(0));
        String[] values = lines.get(1);
        return new UdpCounters(
                value(names, values, "InDatagrams"),
                value(names, values, "NoPorts"),
                value(names, values, "InErrors"),
                value(names, values, "RcvbufErrors"),
                value(names, values, "InCsumErrors"));
    }

    /** The counters of the calling thread's namespace for UDP over IPv6. */
    public static UdpCounters read6() throws IOException {
        Map<String, String> values = Files.readAllLines(Path.of("/proc/thread-self/net/snmp6")).stream()
                .map(line -> line.split("\\s+"))
                .collect(Collectors.toMap(fields -> fields[0], fields -> fields[1]));
        return new UdpCounters(
                Long.parseLong(values.get("Udp6InDatagrams")),
                Long.parseLong(values.get("Udp6NoPorts")),
                Long.parseLong(values.get("Udp6InErrors")),
                Long.parseLong(values.get("Udp6RcvbufErrors")),
                Long.parseLong(values.get("Udp6InCsumErrors")));
    }

    /** What was counted after an earlier reading. */
    public UdpCounters since(UdpCounters earlier) {
        return new UdpCounters(
                inDatagrams - earlier.inDatagrams,
                noPorts - earlier.noPorts,
                inErrors - earlier.inErrors,
                receiveBufferErrors - earlier.receiveBufferErrors,
                checksumErrors - earlier.checksumErrors);
    }

    private static long value(List<String> names, String[] values, String name) {
        int index = names.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("no " + name + " among " + names);
        }
        return Long.parseLong(values[index]);
    }
}
