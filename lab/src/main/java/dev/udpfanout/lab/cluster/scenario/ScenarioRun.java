package dev.udpfanout.lab.cluster.scenario;

import dev.udpfanout.lab.cluster.node.ClusterNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Runs scenarios on one cluster, one after the other. */
public final class ScenarioRun {
    /** Of each of ten senders, together a thousand a second. */
    private static final int PER_SECOND = 100;

    /** The VIPs change to addresses that senders use already: nobody has had them before. */
    static final Scenario VIP_CHANGE =
            Scenario.notWorse("the VIP changes, senders go ahead", Duration.ofSeconds(1), nothing -> {});

    private static final int BEFORE = 150;
    private static final int AFTER = 300;
    private static final Duration DELIVERY_LIMIT = Duration.ofSeconds(30);

    private final Cluster cluster;
    private final ServicePlaces places;
    private final Consumer<String> out;
    private final ScenarioFilter filter;
    private final List<Row> rows = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Map<Lane, String> vips = new EnumMap<>(Lane.class);
    private Map<Lane, List<List<String>>> alsoTo = Map.of();
    private Set<Lane> lanes = Lane.OF_GUIDE;
    private int perSecond = PER_SECOND;

    /**
     * Prepares a run.
     *
     * @param out told how far it is
     * @param filter which scenarios are run
     */
    public ScenarioRun(Cluster cluster, Consumer<String> out, ScenarioFilter filter) {
        this.cluster = cluster;
        this.places = cluster.places();
        this.out = out;
        this.filter = filter;
    }

    /** What was counted. */
    public List<Row> rows() {
        return List.copyOf(rows);
    }

    /** Scenarios that could not be carried out, and why. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    /**
     * Measures other Services from now on.
     *
     * @param others of which one is kube-proxy's
     * @param nowPerSecond datagrams a second of each sender to each address
     */
    void compare(Set<Lane> others, int nowPerSecond) {
        lanes = others;
        perSecond = nowPerSecond;
        vips.clear();
    }

    /**
     * Sends faster or slower from now on.
     *
     * @param nowPerSecond datagrams a second to each Service, of all senders together
     */
    void sendTogether(int nowPerSecond) {
        try (Measurement measurement = new Measurement(cluster, vips, perSecond, alsoTo)) {
            perSecond = Math.ceilDiv(nowPerSecond, measurement.senders());
        }
    }

    /**
     * Sends to other Services as well from now on, from each node's pod.
     *
     * @param others for a lane the addresses of its other Services, each of all its families
     */
    void alsoSendTo(Map<Lane, List<List<String>>> others) {
        alsoTo = Map.copyOf(others);
    }

    /** Whether any of them is to be run. */
    boolean wantsAny(Stream<Scenario> scenarios) {
        return filter.wantsAny(scenarios);
    }

    /** Each of so many nodes in turn has the VIPs. */
    static List<Scenario> owners(int nodes) {
        return IntStream.rangeClosed(1, nodes)
                .mapToObj(number -> owner(nodes, ClusterNode.name(number)))
                .toList();
    }

    private static Scenario owner(int nodes, String name) {
        return Scenario.lossless(nodes + " nodes, VIP at " + name, nothing -> {});
    }

    /** Each node in turn has the VIPs. */
    public void eachNodeAsOwner() {
        for (ClusterNode owner : cluster.nodes()) {
            Scenario scenario = owner(cluster.nodes().size(), owner.name());
            if (filter.wants(scenario.name()) || vips.isEmpty()) {
                attempt(scenario.name(), () -> {
                    giveVipsTo(owner);
                    measure(scenario);
                });
            }
        }
    }

    /** The VIPs change while senders use the new ones already. */
    void vipChange(Scenario change) {
        if (filter.wants(change.name())) {
            attempt(change.name(), () -> {
                awaitDelivery();
                for (Lane lane : lanes) {
                    vips.put(lane, places.newVipOf(cluster.nodes().getFirst(), cluster.nodes()));
                }
                measure(change, () -> {
                    vips.forEach(places::assignVip);
                    vips.forEach(places::awaitAnnounced);
                });
            });
        }
    }

    /** Runs scenarios on the cluster as it is. */
    public void run(List<Scenario> scenarios) {
        for (Scenario scenario : scenarios) {
            if (filter.wants(scenario.name())) {
                attempt(scenario.name(), () -> measure(scenario));
            }
        }
    }

    /**
     * Has something happen that later scenarios rest on.
     *
     * @return whether it did; if not, it is among the failures
     */
    boolean attempt(String name, Step step) {
        out.accept("- " + name);
        try {
            step.run();
            return true;
        } catch (Exception e) {
            failures.add(name + ": " + e);
            out.accept("  not carried out: " + e);
            cluster.controlPlane().startApiServer();
            return false;
        }
    }

    void giveVipsTo(ClusterNode owner) {
        for (Lane lane : lanes) {
            vips.put(lane, places.newVipOf(owner, cluster.nodes()));
            places.assignVip(lane, vips.get(lane));
        }
        vips.forEach(places::awaitAnnounced);
    }

    private void measure(Scenario scenario) throws Exception {
        awaitDelivery();
        measure(scenario, () -> scenario.event().happen(cluster));
    }

    private void measure(Scenario scenario, Step event) throws Exception {
        try (Measurement measurement = new Measurement(cluster, vips, perSecond, alsoTo)) {
            measurement.awaitSent(BEFORE);
            event.run();
            int from = measurement.sent();
            measurement.awaitSent(AFTER);
            List<Row> measured = measurement.finish(scenario);
            rows.addAll(measured);
            measured.forEach(row -> out.accept("  " + LossTable.line(row).strip()));
            out.accept(
                    measurement.describeLoss() + "  sent %,d a second to each".formatted(measurement.sentPerSecond()));
            measurement.fault(scenario.spread(), from).ifPresent(fault -> {
                throw new IllegalStateException(fault);
            });
        }
    }

    /**
     * What has only just been set up may be on its way to kube-proxy; what is not delivered after a while is what the
     * scenario counts.
     */
    private void awaitDelivery() {
        cluster.awaitDaemons();
        try (Measurement trial = new Measurement(cluster, vips, perSecond, alsoTo)) {
            if (!trial.awaitDelivery(DELIVERY_LIMIT)) {
                out.accept("  not all is delivered before it begins:\n" + trial.describeLoss());
            }
        }
    }

    /** One thing to do. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }
}
