package dev.udpfanout.lab.cluster.scenario;

import java.util.List;
import java.util.stream.Stream;

/** All scenarios, in the order in which one cluster goes through them. */
public final class Scenarios {
    private Scenarios() {}

    /** All of them, in the order in which they are run. */
    static List<Scenario> all() {
        return Stream.of(
                        ScenarioRun.owners(2),
                        DaemonScenarios.all(),
                        ReceiverScenarios.all(),
                        List.of(ScenarioRun.VIP_CHANGE),
                        ServiceScenarios.all(),
                        ControlPlaneScenarios.all(),
                        HelmScenarios.all(),
                        ScenarioRun.owners(3),
                        AnnotatedScenarios.all())
                .flatMap(List::stream)
                .toList();
    }

    /**
     * Those whose names contain a text, and those without which they cannot be run.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static ScenarioFilter filter(String text) {
        return ScenarioFilter.of(text, all());
    }

    /** Adds nodes and objects to a cluster that has none, and runs every scenario. */
    public static void runAll(Cluster cluster, ScenarioRun run) {
        boolean ready = run.attempt("the guide's commands, 2 nodes", () -> {
            cluster.addNode();
            cluster.addNode();
            cluster.applyGuide();
            cluster.awaitDaemons();
        });
        if (ready) {
            run.eachNodeAsOwner();
            run.run(DaemonScenarios.all());
            run.run(ReceiverScenarios.all());
            run.vipChange(ScenarioRun.VIP_CHANGE);
            run.run(ServiceScenarios.all());
            run.run(ControlPlaneScenarios.all());
            run.run(HelmScenarios.all());
            addThirdNode(cluster, run);
            AnnotatedScenarios.runAll(cluster, run);
        }
    }

    private static void addThirdNode(Cluster cluster, ScenarioRun run) {
        boolean ready = run.attempt("a third node", () -> {
            cluster.addNode();
            cluster.awaitDaemons();
        });
        if (ready) {
            run.eachNodeAsOwner();
        }
    }
}
