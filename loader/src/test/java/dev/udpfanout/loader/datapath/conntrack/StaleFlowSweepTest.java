package dev.udpfanout.loader.datapath.conntrack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.conntrack.TrackedFlows;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.control.ServiceAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exactly those entries go that lead past a listener. */
@Tag("kernel")
class StaleFlowSweepTest {
    private static final String POD = "10.42.0.200";
    private static final String POD6 = "2001:db8:42::200";
    private static final int MANY = 100_000;

    private Topology topology;
    private LabNamespace node;
    private int nextPort = 1_000;

    @TempDir
    private Path directory;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(1).ipv6(true).build();
        node = topology.node();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private static InetSocketAddress place(String address, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }

    private void track(String to, int port, String answersFrom, int answerPort, String... more) {
        String from = to.contains(":") ? "2001:db8:1::10" : "192.168.1.10";
        int sender = nextPort++;
        node.exec(("conntrack -I -p udp -t 600 -s " + from + " --sport " + sender + " -d " + to + " --dport " + port
                        + " -r " + answersFrom + " --reply-port-src " + answerPort + " -q " + from
                        + " --reply-port-dst " + sender + " " + String.join(" ", more))
                .trim()
                .split(" "));
    }

    private Map<String, Long> sweep(ListenerFront... fronts) {
        return node.call(() -> {
            try (TrackedFlows table = TrackedFlows.open()) {
                return new StaleFlowSweep(
                                table, Set.of(fronts), Set.of(InetAddress.ofLiteral("192.168.1.1")), () -> false)
                        .run()
                        .deleted();
            }
        });
    }

    private long left(String family) {
        return node.exec("conntrack", "-L", "-f", family).lines().count();
    }

    private static ListenerFront front(String name, String bind, String range, Set<Integer> nodePorts, String... vips) {
        Set<InetSocketAddress> places = new HashSet<>();
        for (String vip : vips) {
            places.add(place(vip, 514));
        }
        String[] prefix = range.split("/");
        return new ListenerFront(
                name,
                new ServiceAddresses(places, nodePorts),
                place(bind, 5514),
                Optional.of(new Prefix(InetAddress.ofLiteral(prefix[0]), Integer.parseInt(prefix[1]))));
    }

    private static final ListenerFront V4 =
            front("four", "10.255.0.1", "10.255.0.0/16", Set.of(30514), "192.168.1.100", "10.43.0.14");
    private static final ListenerFront V6 =
            front("six", "2001:db8:255::1", "2001:db8:255::/64", Set.of(), "2001:db8:1::100");

    @Test
    void shouldDeleteWhatLeadsPastAListener() {
        track("192.168.1.100", 514, POD, 40514); // DNATed to an old pod
        track("192.168.1.100", 514, "192.168.1.100", 514); // no NAT at all
        track("192.168.1.100", 514, "10.255.0.1", 9); // the listener's address, another port
        track("10.43.0.14", 514, POD, 40514);
        track("192.168.1.1", 30514, POD, 40514); // the node port
        track("10.255.7.9", 5514, POD, 40514); // an address of the range
        track("2001:db8:1::100", 514, POD6, 40514);
        track("2001:db8:1::100", 514, "2001:db8:1::100", 514);
        track("2001:db8:255::7", 5514, POD6, 40514);
        assertEquals(Map.of("four", 6L, "six", 3L), sweep(V4, V6));
        assertEquals(0, left("ipv4") + left("ipv6"));
        assertEquals(Map.of(), sweep(V4, V6));
    }

    @Test
    void shouldLeaveEverythingElse() {
        track("192.168.1.100", 514, "10.255.0.1", 5514); // leads to the listener
        track("192.168.1.100", 514, "10.255.7.9", 5514); // or to another node's
        track("10.255.0.1", 5514, "10.255.0.1", 5514);
        track("192.168.1.100", 515, POD, 40514);
        track("192.168.1.101", 514, POD, 40514);
        track("192.168.1.2", 30514, POD, 40514); // another host's port
        track("192.168.1.100", 514, POD, 40514, "--orig-zone", "7"); // a zone is somebody's own
        track("2001:db8:1::100", 514, "2001:db8:255::9", 5514);
        track("2001:db8:1::101", 514, POD6, 40514);
        assertEquals(Map.of(), sweep(V4, V6));
        assertEquals(7, left("ipv4"));
        assertEquals(2, left("ipv6"));
    }

    /** Beyond a few ports the kernel shows all entries of UDP once, and not those of each port. */
    @Test
    void shouldDoTheSameForManyPorts() {
        track("192.168.1.100", 514, POD, 40514);
        track("192.168.1.101", 514, POD, 40514);
        track("2001:db8:1::100", 514, POD6, 40514);
        Set<Integer> ports =
                new HashSet<>(IntStream.range(31_000, 31_020).boxed().toList());
        ListenerFront many = front("many", "10.255.0.1", "10.255.0.0/16", ports, "192.168.1.100", "2001:db8:1::100");
        track("192.168.1.1", 31_019, POD, 40514);
        assertEquals(Map.of("many", 3L), sweep(many));
        assertEquals(1, left("ipv4"));
    }

    @Test
    void shouldFindAFewAmongMany() throws IOException {
        StringBuilder entries = new StringBuilder();
        for (int i = 0; i < MANY; i++) {
            String from = "172.16.%d.%d".formatted(i / 50_000, i / 250 % 200);
            entries.append("-A -t 600 -s %1$s -d 192.168.1.102 -r 192.168.1.102 -q %1$s -p udp --sport %2$d --dport 514"
                            .formatted(from, 1_000 + i % 250))
                    .append(" --reply-port-src 514 --reply-port-dst %d%n".formatted(1_000 + i % 250));
        }
        Path file = Files.writeString(directory.resolve("entries"), entries);
        node.exec("conntrack", "-R", file.toString());
        assertEquals(MANY, left("ipv4"));
        track("192.168.1.100", 514, POD, 40514);
        assertEquals(Map.of("four", 1L), sweep(V4, V6));
        assertEquals(MANY, left("ipv4"));
    }
}
