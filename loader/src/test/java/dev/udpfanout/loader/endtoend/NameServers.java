package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.process.CommandFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Debian's knot in every pod, and Debian's clients for it. The zone is example.test: the TXT of {@code who} says which
 * pod has answered, that of {@code large} does not fit into one frame.
 */
final class NameServers {
    static final int PORT = 53;

    /** Part of the answer for {@code large}. */
    static final String LARGE_PART = "x".repeat(190);

    /** Larger than what one frame of 1,500 bytes holds, and than what a server sends unless it is asked to. */
    private static final int LARGE_BYTES = 3_000;

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern COUNT = Pattern.compile("Queries (sent|completed|lost): +(\\d+)");

    private NameServers() {}

    /** Starts one in each pod, with its files below the directory, and waits until it answers. */
    static void start(Topology topology, int pods, Path directory) throws IOException {
        for (int pod = 1; pod <= pods; pod++) {
            start(topology.pod(pod), pod, Files.createDirectory(directory.resolve("knot" + pod)));
        }
    }

    private static void start(LabNamespace namespace, int pod, Path home) throws IOException {
        String large = IntStream.range(0, LARGE_BYTES / 200)
                .mapToObj(i -> "\"" + LARGE_PART + "\"")
                .collect(Collectors.joining(" "));
        Files.writeString(home.resolve("zone"), """
                $ORIGIN example.test.
                $TTL 60
                @     SOA ns.example.test. admin.example.test. 1 60 60 60 60
                @     NS  ns
                ns    A   192.0.2.53
                who   TXT "pod%d"
                large TXT %s
                """.formatted(pod, large));
        Path config = Files.writeString(home.resolve("knot.conf"), """
                server:
                    rundir: "%1$s"
                    listen: [ "0.0.0.0@%2$d", "::@%2$d" ]
                    udp-workers: 1
                    tcp-workers: 1
                    background-workers: 1
                    udp-max-payload: 4096
                database:
                    storage: "%1$s"
                log:
                  - target: stderr
                    any: warning
                zone:
                  - domain: example.test
                    file: "%1$s/zone"
                """.formatted(home, PORT));
        namespace.start("knotd", "-c", config.toString());
        assertTrue(BoundedWait.until(() -> answersItself(namespace, pod), LIMIT));
    }

    private static boolean answersItself(LabNamespace namespace, int pod) {
        try {
            return namespace
                    .exec("dig", "+short", "+tries=1", "+time=1", "@127.0.0.1", "TXT", "who.example.test")
                    .contains("pod" + pod);
        } catch (CommandFailedException e) {
            // Nobody there yet.
            return false;
        }
    }

    /** What dnsperf says of its queries: how many were {@code sent}, {@code completed} and {@code lost}. */
    static Map<String, Integer> dnsperf(LabNamespace client, String server, Path queries, List<String> options) {
        String printed = client.exec(
                Stream.concat(Stream.of("dnsperf", "-s", server, "-d", queries.toString()), options.stream())
                        .toArray(String[]::new));
        Map<String, Integer> counts = new HashMap<>();
        Matcher found = COUNT.matcher(printed);
        while (found.find()) {
            counts.put(found.group(1), Integer.parseInt(found.group(2)));
        }
        assertTrue(counts.keySet().containsAll(List.of("sent", "completed", "lost")), printed);
        return counts;
    }
}
