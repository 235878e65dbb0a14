package dev.udpfanout.lab.cluster.scenario;

import dev.udpfanout.lab.cluster.node.ClusterNode;
import dev.udpfanout.lab.cluster.node.DaemonPod;
import dev.udpfanout.lab.cluster.scenario.Scenario.Spread;
import java.time.Duration;
import java.util.List;

/**
 * An ordinary Service of the receivers gets the annotation and loses it, beside another one that never has it. Seven
 * sockets for each family send 400 datagrams a second each to either: the receivers of a whole cluster share the CPUs
 * with its control plane. At the end they send as fast as a busy Service gets datagrams.
 */
final class AnnotatedScenarios {
    private static final int PER_SECOND = 400;
    /** To each of the two Services, by all sockets together. */
    private static final int BUSY_PER_SECOND = 20_000;

    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final int MANY = 50;

    private AnnotatedScenarios() {}

    /** Prepares the cluster, and runs all of them. */
    static void runAll(Cluster cluster, ScenarioRun run) {
        AnnotatedService service = new AnnotatedService(cluster);
        List<Scenario> first = first(service);
        List<Scenario> then = then(service);
        List<Scenario> last = last(service);
        List<Scenario> busy = busy(service);
        Scenario vipChange = Scenario.notWorse(
                        "annotated: the VIP changes, senders go ahead", Duration.ofSeconds(1), nothing -> {})
                .then(Spread.EVEN);
        boolean isWanted = run.wants(vipChange.name())
                || first.stream().anyMatch(each -> run.wants(each.name()))
                || then.stream().anyMatch(each -> run.wants(each.name()))
                || last.stream().anyMatch(each -> run.wants(each.name()))
                || busy.stream().anyMatch(each -> run.wants(each.name()));
        if (!isWanted) {
            return;
        }
        boolean ready = run.attempt("daemons that serve annotated Services", () -> {
            service.prepare(LEASE);
            run.compare(Lane.OF_ANNOTATION, PER_SECOND);
            run.giveVipsTo(cluster.nodes().getFirst());
            // What a socket sends before kube-proxy knows the VIP stays with connection tracking, and is lost from then
            // on.
            Cluster.pause(Duration.ofSeconds(5));
        });
        if (ready) {
            run.run(first);
            run.vipChange(vipChange);
            run.run(then);
            run.attempt("the daemons are back", () -> {
                cluster.nodes().forEach(node -> cluster.daemon(node).resume());
                cluster.awaitDaemons();
            });
            run.run(last);
            run.sendTogether(BUSY_PER_SECOND);
            run.run(busy);
        }
    }

    private static List<Scenario> first(AnnotatedService service) {
        return List.of(
                Scenario.lossless("annotated: a Service gets the annotation", nothing -> {
                            service.requireTcp();
                            service.annotate("round_robin");
                            service.awaitServed(true);
                            service.requireTcp();
                        })
                        .then(Spread.EVEN),
                Scenario.lossless("annotated: the annotation is bad", nothing -> {
                            service.annotate("round-robin");
                            service.awaitServed(false);
                            service.awaitEvent("udpfanout.dev/policy: \"round-robin\" is not one of: round_robin");
                        })
                        .then(Spread.STICKY),
                Scenario.lossless("annotated: the annotation is right again", nothing -> {
                            service.annotate("round_robin");
                            service.awaitServed(true);
                        })
                        .then(Spread.EVEN));
    }

    private static List<Scenario> then(AnnotatedService service) {
        return List.of(
                Scenario.lossless("annotated: each daemon is killed", AnnotatedScenarios::killEach)
                        .then(Spread.EVEN),
                Scenario.notWorse("annotated: receivers come and go", Duration.ofSeconds(1), AnnotatedScenarios::churn)
                        .then(Spread.EVEN),
                Scenario.notWorse("annotated: 50 more Services, receivers come and go", Duration.ofSeconds(1), each -> {
                            service.addMany(MANY);
                            churn(each);
                            service.removeMany(MANY);
                        })
                        .then(Spread.EVEN),
                Scenario.notWorse(
                                "annotated: the Service is made anew",
                                Duration.ofSeconds(2),
                                nothing -> service.makeAnew())
                        .then(Spread.EVEN),
                Scenario.lossless("annotated: no daemon, no annotation, lease over", each -> {
                            each.nodes().forEach(node -> each.daemon(node).suspend());
                            service.withdraw();
                            Cluster.pause(LEASE.plusSeconds(1));
                        })
                        .then(Spread.STICKY));
    }

    private static List<Scenario> last(AnnotatedService service) {
        return List.of(
                Scenario.lossless("annotated: nothing happens after the lease", nothing -> service.awaitServed(false))
                        .then(Spread.STICKY),
                Scenario.lossless("annotated: once more", nothing -> {
                            service.annotate("round_robin");
                            service.awaitServed(true);
                        })
                        .then(Spread.EVEN),
                Scenario.lossless("annotated: the annotation is taken away", nothing -> {
                            service.withdraw();
                            service.awaitServed(false);
                            service.requireTcp();
                        })
                        .then(Spread.STICKY));
    }

    private static List<Scenario> busy(AnnotatedService service) {
        String rate = "annotated: up to 20,000/s, ";
        return List.of(
                Scenario.lossless(rate + "the annotation comes", nothing -> {
                            service.annotate("round_robin");
                            service.awaitServed(true);
                        })
                        .then(Spread.EVEN),
                Scenario.lossless(rate + "daemons are killed", AnnotatedScenarios::killEach)
                        .then(Spread.EVEN),
                Scenario.lossless(rate + "the annotation goes", nothing -> {
                            service.withdraw();
                            service.awaitServed(false);
                        })
                        .then(Spread.STICKY));
    }

    private static void killEach(Cluster cluster) {
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
