package dev.udpfanout.lab.cluster.scenario;

import dev.udpfanout.lab.cluster.controlplane.KubernetesRelease;
import dev.udpfanout.lab.cluster.node.ClusterNode;
import dev.udpfanout.lab.cluster.node.DaemonPod;
import dev.udpfanout.lab.cluster.scenario.Scenario.Spread;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An ordinary Service of the receivers gets the annotation and loses it, beside another one that never has it. Seven
 * sockets for each family send 400 datagrams a second each to either: the receivers of a whole cluster share the CPUs
 * with its control plane. At the end they send as fast as a busy Service gets datagrams.
 */
final class AnnotatedScenarios {
    /** On which most others rest. */
    static final String IN_FORCE = "annotated: the annotation is right again";

    private static final int PER_SECOND = 400;
    /** To each of the two Services, by all sockets together: a quarter more than 20,000, as busy CPUs pause longer. */
    private static final int BUSY_PER_SECOND = 25_000;

    private static final Duration LEASE = Duration.ofSeconds(15);
    /** Further Services of each kind. */
    private static final int OTHERS = 50;

    private static final Scenario VIP_CHANGE = Scenario.notWorse(
                    "annotated: the VIP changes, senders go ahead", Duration.ofSeconds(1), nothing -> {})
            .then(Spread.EVEN)
            .after(IN_FORCE);

    private AnnotatedScenarios() {}

    /** Of scenarios on which others rest. */
    private static final class Names {
        static final String OTHERS_COME = "annotated: 50 more Services of each kind come";
        static final String LEASE_OVER = "annotated: no daemon, no annotation, lease over";
        static final String ONCE_MORE = "annotated: once more";
        static final String BUSY = "annotated: up to 20,000/s, the annotation comes";
    }

    /** All of them, in the order in which they are run. */
    static List<Scenario> all() {
        return Stream.of(
                        first(),
                        List.of(VIP_CHANGE),
                        then(),
                        List.of(othersCome(), othersChurn(), othersGo()),
                        ManyServicesScenarios.all(),
                        withoutDaemons(),
                        last(),
                        busy())
                .flatMap(List::stream)
                .toList();
    }

    /** Prepares the cluster, and runs all of them. */
    static void runAll(Cluster cluster, ScenarioRun run) {
        if (!run.wantsAny(all().stream())) {
            return;
        }
        boolean ready = run.attempt("daemons that serve annotated Services", () -> {
            cluster.annotated().prepare(LEASE);
            run.compare(Lane.OF_ANNOTATION, PER_SECOND);
            run.giveVipsTo(cluster.nodes().getFirst());
            // What a socket sends before kube-proxy knows the VIP stays with connection tracking, and is lost from then
            // on.
            Cluster.pause(Duration.ofSeconds(5));
        });
        if (ready) {
            run.run(first());
            run.vipChange(VIP_CHANGE);
            run.run(then());
            runWithOthers(cluster, run);
            run.run(ManyServicesScenarios.all());
            run.run(withoutDaemons());
            run.attempt("the daemons are back", () -> {
                cluster.nodes().forEach(node -> cluster.daemon(node).resume());
                cluster.awaitDaemons();
            });
            run.run(last());
            run.sendTogether(BUSY_PER_SECOND);
            run.run(busy());
        }
    }

    private static void runWithOthers(Cluster cluster, ScenarioRun run) {
        run.run(List.of(othersCome()));
        if (run.wantsAny(Stream.of(othersChurn()))
                && run.attempt(
                        "senders to these Services",
                        () -> run.alsoSendTo(cluster.annotated().addressesOfOthers(OTHERS)))) {
            run.run(List.of(othersChurn()));
            run.alsoSendTo(Map.of());
        }
        run.run(List.of(othersGo()));
    }

    private static List<Scenario> first() {
        return List.of(
                Scenario.lossless("annotated: a Service gets the annotation", cluster -> {
                            cluster.annotated().requireTcp();
                            serve(cluster);
                            cluster.annotated().requireTcp();
                        })
                        .then(Spread.EVEN),
                Scenario.lossless("annotated: the annotation is bad", cluster -> {
                            AnnotatedService service = cluster.annotated();
                            service.annotate("round-robin");
                            service.awaitServed(false);
                            service.awaitEvent("udpfanout.dev/policy: \"round-robin\" is not one of: round_robin");
                        })
                        .then(Spread.STICKY),
                Scenario.lossless(IN_FORCE, AnnotatedScenarios::serve).then(Spread.EVEN));
    }

    private static List<Scenario> then() {
        return List.of(
                Scenario.lossless("annotated: each daemon is killed", AnnotatedScenarios::killEach)
                        .then(Spread.EVEN)
                        .after(IN_FORCE),
                Scenario.notWorse("annotated: receivers come and go", Duration.ofSeconds(1), AnnotatedScenarios::churn)
                        .then(Spread.EVEN)
                        .after(IN_FORCE));
    }

    private static Scenario othersCome() {
        return Scenario.notWorse(Names.OTHERS_COME, Duration.ofSeconds(1), cluster -> cluster.annotated()
                        .addOthers(OTHERS))
                .then(Spread.EVEN)
                .after(IN_FORCE);
    }

    /**
     * At 20 requests a second, kube-controller-manager's default, a pod that ends is named so in the last of the slices
     * when its socket is closed already: with kube-proxy alone that Service loses datagrams.
     */
    private static Scenario othersChurn() {
        return Scenario.notWorse(
                        "annotated: 50 more Services of each kind, receivers come and go",
                        Duration.ofSeconds(1),
                        cluster -> {
                            churn(cluster);
                            cluster.annotated().awaitSlicesOfOthers(OTHERS, Cluster.EXAMPLE_RECEIVERS);
                        })
                .losslessFrom(KubernetesRelease.NAMES_ENDING_PODS)
                .then(Spread.EVEN)
                .after(Names.OTHERS_COME);
    }

    private static Scenario othersGo() {
        return Scenario.notWorse(
                        "annotated: 50 more Services of each kind go",
                        Duration.ofSeconds(1),
                        cluster -> cluster.annotated().removeOthers(OTHERS))
                .then(Spread.EVEN)
                .after(Names.OTHERS_COME);
    }

    private static List<Scenario> withoutDaemons() {
        return List.of(
                Scenario.notWorse(
                                "annotated: the Service is made anew",
                                Duration.ofSeconds(2),
                                cluster -> cluster.annotated().makeAnew())
                        .then(Spread.EVEN)
                        .after(IN_FORCE),
                Scenario.lossless(Names.LEASE_OVER, cluster -> {
                            cluster.nodes().forEach(node -> cluster.daemon(node).suspend());
                            cluster.annotated().withdraw();
                            Cluster.pause(LEASE.plusSeconds(1));
                        })
                        .then(Spread.STICKY)
                        .after(IN_FORCE));
    }

    private static List<Scenario> last() {
        return List.of(
                Scenario.lossless("annotated: nothing happens after the lease", cluster -> cluster.annotated()
                                .awaitServed(false))
                        .then(Spread.STICKY)
                        .after(Names.LEASE_OVER),
                Scenario.lossless(Names.ONCE_MORE, AnnotatedScenarios::serve).then(Spread.EVEN),
                Scenario.lossless("annotated: the annotation is taken away", cluster -> {
                            withdraw(cluster);
                            cluster.annotated().requireTcp();
                        })
                        .then(Spread.STICKY)
                        .after(Names.ONCE_MORE));
    }

    private static List<Scenario> busy() {
        return List.of(
                Scenario.lossless(Names.BUSY, AnnotatedScenarios::serve).then(Spread.EVEN),
                Scenario.lossless("annotated: up to 20,000/s, daemons are killed", AnnotatedScenarios::killEach)
                        .then(Spread.EVEN)
                        .after(Names.BUSY),
                Scenario.lossless("annotated: up to 20,000/s, the annotation goes", AnnotatedScenarios::withdraw)
                        .then(Spread.STICKY)
                        .after(Names.BUSY));
    }

    private static void serve(Cluster cluster) {
        cluster.annotated().annotate("round_robin");
        cluster.annotated().awaitServed(true);
    }

    private static void withdraw(Cluster cluster) {
        cluster.annotated().withdraw();
        cluster.annotated().awaitServed(false);
    }

    static void killEach(Cluster cluster) {
        for (ClusterNode node : cluster.nodes()) {
            DaemonPod daemon = cluster.daemon(node);
            daemon.kill();
            Cluster.await("the daemon of " + node.name() + " again", daemon::isReady);
        }
    }

    private static void churn(Cluster cluster) {
        for (int receivers : new int[] {5, 4, 6, Cluster.EXAMPLE_RECEIVERS}) {
            cluster.scaleReceivers(receivers);
        }
        // Endpoints on their way out are out by then.
        Cluster.pause(Duration.ofSeconds(1));
    }
}
