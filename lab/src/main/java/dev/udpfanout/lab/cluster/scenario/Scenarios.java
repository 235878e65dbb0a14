package dev.udpfanout.lab.cluster.scenario;

/** All scenarios, in the order in which one cluster goes through them. */
public final class Scenarios {
    private Scenarios() {}

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
            run.vipChange();
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
