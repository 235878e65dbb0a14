package dev.udpfanout.lab.cluster.node;

/** What stands for a pod's containers. */
interface PodOnNode {
    ClusterNode node();

    /** The pod's address. */
    String address();

    /** Starts it; returns when its containers run. */
    void start() throws Exception;

    /** What its readiness probe finds. */
    boolean isReady();

    /** Starts again what has ended by itself; called all the time. */
    default void tend() {}

    /** Ends it as a kubelet does: preStop hook, SIGTERM, and SIGKILL when the grace has passed. */
    void stop() throws Exception;
}
