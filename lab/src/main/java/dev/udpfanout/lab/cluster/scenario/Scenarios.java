package dev.udpfanout.lab.cluster.scenario;

import java.io.IOException;

/** All scenarios, in the order in which one cluster goes through them. */
public final class Scenarios {
    private Scenarios() {}

    /** Adds nodes and objects to a cluster that has none, and runs every scenario. */
    public static void runAll(Cluster cluster, ScenarioRun run) throws IOException {
        cluster.addNode();
        cluster.addNode();
        cluster.applyGuide();
        cluster.awaitDaemons();
        run.eachNodeAsOwner();
        run.run(DaemonScenarios.all());
        run.run(ReceiverScenarios.all());
        run.vipChange();
        run.run(ServiceScenarios.all());
        run.run(ControlPlaneScenarios.all());
        cluster.addNode();
        cluster.awaitDaemons();
        run.eachNodeAsOwner();
    }
}
