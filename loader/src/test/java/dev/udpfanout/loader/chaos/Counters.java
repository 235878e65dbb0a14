package dev.udpfanout.loader.chaos;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.traffic.UdpCounters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Where datagrams can end, by the counters of the daemon and the kernel: /proc/net/dev, snmp and netstat, see proc(5).
 *
 * @param values how many ended there, by the place in words
 * @param backlog how many packets this machine's CPUs threw away because their queues of what had come in were full, be
 *     they of this node or not: /proc/net/softnet_stat
 */
public record Counters(Map<String, Long> values, long backlog) {
    private static final String CLIENT_LINK = "client's link";
    private static final String DUMMY_QUEUE = "dummy0's queue";
    private static final String POD_QUEUES = "pods' queues";
    private static final String POD_SOCKETS = "pods' sockets";

    /**
     * The links that lead into a CPU's queue of packets that have come in (netdev_max_backlog). If that is full, the
     * machine is too slow for the load, whatever the daemon does. Such a link also counts what it loses because its
     * other end is down; of that the CPU knows nothing.
     */
    private static final List<String> LINKS = List.of(CLIENT_LINK, DUMMY_QUEUE, POD_QUEUES);

    private static final int HEXADECIMAL = 16;
    private static final int MOST_IN_TEXT = 2;
    private static final int RECEIVED_DROPS = 3;
    private static final int SENT_PACKETS = 9;
    private static final int SENT_DROPS = 11;

    static Counters none() {
        return new Counters(Map.of(), 0);
    }

    /** What they stand at. A daemon that does not answer has none. */
    public static Counters read(NodeLab lab) {
        Map<String, Long> values = new LinkedHashMap<>();
        LabNamespace client = lab.topology().client();
        LabNamespace node = lab.topology().node();
        values.put("client refused", lab.traffic().refused());
        values.put(CLIENT_LINK, ofLink(client, "eth0", SENT_DROPS));
        values.put("node: no port", node.call(UdpCounters::read).noPorts());
        values.put("node: no route", noRoute(node));
        values.put("dummy0: not turned", ofLink(node, "dummy0", SENT_PACKETS));
        values.put(DUMMY_QUEUE, ofLink(node, "dummy0", RECEIVED_DROPS));
        // Among others what is sent while the kernel makes or removes a qdisc (noop_enqueue in
        // net/sched/sch_generic.c).
        values.put("pods' bridge", ofLink(node, "cni0", SENT_DROPS));
        values.put(
                POD_QUEUES,
                IntStream.rangeClosed(1, NodeLab.PODS)
                        .mapToLong(pod -> ofLink(node, "veth" + pod, SENT_DROPS))
                        .sum());
        values.put(
                POD_SOCKETS,
                lab.topology().pods().stream()
                        .mapToLong(pod -> pod.call(UdpCounters::read).receiveBufferErrors())
                        .sum());
        dropped(lab).forEach((reason, count) -> values.put("daemon: " + reason, count));
        return new Counters(values, node.call(Counters::readBacklog));
    }

    /** Of all CPUs the second column, hexadecimal: softnet_seq_show in net/core/net-procfs.c. */
    private static long readBacklog() throws IOException {
        return read(Path.of("/proc/thread-self/net/softnet_stat")).stream()
                .mapToLong(line -> Long.parseLong(line.strip().split("\\s+")[1], HEXADECIMAL))
                .sum();
    }

    private static Map<String, Long> dropped(NodeLab lab) {
        return lab.daemon().page("/metrics").isEmpty()
                ? Map.of()
                : lab.daemon().admin().metricBy("reason", "udp_fanout_packets_dropped_total");
    }

    private static long ofLink(LabNamespace namespace, String link, int field) {
        return lines(namespace, "dev").stream()
                .map(line -> line.split(":", 2))
                .filter(parts -> parts.length == 2 && parts[0].strip().equals(link))
                .mapToLong(parts -> Long.parseLong(parts[1].strip().split("\\s+")[field]))
                .sum();
    }

    private static long noRoute(LabNamespace namespace) {
        return named(lines(namespace, "snmp"), "Ip:", "OutNoRoutes")
                + named(lines(namespace, "netstat"), "IpExt:", "InNoRoutes");
    }

    /** A line of names, then one of numbers. */
    private static long named(List<String> lines, String table, String name) {
        List<String[]> rows = lines.stream()
                .map(line -> line.split(" "))
                .filter(fields -> fields[0].equals(table))
                .toList();
        int index = List.of(rows.getFirst()).indexOf(name);
        return index < 0 ? 0 : Long.parseLong(rows.getLast()[index]);
    }

    private static List<String> lines(LabNamespace namespace, String file) {
        return namespace.call(() -> read(Path.of("/proc/thread-self/net", file)));
    }

    private static List<String> read(Path file) throws IOException {
        return Files.readAllLines(file);
    }

    /** What was counted after an earlier reading; what is less than before has begun anew with its interface. */
    public Counters since(Counters earlier) {
        return new Counters(
                values.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey,
                                entry -> {
                                    long before = earlier.values.getOrDefault(entry.getKey(), 0L);
                                    return entry.getValue() < before ? entry.getValue() : entry.getValue() - before;
                                },
                                Long::sum,
                                LinkedHashMap::new)),
                backlog - earlier.backlog);
    }

    Counters plus(Counters other) {
        Map<String, Long> sum = new LinkedHashMap<>(values);
        other.values.forEach((place, count) -> sum.merge(place, count, Long::sum));
        return new Counters(sum, backlog + other.backlog);
    }

    /** How many were lost because the machine was too slow, at most. */
    public long overload() {
        long byLinks = LINKS.stream()
                .mapToLong(place -> values.getOrDefault(place, 0L))
                .sum();
        return Math.min(byLinks, backlog) + values.getOrDefault(POD_SOCKETS, 0L);
    }

    /**
     * The places where most ended.
     *
     * @param lost how many there are to be told of; what no counter has seen is told too
     */
    String text(long lost) {
        long seen = values.values().stream().mapToLong(Long::longValue).sum();
        Map<String, Long> places = new LinkedHashMap<>(values);
        places.put("uncounted", Math.max(0, lost - seen));
        return places.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(MOST_IN_TEXT)
                .map(entry -> String.format(Locale.ROOT, "%,d %s", entry.getValue(), entry.getKey()))
                .collect(Collectors.joining(", "));
    }
}
