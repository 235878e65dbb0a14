package dev.udpfanout.lab.cluster.node;

import java.util.List;
import java.util.Optional;

/** What stands for a pod's containers. */
interface PodOnNode {
    ClusterNode node();

    /** The pod's addresses, one of each family that it has. */
    List<String> addresses();

    /** Starts it; returns when its containers run. */
    void start() throws Exception;

    /** Why its readiness probe fails; empty if it does not. */
    Optional<String> notReady();

    /** Starts again what has ended by itself; called all the time. */
    default void tend() {}

    /** Ends it as a kubelet does: preStop hook, SIGTERM, and SIGKILL when the grace has passed. */
    void stop() throws Exception;
}
