package dev.udpfanout.lab.cluster.scenario;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.cluster.node.ClusterNode;
import dev.udpfanout.lab.cluster.traffic.Flow;
import dev.udpfanout.lab.cluster.traffic.SenderSocket;
import dev.udpfanout.lab.cluster.traffic.SteadyTraffic;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * The same datagrams to two Services at the same time: from the client to the VIP, and from a pod of each node to VIP
 * and ClusterIP, of each family that both Services have. Each sender has one socket for each destination, from which it
 * sends all the time, as a syslog relay does. Other Services of the same receivers may get some too.
 */
final class Measurement implements AutoCloseable {
    private static final int IN_A_ROW = 20;

    /** Each CPU of each node begins its turns anew, so shares may differ by some datagrams. */
    private static final int UNEVEN_PART = 10;

    /** Of each sender to each of the other Services. */
    private static final int PER_SECOND_TO_OTHERS = 5;

    private final List<Sent> all = new ArrayList<>();
    private final List<Sent> toOthers = new ArrayList<>();
    private final SteadyTraffic traffic;
    private final Optional<SteadyTraffic> otherTraffic;
    private final int minorVersion;
    private final long begunNanos = System.nanoTime();
    private long endedNanos;
    private final Lane subject;
    private final int perSecond;

    private record Sent(Lane lane, String origin, Flow flow) {}

    /**
     * Starts to send.
     *
     * @param vips of the Services: that of kube-proxy alone, and one more
     * @param perSecond datagrams a second of each sender to each address
     * @param others for a lane the ClusterIPs of its other Services, each of all its families; they get
     *     {@value #PER_SECOND_TO_OTHERS} a second from each node's pod, each from a socket of its own, so that no
     *     connection tracking entry keeps them away from pods that end
     */
    Measurement(Cluster cluster, Map<Lane, String> vips, int perSecond, Map<Lane, List<List<String>>> others) {
        this.perSecond = perSecond;
        this.minorVersion = cluster.controlPlane().release().minor();
        this.subject = vips.keySet().stream()
                .filter(lane -> lane != Lane.KUBE_PROXY)
                .findFirst()
                .orElseThrow();
        ServicePlaces places = cluster.places();
        int families = vips.keySet().stream()
                .mapToInt(lane -> places.clusterIps(lane).size())
                .min()
                .orElseThrow();
        vips.forEach((lane, vip) -> {
            List<String> outside = places.vips(lane, vip);
            List<String> inside = places.clusterIps(lane);
            for (Origin origin : Origin.values()) {
                if (!origin.needsMore(families)) {
                    add(cluster, lane, origin, origin.destination(outside, inside));
                }
            }
        });
        if (!others.isEmpty()) {
            cluster.nodes().forEach(node -> addOthers(cluster, SenderSocket.renewed(node.senderPod()), others));
        }
        traffic = new SteadyTraffic(all.stream().map(Sent::flow).toList(), perSecond);
        otherTraffic = toOthers.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new SteadyTraffic(toOthers.stream().map(Sent::flow).toList(), PER_SECOND_TO_OTHERS));
    }

    private void addOthers(Cluster cluster, SenderSocket socket, Map<Lane, List<List<String>>> others) {
        others.forEach(
                (lane, services) -> services.stream().flatMap(List::stream).forEach(address -> {
                    InetSocketAddress to = new InetSocketAddress(address, Lane.PORT);
                    String origin = "pods -> others" + (to.getAddress() instanceof Inet6Address ? ", IPv6" : "");
                    toOthers.add(new Sent(lane, origin, cluster.sockets().flow(socket, to)));
                }));
    }

    private void add(Cluster cluster, Lane lane, Origin origin, String address) {
        InetSocketAddress to = new InetSocketAddress(address, Lane.PORT);
        List<LabNamespace> senders = origin.isClient()
                ? List.of(cluster.topology().client())
                : cluster.nodes().stream().map(ClusterNode::senderPod).toList();
        senders.forEach(from ->
                all.add(new Sent(lane, origin.toString(), cluster.sockets().flow(from, to))));
    }

    /** Waits until so many more have been sent by each sender. */
    void awaitSent(int more) {
        traffic.awaitSent(more);
    }

    /** Waits until of each sender many datagrams in a row have arrived; false if the limit passes first. */
    boolean awaitDelivery(Duration limit) {
        int from = all.getFirst().flow().sent();
        return BoundedWait.until(
                () -> all.stream().allMatch(sent -> {
                    int last = sent.flow().sent() - IN_A_ROW;
                    return last > from && sent.flow().arrivedBetween(last - IN_A_ROW, last);
                }),
                limit);
    }

    /** A line for each sender of whose datagrams some are lost up to now. */
    String describeLoss() {
        StringBuilder text = new StringBuilder();
        for (Sent sent : all) {
            var lost = sent.flow().lost();
            if (!lost.isEmpty()) {
                text.append("  %s, %s: %d of %d lost, between %d and %d%n"
                        .formatted(
                                sent.lane().service(),
                                sent.origin(),
                                lost.cardinality(),
                                sent.flow().sent(),
                                lost.nextSetBit(0),
                                lost.length() - 1));
            }
        }
        return text.toString();
    }

    /** Stops; a row for each origin. */
    List<Row> finish(Scenario scenario) {
        endedNanos = System.nanoTime();
        traffic.stop();
        otherTraffic.ifPresent(SteadyTraffic::stop);
        List<Row> rows = new ArrayList<>(rows(scenario, all, perSecond));
        rows.addAll(rows(scenario, toOthers, PER_SECOND_TO_OTHERS));
        return rows;
    }

    private List<Row> rows(Scenario scenario, List<Sent> flows, int rate) {
        return flows.stream()
                .map(Sent::origin)
                .distinct()
                .map(origin -> {
                    List<Sent> from = flows.stream()
                            .filter(sent -> sent.origin().equals(origin))
                            .toList();
                    return new Row(
                            scenario.name(),
                            origin,
                            sum(from, subject, Flow::sent),
                            sum(from, Lane.KUBE_PROXY, flow -> flow.lost().cardinality()),
                            sum(from, subject, flow -> flow.lost().cardinality()),
                            sum(from, subject, Flow::duplicates) + sum(from, Lane.KUBE_PROXY, Flow::duplicates),
                            scenario.promise(minorVersion, rate * sum(from, subject, flow -> 1)));
                })
                .toList();
    }

    private static long sum(List<Sent> flows, Lane lane, ToLongFunction<Flow> count) {
        return flows.stream()
                .filter(sent -> sent.lane() == lane)
                .mapToLong(sent -> count.applyAsLong(sent.flow()))
                .sum();
    }

    /** How many sockets send to each Service. */
    int senders() {
        return (int) all.stream().filter(sent -> sent.lane() == subject).count();
    }

    /** How many a second all senders together have sent to each Service, once it is at an end. */
    long sentPerSecond() {
        return (long) sent() * senders() * Duration.ofSeconds(1).toNanos() / (endedNanos - begunNanos);
    }

    /** How many have been sent by each sender. */
    int sent() {
        return all.getFirst().flow().sent();
    }

    /**
     * What is not as expected of the datagrams to the Service beside kube-proxy's; empty if all is.
     *
     * @param from the number of the first of them
     */
    Optional<String> fault(Scenario.Spread expected, int from) {
        List<Map<Short, Integer>> shares = all.stream()
                .filter(sent -> sent.lane() == subject)
                .map(sent -> sent.flow().shares(from))
                .toList();
        return switch (expected) {
            case ANY -> Optional.empty();
            case EVEN -> uneven(shares);
            case STICKY ->
                shares.stream().allMatch(share -> share.size() == 1)
                        ? Optional.empty()
                        : Optional.of("a socket's datagrams came to several receivers: " + shares);
        };
    }

    private static Optional<String> uneven(List<Map<Short, Integer>> shares) {
        Map<Short, Integer> sum = new TreeMap<>();
        shares.forEach(share -> share.forEach((receiver, count) -> sum.merge(receiver, count, Integer::sum)));
        int most = Collections.max(sum.values());
        int least = Collections.min(sum.values());
        return sum.size() >= Cluster.EXAMPLE_RECEIVERS && most - least <= most / UNEVEN_PART
                ? Optional.empty()
                : Optional.of("not spread evenly: " + sum);
    }

    @Override
    public void close() {
        traffic.close();
        otherTraffic.ifPresent(SteadyTraffic::close);
    }
}
