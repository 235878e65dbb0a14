package dev.udpfanout.lab.traffic;

import dev.udpfanout.lab.LabNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What an interface has counted; source: /proc/net/dev, proc(5).
 *
 * @param receivedPackets that came in by it
 * @param sentPackets that went out by it
 */
public record LinkCounters(long receivedPackets, long sentPackets) {
    private static final int RECEIVED_PACKETS = 1;
    private static final int SENT_PACKETS = 9;

    /** @throws IllegalArgumentException if there is no such interface */
    public static LinkCounters of(LabNamespace namespace, String link) {
        // Not /proc/net: that is the namespace of the process's first thread.
        List<String> lines = namespace.call(() -> Files.readAllLines(Path.of("/proc/thread-self/net/dev")));
        return parse(lines, link);
    }

    static LinkCounters parse(List<String> lines, String link) {
        for (String line : lines) {
            String[] nameAndNumbers = line.split(":", 2);
            if (nameAndNumbers.length == 2 && nameAndNumbers[0].strip().equals(link)) {
                String[] numbers = nameAndNumbers[1].strip().split("\\s+");
                return new LinkCounters(
                        Long.parseLong(numbers[RECEIVED_PACKETS]), Long.parseLong(numbers[SENT_PACKETS]));
            }
        }
        throw new IllegalArgumentException("no interface " + link + " in /proc/net/dev");
    }
}
